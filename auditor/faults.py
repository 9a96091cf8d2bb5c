"""What may come out of foreign code, as one line; nothing but Ctrl-C passes through what catches faults."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

LONGEST = 500
"""Characters of a line about a fault: an exception's own text may be of any length."""


class Escaped(Exception):
    """What was thrown past every handler of ordinary faults, such as ``SystemExit``; it is the cause."""


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Run foreign code so that whatever it throws is an ordinary exception; Ctrl-C alone goes through.

    Raises
    ------
    Escaped
        It wanted to end the program, or to steer the command line.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if _steers(error):
            raise Escaped(line_of(error)) from error
        raise
    except BaseException as error:
        raise Escaped(line_of(error)) from error


def line_of(error: BaseException) -> str:
    """Return what happened as one line: the exception's type and its text, where one can be made."""
    if isinstance(error, Escaped) and error.__cause__ is not None:
        error = error.__cause__
    return " ".join(f"{type(error).__name__}: {text_of(error)}".split())[:LONGEST]


def text_of(error: BaseException) -> str:
    """Return the text of an exception; making it is foreign code too."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as another:
        return f"(it has no text: making it raised {type(another).__name__})"


def _steers(error: BaseException) -> bool:
    """Return whether the command line would take an exception for its own; it is not imported to tell."""
    click = sys.modules.get("click.exceptions")
    return click is not None and isinstance(error, click.Exit | click.Abort | click.ClickException)
