"""A progress bar in a notebook: one output that changes and goes away, without any widget."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from auditor.text import how_far, plain

EVERY_S = 0.2
"""How often the bar is drawn at most: every drawing is a message to the browser."""


def notebook_bar(
    label: str, total: int, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int], None]]:
    """Show a bar once a stage takes longer than `EVERY_S`, and take it away when it ends.

    Parameters
    ----------
    label
        What is being done, in the -ing form.
    total
        Number of steps; 0 where it is not known.
    """
    started = drawn = clock()
    handle: Any = None
    done = 0

    def advance(steps: int) -> None:
        nonlocal drawn, handle, done
        done += steps
        now = clock()
        if now - drawn < EVERY_S:
            return
        drawn, picture = now, bundle(label, done, total, now - started)
        if handle is None:
            handle = sys.modules["IPython"].display.display(picture, raw=True, display_id=True)
        else:
            handle.update(picture, raw=True)

    try:
        yield advance
    finally:
        if handle is not None:
            handle.update({"text/plain": "", "text/html": ""}, raw=True)


def bundle(label: str, done: int, total: int, elapsed_s: float) -> dict[str, str]:
    """Return a bar as HTML, and as a line for what shows none."""
    said = f"{plain(label)}: {how_far(done, total, elapsed_s)}"
    known = f' value="{min(done, total)}" max="{total}"' if total else ""
    bar = f'<progress{known} style="width:16em;vertical-align:middle"></progress>'
    return {"text/plain": said, "text/html": f"<div>{bar} {escape(said)}</div>"}
