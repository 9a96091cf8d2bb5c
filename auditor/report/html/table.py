"""A table as an HTML page shows it: its first rows at once, the others on demand, not all of thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from auditor.document.blocks import Cell, Table
from auditor.report.wording import cell, is_number, missing

SHOWN_ROWS = 15
"""Rows of a long table that are visible without opening it."""

MOST_ROWS = 1000
"""Rows of a table that a page holds at all; the JSON document holds every one."""

SHORT = 26
"""Characters up to which a cell stays on one line, however narrow its column."""

LONG = 40
"""Characters of a word from which it may be broken wherever its column ends, as a SMILES."""

_NUMBER = re.compile(r"[-+−]?[\d,.]+(e[-+]?\d+)?( ?%)?")


def table_view(table: Table) -> dict[str, Any]:
    """Return what the table template needs."""
    right = [_stands_right(table.rows, place) for place in range(len(table.columns))]
    rows = [_row(row, table.digits, right) for row in table.rows[:MOST_ROWS]]
    cut = SHOWN_ROWS if len(rows) > SHOWN_ROWS + 5 else len(rows)
    return {
        "right": right,
        "parts": [part for part in (rows[:cut], rows[cut:]) if part],
        "hidden": len(rows) - cut,
        "left_out": len(table.rows) - len(rows),
    }


def _stands_right(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    """Tell whether a column holds numbers, or texts that are numbers, and nothing else."""
    said = [row[place] for row in rows if not missing(row[place]) and row[place] != ""]
    return bool(said) and all(
        is_number(value) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip())) for value in said
    )


def _row(row: Sequence[Cell], digits: int, right: Sequence[bool]) -> list[tuple[str, str]]:
    """Return text and class of every cell."""
    texts = [cell(value, digits=digits) for value in row]
    return [(text, "n" if at_right else _class(text)) for text, at_right in zip(texts, right, strict=True)]


def _class(text: str) -> str:
    """Return whether a text is kept on one line, may be broken anywhere, or breaks between words."""
    if len(text) <= SHORT:
        return "k"
    return "w" if is_endless(text) else ""


def is_endless(text: str) -> bool:
    """Tell whether a text has a word that may be broken wherever its column ends."""
    return max(map(len, text.split()), default=0) > LONG
