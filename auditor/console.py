"""The one place that prints: answers to stdout, everything else to stderr.

Nothing heavy is imported here; rich is, when a progress bar is first drawn on a terminal.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TextIO

from auditor.errors import AuditError

Advance = Callable[[int], None]


@dataclass
class Settings:
    """How much is said, set once by the root command."""

    level: int = 0
    progress: bool | None = None
    color: bool | None = None
    json_errors: bool = False


settings = Settings()


def out(text: str, *, end: str = "\n") -> None:
    """Write an answer to stdout."""
    _write(sys.stdout, text + end)


def out_bytes(data: bytes) -> None:
    """Write a rendered document to stdout as it is."""
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        _write(sys.stdout, data.decode())
    else:
        stream.write(data)
        stream.flush()


def err(text: str) -> None:
    """Write a line to stderr."""
    _write(sys.stderr, text + "\n")


def say(text: str) -> None:
    """Tell what is being done, unless --quiet."""
    if settings.level >= 0:
        err(text)


def warn(text: str) -> None:
    """Write a warning to stderr, unless -qq."""
    if settings.level >= -1:
        err(f"mtl-audit: warning: {text}")


def error(problem: AuditError) -> None:
    """Write an error in the form that the output format asks for."""
    if settings.json_errors:
        body = {"code": int(problem.exit_code), "message": problem.message, "hint": problem.hint}
        err(json.dumps({"error": body}, sort_keys=True))
        return
    err(f"mtl-audit: error: {plain(problem.message)}")
    if problem.hint:
        err(f"  hint: {plain(problem.hint)}")


def plain(text: str) -> str:
    """Return text with control and direction characters shown instead of obeyed."""
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in text)


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Advance]:
    """Show how far a stage is, on stderr: a bar on a terminal, one plain line elsewhere.

    Parameters
    ----------
    label
        What is being done, in the -ing form.
    total
        Number of steps; 0 where it is not known.
    """
    on_terminal = sys.stderr.isatty() if settings.progress is None else settings.progress
    if settings.level < 0:
        yield lambda _: None
    elif not on_terminal:
        yield from _plain_progress(label, total)
    else:
        yield from _bar(label, total)


def _plain_progress(label: str, total: int) -> Iterator[Advance]:
    """Say one line once a stage has taken more than a second, and one when such a stage ends."""
    started = time.monotonic()
    said = False

    def advance(_: int) -> None:
        nonlocal said
        if not said and time.monotonic() - started > 1:
            err(f"{label} ({total:,} steps)" if total else label)
            said = True

    yield advance
    if said:
        err(f"{label}: done in {time.monotonic() - started:.0f} s")


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


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()
