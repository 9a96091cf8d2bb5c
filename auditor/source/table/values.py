"""The cells of one column as numbers or as text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MISSING = ("", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "<na>")
_WORDS = {"true": 1.0, "false": 0.0}
_CLASSES = "in-?active|active|positive|negative|pos|neg|yes|no|(non-?)?toxic|inconclusive"
_ADVICE = (
    (re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE), "write 0.55, not 0,55"),
    (re.compile(r"[<>≤≥~].*", re.DOTALL), "write a number; qualifiers such as > are not read"),
    (re.compile(_CLASSES, re.IGNORECASE), "write 1 and 0 for active and inactive"),
)


@dataclass(frozen=True)
class Values:
    """A column as numbers (m,), NaN where the cell is empty.

    ``texts`` are distinct cells that are not numbers, ``text_cells`` how many cells hold one of
    them; ``foreign`` names a column type that cannot hold numbers.
    """

    numbers: NDArray[np.float64]
    texts: tuple[str, ...] = ()
    text_cells: int = 0
    foreign: str = ""

    @property
    def measured(self) -> int:
        """Number of cells that hold a number."""
        return int((~np.isnan(self.numbers)).sum())

    def counts_rows(self) -> bool:
        """Return whether the column only numbers the rows, from 0 or 1; a few rows do not tell."""
        n = len(self.numbers)
        first = self.numbers[0]
        return n > 4 and first in (0, 1) and bool(np.array_equal(self.numbers, first + np.arange(n)))


def to_values(array: pa.Array) -> Values:
    """Return a column as numbers; true and false count as 1 and 0 where a column holds nothing else."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        return to_values(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(array)
    if pa.types.is_null(kind):
        return Values(np.full(len(array), np.nan))
    with contextlib.suppress(pa.ArrowException):
        if pa.types.is_boolean(kind):
            array = array.cast(pa.int8())
        if not pa.types.is_temporal(kind):
            return Values(_numbers(array.cast(pa.float64(), safe=False)))
    return Values(np.full(len(array), np.nan), foreign=f"values of type {kind}")


def advice(texts: Sequence[str]) -> str:
    """Return how to write cells that are meant as numbers, empty where most look like none."""
    for pattern, said in _ADVICE:
        if 2 * sum(pattern.fullmatch(text) is not None for text in texts) > len(texts):
            return said
    return ""


def to_text(array: pa.Array) -> list[str] | None:
    """Return a column as text, empty where the cell is; None if its type is another."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return None
    return [text or "" for text in array.to_pylist()]


def _from_text(array: pa.Array) -> Values:
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(array)
    missing = pc.is_in(pc.utf8_lower(cells), value_set=pa.array(MISSING, cells.type))
    cells = pc.if_else(missing, pa.scalar(None, cells.type), cells)
    try:
        return Values(_numbers(cells.cast(pa.float64())))
    except pa.ArrowInvalid:
        return _cell_by_cell(cells.to_pylist())


def _cell_by_cell(cells: list[str | None]) -> Values:
    """Return the numbers among some cells, and what the others hold."""
    known = {text: _number(text) for text in set(cells) if text is not None}
    if known and all(text.lower() in _WORDS for text in known):
        known = {text: _WORDS[text.lower()] for text in known}
    bad = {text for text, value in known.items() if value is None}
    numbers = [np.nan if (value := known.get(text or "")) is None else value for text in cells]
    others = sum(text in bad for text in cells)
    return Values(np.array(numbers, dtype=np.float64), tuple(sorted(bad)), others)


def _number(text: str) -> float | None:
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _numbers(array: pa.Array) -> NDArray[np.float64]:
    import pyarrow.compute as pc

    numbers: NDArray[np.float64] = pc.fill_null(array, np.nan).to_numpy(zero_copy_only=False)
    return numbers
