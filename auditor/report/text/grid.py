"""A table as lines of a given width: columns shrink, their words fold, and at last rows are stacked."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence

GAP = "  "
NARROWEST = 9
"""Characters that a shrunk column keeps; a shorter column is not shrunk."""


def lay_out(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], *, width: int, more: str
) -> list[str]:
    """Return a header, a rule and a row each, none longer than ``width``.

    Where they are too wide for the line, columns of text shrink, the widest first, and what is in them
    folds between words; a single word too long is cut, and ``more`` marks it. Where that does not
    suffice, each row becomes a stack of "column: value" lines.

    Parameters
    ----------
    right
        Which columns hold numbers and stand at the right.
    """
    widths = [max(len(line[place]) for line in (columns, *rows)) for place in range(len(columns))]
    widths = _shrunk(widths, right, width)
    if sum(widths) + len(GAP) * (len(widths) - 1) > width:
        return _stacked(columns, rows, width, more)
    head, *body = [_folded(line, widths, right, more) for line in (columns, *rows)]
    lines = list(itertools.chain.from_iterable(body))
    return [*head, "-" * min(width, max(map(len, (*head, *lines)))), *lines]


def cut(text: str, width: int, more: str) -> str:
    """Return a text of at most ``width`` characters, marked where it was cut."""
    if len(text) <= width:
        return text
    return text[: max(0, width - len(more))] + more[:width]


def _shrunk(widths: Sequence[int], right: Sequence[bool], width: int) -> list[int]:
    found = list(widths)
    room = width - len(GAP) * (len(found) - 1)
    while sum(found) > room:
        able = [i for i, size in enumerate(found) if not right[i] and size > NARROWEST]
        if not able:
            break
        widest = max(able, key=lambda i: found[i])
        found[widest] -= 1
    return found


def _folded(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], more: str) -> list[str]:
    """Return the lines of one row."""
    stacks = [
        textwrap.wrap(text, size, break_long_words=False) if len(text) > size else [text]
        for text, size in zip(cells, widths, strict=True)
    ]
    return [
        GAP.join(
            cut(text, size, more).rjust(size) if at_right else cut(text, size, more).ljust(size)
            for text, size, at_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in itertools.zip_longest(*stacks, fillvalue="")
    ]


def _stacked(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, more: str) -> list[str]:
    lines: list[str] = []
    for row in rows:
        for place, (name, value) in enumerate(zip(columns, row, strict=True)):
            lead = "" if place == 0 else "  "
            lines.append(cut(f"{lead}{name}: {value}", width, more))
    return lines
