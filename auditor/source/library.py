"""Call into libraries that print, log, exit and change global state, without any of it showing."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import AuditError, DataError, MissingExtra

_SHOWN = 300


class _Sink(io.StringIO):
    """Keeps what a library prints, and lets a progress bar draw on the real stream under it."""

    def __init__(self, stream: object) -> None:
        super().__init__()
        self.rich_proxied_file = getattr(stream, "rich_proxied_file", stream)


@contextlib.contextmanager
def quietly(library: str, *, reading: str, extra: str, hint: str = "") -> Iterator[None]:
    """Run a library's reader silenced, with its failures turned into one line each.

    What it prints and logs is dropped unless it fails; warning filters, the log level and
    ``sys.path`` are put back afterwards; ``sys.exit`` becomes an error.

    Parameters
    ----------
    library
        Its name, for errors.
    reading
        What it reads, for errors.
    extra
        The optional dependency group of ``mtl-audit`` that installs it.
    hint
        What to do when it cannot read.

    Raises
    ------
    DataError
        The library raised or exited.
    MissingExtra
        It is installed but cannot be imported.
    """
    printed = _Sink(sys.stdout), _Sink(sys.stderr)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(printed[0]))
            stack.enter_context(contextlib.redirect_stderr(printed[1]))
            stack.enter_context(_global_state())
            yield
    except AuditError:
        raise
    except ImportError as error:
        raise MissingExtra(
            f"{library} is installed but cannot be imported: {_line(error)}",
            hint=f"pip install 'mtl-audit[{extra}]'",
        ) from error
    except SystemExit as error:
        said = " ".join(f"{printed[1].getvalue()} {error.code or ''}".split())[-_SHOWN:]
        raise DataError(f"{library} cannot read {reading} and gave up: {said}", hint=hint) from error
    except Exception as error:
        raise DataError(f"{library} cannot read {reading}: {_line(error)}", hint=hint) from error


@contextlib.contextmanager
def _global_state() -> Iterator[None]:
    """Silence warnings and logging, and undo what an import does to them and to ``sys.path``."""
    level = logging.root.manager.disable
    path = list(sys.path)
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        sys.path[:] = [entry for entry in sys.path if entry in path or Path(entry).is_absolute()]


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN]
