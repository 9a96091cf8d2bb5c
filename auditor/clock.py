"""The time that documents state: the clock's, or the one that SOURCE_DATE_EPOCH fixes."""

from __future__ import annotations

import os
import time

from auditor.errors import UsageError

VARIABLE = "SOURCE_DATE_EPOCH"


def now_text() -> str:
    """Return this moment in UTC as ISO 8601, to the second. Nothing is decided by it.

    Raises
    ------
    UsageError
        SOURCE_DATE_EPOCH is set to something else than a number of seconds that is a date.
    """
    fixed = os.environ.get(VARIABLE)
    try:
        moment = time.gmtime(float(fixed) if fixed else time.time())
        if moment.tm_year > 9999:
            raise OverflowError
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"{VARIABLE} is '{fixed}', which is no moment", hint="give seconds since 1970, or unset it"
        ) from error
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
