"""The cells of one column as numbers or as text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditor.source.table.spelling import Spelled, Spelling, spelling_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MISSING = frozenset(
    "|na|n/a|#n/a|n.a.|nan|-nan|null|none|<na>|nd|n.d.|n/d|nt|n.t.|-|--|?|.|missing|unknown|not determined|"
    "not measured|not tested|not available|no data|blank|#value!|#ref!|#div/0!|#num!|#name?".split("|")
)
"""What a cell holds, in small letters, where nothing was measured."""
_PAIRS = tuple(
    tuple(pair.split("/"))
    for pair in (
        "false/true f/t no/yes n/y inactive/active in-active/active negative/positive neg/pos "
        "nontoxic/toxic non-toxic/toxic insoluble/soluble unstable/stable non-binder/binder "
        "nonbinder/binder fail/pass low/high -/+"
    ).split()
)
"""Words for two classes, that of 0 first."""
_ADVICE = (
    (re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE), "write 0.55, not 0,55"),
    (re.compile(r"[<>≤≥~].*", re.DOTALL), "write a number, with > or < before it at most"),
    (re.compile("inconclusive|equivocal|ambiguous", re.IGNORECASE), "leave what was inconclusive empty"),
)


@dataclass(frozen=True)
class Values:
    """A column as numbers (m,), NaN where the cell is empty.

    Parameters
    ----------
    texts, text_cells
        Distinct cells that are not numbers, and how many cells hold one of them.
    foreign
        A column type that cannot hold numbers.
    limits
        1 where a value is known to be larger, -1 where it is known to be smaller, else 0 (m,); None
        where every value is exact.
    ways
        How cells were read that are not plain numbers, one phrase each.
    doubt
        Why the numbers can be read in more than one way; empty if they cannot.
    absent
        Words that were read as not measured, and in how many cells.
    """

    numbers: NDArray[np.float64]
    texts: tuple[str, ...] = ()
    text_cells: int = 0
    foreign: str = ""
    limits: NDArray[np.int8] | None = None
    ways: tuple[str, ...] = ()
    doubt: str = ""
    absent: tuple[tuple[str, int], ...] = ()

    @cached_property
    def distinct(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The distinct finite numbers, in order, and how often each occurs."""
        found, counts = np.unique(self.numbers[np.isfinite(self.numbers)], return_counts=True)
        return found, counts

    @cached_property
    def measured(self) -> int:
        """Number of cells that hold a number."""
        return int((~np.isnan(self.numbers)).sum())

    def counts_rows(self) -> bool:
        """Return whether the column only numbers the rows, from 0 or 1; a few rows do not tell."""
        n = len(self.numbers)
        first = self.numbers[0]
        return n > 4 and first in (0, 1) and bool(np.array_equal(self.numbers, first + np.arange(n)))


def to_values(array: pa.Array, missing: Collection[str] = ()) -> Values:
    """Return a column as numbers; words for two classes count as 1 and 0 where it holds nothing else.

    Parameters
    ----------
    missing
        Texts that stand for "not measured", beside `MISSING`.
    """
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        return to_values(array.dictionary_decode(), missing)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(array, missing)
    if pa.types.is_null(kind):
        return Values(np.full(len(array), np.nan))
    with contextlib.suppress(pa.ArrowException):
        if pa.types.is_boolean(kind):
            array = array.cast(pa.int8())
        if not (pa.types.is_temporal(kind) or pa.types.is_binary(kind)):
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


def _from_text(array: pa.Array, missing: Collection[str]) -> Values:
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(array)
    words = pa.array([*MISSING, *(word.lower() for word in missing)], cells.type)
    small = pc.utf8_lower(cells)
    empty = pc.is_in(small, value_set=words)
    absent = _words(cells, empty)
    whole, cells = cells, pc.if_else(empty, pa.scalar(None, cells.type), cells)
    try:
        return Values(_numbers(cells.cast(pa.float64())), absent=absent)
    except pa.ArrowInvalid:
        signs = set(pc.unique(whole).to_pylist()) <= {"+", "-", "", None}
        read = _cell_by_cell((whole if signs else cells).to_pylist())
        return read if signs else replace(read, absent=absent)


def _words(cells: pa.Array, empty: pa.Array) -> tuple[tuple[str, int], ...]:
    """Return the words among the empty cells, and how often each stands; most columns have none."""
    import pyarrow.compute as pc

    blank = pc.sum(pc.equal(cells, "")).as_py() or 0
    if (pc.sum(empty).as_py() or 0) == blank:
        return ()
    found = pc.value_counts(cells.filter(empty)).to_pylist()
    return tuple((one["values"], one["counts"]) for one in found if one["values"])


def _cell_by_cell(cells: list[str | None]) -> Values:
    """Return the numbers among some cells, and what the others hold."""
    texts = {text for text in cells if text}
    if classes := classes_of(texts):
        ways = tuple(f"'{text}' as {number:g}" for text, number in sorted(classes.items(), key=_last))
        known = {text: Spelled(number) for text, number in classes.items()}
        return _read(cells, texts, Spelling(known, ways))
    plain = {text: number for text in texts if (number := _number(text)) is not None}
    spelling = spelling_of(texts - plain.keys(), beside=tuple(plain))
    known = {**spelling.cells, **{text: Spelled(number) for text, number in plain.items()}}
    return _read(cells, texts, replace(spelling, cells=known))


def _read(cells: list[str | None], texts: set[str], spelling: Spelling) -> Values:
    """Return a column by the number that each of its texts is; the texts that are none are named."""
    bad = texts - spelling.cells.keys()
    empty = Spelled(float("nan"))
    read = [spelling.cells.get(text or "", empty) for text in cells]
    limits = np.array([one.limit for one in read], dtype=np.int8)
    return Values(
        np.array([one.number for one in read], dtype=np.float64),
        tuple(sorted(bad)),
        sum(text in bad for text in cells),
        limits=limits if limits.any() else None,
        ways=spelling.ways,
        doubt=spelling.doubt,
    )


def classes_of(texts: Collection[str]) -> dict[str, float]:
    """Return 0 or 1 for every text where all of them are words for two classes; {} where they are not."""
    small = {text: text.lower() for text in texts}
    for zero, one in _PAIRS:
        if small and set(small.values()) <= {zero, one}:
            return {text: float(word == one) for text, word in small.items()}
    return {}


def _last(item: tuple[str, float]) -> tuple[float, str]:
    return item[1], item[0]


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
