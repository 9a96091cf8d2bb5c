"""Documents that commands are given: read, and refused where they are none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from auditor.cache.bounded import read_bounded
from auditor.cache.run_folder import check_run
from auditor.document.parsing import MOST_BYTES, parsed
from auditor.document.schema import lacking
from auditor.errors import DataError


def read_document(run: Path, *, checked: bool = True) -> dict[str, Any]:
    """Return the document of a run.

    Parameters
    ----------
    checked
        Refuse a document that was changed after the run wrote it.

    Raises
    ------
    DataError
        There is none, it is not JSON, not a whole document of this tool, or of a newer schema.
    """
    from auditor.report.sections.report import check_document as check

    path = run / "audit.json" if run.is_dir() else run
    try:
        if str(run) == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            data = read_bounded(path, MOST_BYTES)
            if checked:
                check_run(path, data)
        document = parsed(data)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}", hint="give the audit.json of a run"
        ) from error
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}", hint="give the audit.json of a run") from error
    check(document)
    lost = next(lacking(document), None)
    if lost is not None:
        raise DataError(f"{path} is not a whole document: it lacks {lost}", hint="make it again")
    found: dict[str, Any] = document
    return found
