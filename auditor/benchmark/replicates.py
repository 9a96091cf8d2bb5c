"""Rows of a task that stand for one compound: how many repeat, and how many disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.benchmark.equality import same_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.chemistry.named import Named
    from auditor.source.rows import TaskTable


@dataclass(frozen=True)
class Replicates:
    """Published rows of a task, grouped by compound.

    Parameters
    ----------
    rows
        Rows with a value and a name.
    compounds
        Distinct compounds among them.
    conflicting
        Compounds whose rows give more than one value.
    """

    rows: int
    compounds: int
    conflicting: int

    @property
    def repeated(self) -> int:
        """Rows beyond the first of their compound."""
        return self.rows - self.compounds


def replicates_of(table: TaskTable, numbers: Mapping[str, int]) -> Replicates:
    """Count the repeats and conflicts of a task.

    Parameters
    ----------
    table
        Its published rows.
    numbers
        The compound that each text stands for, -1 for none (see `by_text`, `by_name`).
    """
    compound, values = compounds_of(table, numbers)
    if (np.diff(compound) > 0).all():
        return Replicates(len(compound), len(compound), 0)
    order = np.lexsort((values, compound))
    compound, values = compound[order], values[order]
    starts = np.flatnonzero(np.diff(compound, prepend=-1))
    ends = np.append(starts[1:], len(compound)) - 1
    conflicting = int((~same_value(values[starts], values[ends])).sum()) if len(starts) else 0
    return Replicates(len(compound), len(starts), conflicting)


def compounds_of(
    table: TaskTable, numbers: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return compound and value of every row that has both, each (rows,), in published order."""
    values = np.asarray(table.values, dtype=np.float64)
    compound = np.fromiter(map(numbers.__getitem__, table.smiles), np.int64, len(values))
    kept = np.isfinite(values) & (compound >= 0)
    return compound[kept], values[kept]


@dataclass(frozen=True)
class Disagreement:
    """A compound as it was first written, and the values (rows,) that its rows give, sorted."""

    smiles: str
    values: tuple[float, ...]


def disagreements(table: TaskTable, numbers: Mapping[str, int], *, most: int) -> list[Disagreement]:
    """Return the compounds of a task whose rows disagree by the most, those of more rows first.

    Parameters
    ----------
    table, numbers
        As for `replicates_of`.
    most
        How many are returned at most.
    """
    rows: dict[int, list[tuple[str, float]]] = {}
    for text, value in zip(table.smiles, np.asarray(table.values, dtype=np.float64).tolist(), strict=True):
        if numbers[text] >= 0 and np.isfinite(value):
            rows.setdefault(numbers[text], []).append((text, value))
    found = [
        Disagreement(group[0][0], tuple(sorted(value for _, value in group))) for group in rows.values()
    ]
    apart = [one for one in found if not same_value(one.values[0], one.values[-1])]
    apart.sort(key=lambda one: (one.values[0] - one.values[-1], -len(one.values)))
    return apart[:most]


def by_text(texts: Iterable[str]) -> dict[str, int]:
    """Number texts as they are written, blanks around them ignored; no chemistry is asked."""
    numbers: dict[str, int] = {}
    return {text: numbers.setdefault(text.strip(), len(numbers)) for text in texts}


def by_name(names: Mapping[str, Named]) -> dict[str, int]:
    """Number texts by the compound that they name at an identity level, -1 where they name none."""
    numbers: dict[str, int] = {}
    return {
        text: -1 if named.name is None else numbers.setdefault(named.name, len(numbers))
        for text, named in names.items()
    }
