"""Call into libraries that print, log, exit and change global state, without any of it showing."""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditError, DataError, MissingExtra
from auditor.faults import line_of

if TYPE_CHECKING:
    import pandas as pd

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
    ``sys.path`` are put back afterwards; ``sys.exit`` becomes an error. Numbers that it reads with
    pandas are rounded correctly, so that a file gives the same values with every version of pandas.

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
            stack.enter_context(_exact_numbers())
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


def read_published(path: Path, *, separator: str = ",") -> pd.DataFrame:
    """Return a published table as pandas reads it, with every number rounded correctly.

    Raises
    ------
    DataError
        pandas cannot read it, it holds no row, or rows that are longer than its header.
    """
    with quietly("pandas", reading=str(path), extra="", hint=bad_copy(path)):
        import pandas as pd

        frame = pd.read_csv(path, sep=separator, low_memory=False)
    if frame.empty:
        raise DataError(f"{path} holds no row", hint=bad_copy(path))
    if not isinstance(frame.index, pd.RangeIndex):  # pandas took the first cells for names of rows
        raise DataError(f"{path} has more cells in a row than names in its header", hint=bad_copy(path))
    return frame


def bad_copy(path: Path) -> str:
    """Return what to do about a published file that cannot be read."""
    return f"delete {path} and run again, or point --mirror at a good copy"


@contextlib.contextmanager
def _exact_numbers() -> Iterator[None]:
    """Let pandas round as Python does: before version 3, its default is off by one in the last digit."""
    import pandas as pd

    if not pd.__version__.startswith(("1.", "2.")):
        yield
        return
    plain = pd.read_csv
    pd.read_csv = functools.partial(plain, float_precision="round_trip")
    try:
        yield
    finally:
        pd.read_csv = plain


def _line(error: BaseException) -> str:
    return line_of(error)[:_SHOWN]
