"""Which character parts the cells of a text: the one that gives every line the same number of them."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SEPARATORS = (",", "\t", ";", "|")
BY_SUFFIX = {".tsv": "\t", ".tab": "\t"}
LINES = 200
"""First lines that are looked at."""
_SEP_LINE = re.compile(rb"\A\s*\"?sep=(.)\"?[ \t]*\r?\n", re.IGNORECASE)
"""Excel's own line above the header, which names the separator."""


@dataclass(frozen=True)
class Layout:
    """How a text is laid out: its separator and the names of its columns."""

    separator: str
    header: tuple[str, ...]


def without_separator_line(data: bytes) -> tuple[bytes, str]:
    """Return the text below Excel's line ``sep=;``, and the separator that it names ("" for none)."""
    found = _SEP_LINE.match(data)
    return (data[found.end() :], found[1].decode()) if found else (data, "")


def layout_of(path: Path, data: bytes, *, named: str = "") -> Layout | None:
    """Return the separator and the header of a text; None where it has one column only.

    The separator is the one with which most lines have as many cells as the header, and of equals the
    one of more cells: numbers with a comma in every line part them into two. Then one that was named comes
    first, then that of the file's suffix, then the comma.

    Parameters
    ----------
    named
        The separator that the file itself names, as Excel's ``sep=`` does.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    by_suffix = next((BY_SUFFIX[s] for s in reversed(suffixes) if s in BY_SUFFIX), ",")
    found = []
    for separator in dict.fromkeys((named or by_suffix, by_suffix, *SEPARATORS)):
        rows = first_rows(data, separator)
        if rows and len(rows[0]) > 1:
            found.append((agreement(rows), separator, rows[0]))
    if not found:
        return None
    best = max(found, key=lambda one: one[0])  # the first of equals
    return Layout(best[1], tuple(best[2]))


def agreement(rows: list[list[str]]) -> tuple[float, int]:
    """Return the share of rows with as many cells as the first, and that number of cells."""
    width = len(rows[0])
    counts = Counter(map(len, rows[1:]))
    return (counts[width] / max(len(rows) - 1, 1), width)


def first_rows(data: bytes, separator: str) -> list[list[str]]:
    """Return the cells of the first lines that hold any; [] where the text cannot be parted so."""
    end = -1
    for _ in range(LINES):
        end = data.find(b"\n", end + 1)
        if end < 0:
            break
    head = data if end < 0 else data[:end]  # whole lines, however long the first one is
    text = io.StringIO(head.decode(errors="ignore"), newline="")
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a cell too long to be one: what came before it tells enough
        rows.extend(row for row in csv.reader(text, delimiter=separator) if row)
    return rows
