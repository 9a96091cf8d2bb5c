"""The one place that prints: answers to stdout, everything else to stderr; text is shown, never obeyed.

Nothing heavy is imported here; rich is, when a progress bar is first drawn on a terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TextIO

from auditor.errors import AuditError, DataError
from auditor.notebook_bar import notebook_bar
from auditor.privacy import without_secrets
from auditor.text import how_far, plain, plain_lines

Advance = Callable[[int], None]
FIRST_LINE_S = 1.0
LINE_EVERY_S = 60.0
"""How often a long stage tells, where no bar can be drawn, how far it is."""


@dataclass
class Settings:
    """How much is said, set once by the root command.

    ``shown`` tells that the answer will say, at once and where the user looks, what was read: then it is
    not said beside it.
    """

    level: int = 0
    progress: bool | None = None
    color: bool | None = None
    json_errors: bool = False
    shown: bool = False


settings = Settings()


def out(text: str) -> None:
    """Write an answer to stdout."""
    _write(sys.stdout, plain_lines(text) + "\n")


def out_styled(text: str) -> None:
    """Write an answer to stdout whose control characters are our own colours."""
    _write(sys.stdout, text)


def out_bytes(data: bytes) -> None:
    """Write a rendered document to stdout as it is; on a terminal as text."""
    if sys.stdout is None:
        return
    if is_terminal(sys.stdout):
        _write(sys.stdout, plain_lines(data.decode(errors="replace")))
        return
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        _write(sys.stdout, data.decode())
        return
    with _until_closed(sys.stdout):
        sys.stdout.flush()
        stream.write(data)
        stream.flush()


def err(text: str) -> None:
    """Write lines to stderr; they tell no password of a URL and no token."""
    _write(sys.stderr, plain_lines(without_secrets(text)) + "\n")


def say(text: str) -> None:
    """Tell what is being done, unless --quiet; a notebook shows stderr as if something was wrong."""
    if settings.level < 0:
        return
    if in_notebook():
        out(without_secrets(plain(text)))
    else:
        err(plain(text))


def warn(text: str) -> None:
    """Write a warning to stderr, unless -qq."""
    if settings.level >= -1:
        err(f"mtl-audit: warning: {plain(text)}")


def error(problem: AuditError) -> None:
    """Write an error in the form that the output format asks for."""
    if settings.json_errors:
        body = {"code": int(problem.exit_code), "message": problem.message, "hint": problem.hint}
        err(json.dumps({"error": body}, sort_keys=True))
        return
    err(f"mtl-audit: error: {plain(problem.message)}")
    if problem.hint:
        err(f"  hint: {plain(problem.hint)}")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; one that the shell closed is none."""
    return stream is not None and stream.isatty()


def in_notebook() -> bool:
    """Return whether a notebook's kernel runs this; nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Advance]:
    """Show how far a stage is: a bar on a terminal or in a notebook, a plain line a minute elsewhere.

    Parameters
    ----------
    label
        What is being done, in the -ing form.
    total
        Number of steps; 0 where it is not known.
    """
    label = plain(label)
    on_terminal = is_terminal(sys.stderr) if settings.progress is None else settings.progress
    if settings.level < 0:
        yield lambda _: None
    elif settings.progress is None and in_notebook():
        yield from notebook_bar(label, total)
    elif not on_terminal:
        yield from _plain_progress(label, total)
    else:
        yield from _bar(label, total)


def _plain_progress(
    label: str, total: int, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Advance]:
    """Say a line once a stage has taken a second, one a minute from then on, and one when it ends."""
    started = clock()
    said: float | None = None
    done = 0

    def advance(steps: int) -> None:
        nonlocal said, done
        done += steps
        now = clock()
        if said is None and now - started > FIRST_LINE_S:
            err(f"{label} ({total:,} steps)" if total else label)
            said = now
        elif said is not None and now - said >= LINE_EVERY_S:
            err(f"{label}: {how_far(done, total, now - started)}")
            said = now

    yield advance
    if said is not None:
        err(f"{label}: done in {clock() - started:.0f} s")


def _bar(label: str, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color=settings.color is False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}" if total else ""),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total or None)
        yield lambda step: bar.advance(task, step)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # the shell closed it: >&-
        return
    with _until_closed(stream):
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


@contextlib.contextmanager
def _until_closed(stream: TextIO) -> Iterator[None]:
    """Send what follows nowhere once the reader is gone: the work and its exit code stand.

    Raises
    ------
    DataError
        The answer cannot be written for another reason, such as a full disk.
    """
    try:
        yield
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise DataError(
                f"cannot write to stdout: {error.strerror}", hint="free some space, or give --output"
            ) from error
