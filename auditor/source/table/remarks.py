"""What is said of a table that was read in a way that is not plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.source.account import Missing
from auditor.source.table.classes import two_classes
from auditor.source.table.refusals import listed

if TYPE_CHECKING:
    from auditor.source.rows import TaskTable
    from auditor.source.table.rules import Rules
    from auditor.source.table.values import Values

Left = dict[str, list[str]]
"""Columns that are no tasks, by why they are none."""


@dataclass(frozen=True)
class Said:
    """What is known of a table before its values are looked at.

    Parameters
    ----------
    left_out
        Columns that are no tasks.
    unweighted
        Cells whose weight is 0.
    remarks
        Sentences.
    """

    left_out: Left
    unweighted: int = 0
    remarks: tuple[str, ...] = ()


def codings(found: Mapping[str, Values]) -> dict[str, tuple[float, float]]:
    """Return the two numbers that are the classes of a task, where they are others than 0 and 1."""
    classes = {name: two_classes(values) for name, values in found.items()}
    return {
        name: (low, high)
        for name, (low, high) in classes.items()
        if low is not None and (low, high) != (0.0, 1.0)
    }


def classes(found: Mapping[str, Values]) -> tuple[str, ...]:
    """Return a sentence on every pair of values, other than 0 and 1, that is read as two classes."""
    names: dict[tuple[float, float], list[str]] = {}
    for name, pair in codings(found).items():
        names.setdefault(pair, []).append(name)
    return tuple(
        f"{low:g} and {high:g} are read as two classes, 0 and 1: {listed(tasks)}."
        for (low, high), tasks in names.items()
    )


def words(found: Mapping[str, Values]) -> tuple[Missing, ...]:
    """Return the words that were read as not measured, each with its cells in all columns."""
    cells: dict[str, int] = {}
    for values in found.values():
        for word, count in values.absent:
            cells[word] = cells.get(word, 0) + count
    return tuple(Missing(f"'{word}'", count) for word, count in cells.items())


def weights(cells: int) -> tuple[Missing, ...]:
    """Return what is said of cells whose weight is 0, as DeepChem writes what was not measured."""
    return (Missing("a weight of 0", cells),) if cells else ()


def ways(found: Mapping[str, Values]) -> tuple[str, ...]:
    """Return a sentence on every way in which cells were read that are not plain numbers."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, values in found.items():
        if values.ways:
            names.setdefault(values.ways, []).append(name)
    return tuple(f"{listed(tasks)}: {', '.join(ways)}." for ways, tasks in names.items())


def limits(tables: Sequence[TaskTable], rules: Rules) -> tuple[str, ...]:
    """Return what becomes of the values of which only a limit is known, by task."""
    counts = {t.task.name: int((t.limits != 0).sum()) for t in tables if t.limits is not None}
    if not counts:
        return ()
    told = ", ".join(f"{count:,} of '{name}'" for name, count in counts.items())
    what = (
        "count as measured and give no label (--censored at-limit takes the limit)"
        if rules.censored == "drop"
        else "count as measured, and the limit is taken for the label"
    )
    return (f"Values of which only a limit is known {what}: {told}.",)
