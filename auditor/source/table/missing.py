"""Numbers that stand for "not measured": recognised where that is certain, asked about elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.table.values import Values

NOTHING = "nothing"
"""What ``--missing`` takes where every number is a measurement."""
FEW = 10
"""Labels below which no pattern of values is looked for."""
REPEATED = 3
"""Cells that a code stands in at least; a single strange value is an outlier."""
WRITTEN = 600.0
"""Size from which a number that is written like a code is one in fewer cells too."""
FAR = 10.0
"""A code lies farther from all other values than this many times their whole range."""
_CODE = re.compile(r"-?(9{2,}|6{3,}|7{3,}|8{3,})")


@dataclass(frozen=True)
class Codes:
    """The codes of a table.

    Parameters
    ----------
    certain
        Columns by the number that stands for "not measured" in them.
    doubts
        A sentence on each number that may stand for it, with the number.
    """

    certain: Mapping[float, tuple[str, ...]]
    doubts: tuple[tuple[float, str], ...]


def codes_of(columns: Mapping[str, Values]) -> Codes:
    """Return the codes among columns of numbers."""
    seen = {name: _Values(*values.distinct) for name, values in columns.items()}
    usable = {name: values for name, values in seen.items() if values.count >= FEW}
    certain: dict[float, tuple[str, ...]] = {}
    doubts: list[tuple[float, str]] = []
    for code in sorted({value for values in usable.values() for value in values.ends()}):
        far = [name for name, values in usable.items() if values.is_far(code)]
        odd = [name for name, values in usable.items() if values.is_odd(code)]
        single = not any(usable[name].repeats(code) for name in (*far, *odd))
        if len(far) > 1 or (far and _is_code(code) and not single) or (len(odd) > 1 and _is_code(code)):
            certain[code] = tuple(dict.fromkeys((*far, *odd)))
        elif far or odd:
            doubts.append((code, f"{code:g} stands apart from all other values of {_named(far or odd)}"))
    thirds = {name: third for name, values in usable.items() if (third := values.third_class()) is not None}
    for code in dict.fromkeys(thirds.values()):
        three = [name for name, third in thirds.items() if third == code]
        told = ", ".join(f"{value:g}" for value in usable[three[0]].distinct)
        doubts.append((code, f"{_named(three)} {_hold(three)} {told} and nothing else"))
    return Codes(certain, tuple(doubts))


@dataclass(frozen=True)
class _Values:
    """The distinct values of a column, in order, and how often each occurs."""

    distinct: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def count(self) -> int:
        return int(self.counts.sum())

    def ends(self) -> tuple[float, ...]:
        """The lowest and the highest value, of those that repeat or are long codes.

        Of two values alone, which may be classes, only a long code and -1 beside a fraction.
        """
        found = (float(self.distinct[end]) for end in (0, -1) if len(self.distinct))
        usual = tuple(value for value in found if self.repeats(value, REPEATED) or _is_long_code(value))
        if len(self.distinct) > 2:
            return usual
        fraction = not bool((self.distinct == np.rint(self.distinct)).all())
        return tuple(
            v for v in usual if len(self.distinct) == 2 and (_is_long_code(v) or (v == -1 and fraction))
        )

    def repeats(self, value: float, times: int = 2) -> bool:
        """Return whether a value stands in so many cells."""
        return int(self.counts[self.distinct == value].sum()) >= times

    def others(self, code: float) -> NDArray[np.float64]:
        rest: NDArray[np.float64] = self.distinct[self.distinct != code]
        return rest

    def is_far(self, code: float) -> bool:
        """Return whether a value at an end lies far beyond the range of all others."""
        if code not in self.ends():
            return False
        rest = self.others(code)
        with np.errstate(over="ignore"):  # at the edge of what a float holds nothing is far
            return bool(np.abs(rest - code).min() > FAR * (rest[-1] - rest[0]))

    def is_odd(self, code: float) -> bool:
        """Return whether a value is the only negative one, and one that no measurement gives so often."""
        if code not in self.ends() or code >= 0 or self.third_class() is not None:
            return False
        return bool(self.others(code)[0] >= 0) and (code == -1 or _is_code(code))

    def third_class(self) -> float | None:
        """Return the one of three whole numbers that may stand beside two classes; None for other values.

        Two of them are neighbours, such as 0 and 1; of three neighbours, -1 or the highest.
        """
        if len(self.distinct) != 3 or not bool((self.distinct == np.rint(self.distinct)).all()):
            return None
        low, middle, high = self.distinct.tolist()
        if middle - low == 1 and low != -1:
            return float(high)
        return float(low) if high - middle == 1 else None


def _is_long_code(value: float) -> bool:
    return abs(value) >= WRITTEN and _is_code(value)


def _is_code(value: float) -> bool:
    return _CODE.fullmatch(f"{value:g}") is not None


def _named(columns: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in columns[:3])
    return f"{shown} and {len(columns) - 3} more" if len(columns) > 3 else shown


def _hold(columns: Sequence[str]) -> str:
    return "holds" if len(columns) == 1 else "hold"


def without(numbers: NDArray[np.float64], codes: Iterable[float]) -> NDArray[np.float64]:
    """Return numbers (m,) with NaN in the place of every code."""
    found: NDArray[np.float64] = np.where(np.isin(numbers, list(codes)), np.nan, numbers)
    return found
