"""What surrounds a call into a plugin: stdout is kept for the answer, slowness is said, no exit escapes."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor import console
from auditor.faults import contained
from auditor.text import plain

if TYPE_CHECKING:
    from auditor.plugin.component import Component

SLOW_S = 60.0
"""A call of a third party's component that takes longer is said, with its owner."""
OURS = "mtl-audit"


@contextlib.contextmanager
def calling(component: Component) -> Iterator[None]:
    """Run a component: what it prints goes to stderr with its owner's name, as does how slow it was.

    Raises
    ------
    Escaped
        It wanted to end the program; what else it raises is raised as it is.
    """
    what = f"{component.kind} '{component.name}' of plugin {component.owner}"
    started = time.monotonic()
    with overheard(what):
        yield
    took = time.monotonic() - started
    if took > SLOW_S and component.owner.distribution != OURS:
        console.say(f"{what} took {took:.0f} s, with what was trained for it")


@contextlib.contextmanager
def overheard(who: str) -> Iterator[None]:
    """Send what is printed to stderr, each line after the name of who printed it.

    What native code and child processes write to stdout goes to stderr as it is. Raises Escaped.
    """
    listener = _Lines(who)
    with _stdout_is_stderr():
        try:
            with contained(), contextlib.redirect_stdout(listener):
                yield
        finally:
            listener.finish()


class _Lines(io.TextIOBase):
    """Passes on whole lines."""

    def __init__(self, who: str) -> None:
        super().__init__()
        self.who = who
        self.begun = ""

    def writable(self) -> bool:
        """Return that it takes text."""
        return True

    def write(self, text: str) -> int:
        """Say every line that is complete."""
        *lines, self.begun = (self.begun + text).split("\n")
        for line in lines:
            self.say(line)
        return len(text)

    def say(self, line: str) -> None:
        """Say a line, unless it is empty."""
        if line.strip():
            console.say(f"{self.who} says: {plain(line.rstrip())}")

    def finish(self) -> None:
        """Say a last line that did not end."""
        self.say(self.begun)
        self.begun = ""


@contextlib.contextmanager
def _stdout_is_stderr() -> Iterator[None]:
    """Let file descriptor 1 be stderr for a while; nothing happens where there is none."""
    stream = sys.stdout
    try:
        stream.flush()
        kept = os.dup(1)
        os.dup2(2, 1)
    except (OSError, ValueError, AttributeError):
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            stream.flush()  # a handler may have written to the stream itself
        os.dup2(kept, 1)
        os.close(kept)
