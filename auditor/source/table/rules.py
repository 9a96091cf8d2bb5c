"""What a user says of a table: what is missing in it, and what becomes of limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from auditor.source.table.missing import NOTHING

Censored = Literal["drop", "at-limit"]


@dataclass(frozen=True)
class Rules:
    """How cells are read.

    Parameters
    ----------
    missing
        Numbers and words that stand for "not measured"; ``nothing`` alone says that every number is a
        measurement. Without any, codes that leave no doubt are recognised, and doubtful ones are refused.
    censored
        What becomes of values such as ``>10``: they count as measured, and give no label (``drop``) or the
        limit itself as the label (``at-limit``).
    exclude
        Columns that are no tasks.
    long
        Of a table with one row per compound and assay: its columns, by their roles in `Long`.
    """

    missing: tuple[str, ...] = ()
    censored: Censored = "drop"
    exclude: tuple[str, ...] = ()
    long: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers among what is missing."""
        return tuple(number for text in self.missing if (number := _number(text)) is not None)

    @property
    def words(self) -> Sequence[str]:
        """The texts among what is missing, as they are written."""
        return tuple(text for text in self.missing if _number(text) is None)

    @property
    def looks_for_codes(self) -> bool:
        """Whether codes are looked for: nothing was said about them."""
        return not self.numbers and NOTHING not in self.missing


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
