"""Values that look like a slip or another unit, with their compound and row, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.data_quality.facts import MixedUnits, PairFacts, Place, Strange
from auditor.analyses.data_quality.far import far_values
from auditor.analyses.data_quality.units import mixed_units
from auditor.document.blocks import Cell, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.data_quality.pairs import Decided
    from auditor.benchmark.joining import Joined
    from auditor.source.rows import TaskTable

_NAMED = 60
"""Characters of a compound that are shown."""


def strange_values(table: TaskTable) -> Strange:
    """Return what looks like a slip or another unit among the exact values of a task."""
    values = np.asarray(table.values, dtype=np.float64)
    exact = np.isfinite(values) if table.limits is None else np.isfinite(values) & (table.limits == 0)
    places = np.flatnonzero(exact)
    if table.task.kind != "regression" or not len(places):
        return Strange([], None, None)
    far = places[far_values(values[places])]
    rest = np.setdiff1d(places, far)
    return Strange(
        far_values=[_place(table, int(place)) for place in far],
        far_from=[float(values[rest].min()), float(values[rest].max())] if len(far) else None,
        mixed_units=_units(table, values[rest], rest),
    )


def _units(table: TaskTable, values: NDArray[np.float64], places: NDArray[np.int64]) -> MixedUnits | None:
    found = mixed_units(values)
    if found is None:
        return None
    examples = [_place(table, int(places[at])) for at in (found.small, found.large)]
    return MixedUnits(10.0**found.power, list(found.counts), examples)


def _place(table: TaskTable, at: int) -> Place:
    row = at + 1 if table.rows is None else int(table.rows[at])
    where = f"row {row:,}" + " of its values" * (table.rows is None)
    return Place(float(table.values[at]), table.smiles[at], row, where)


def far_words(found: Strange) -> list[str]:
    """Return a sentence on every value that is far from all others."""
    if found.far_from is None:
        return []
    low, high = found.far_from
    return [
        f"{place.value:g} ({place.where}, {_short(place.smiles)}) is far from all others, {low:g} to "
        f"{high:g}: perhaps a slip of the decimal point or another unit"
        for place in found.far_values
    ]


def unit_words(units: MixedUnits) -> str:
    """Return a sentence on two groups of values."""
    groups = " and ".join(
        f"{count:,} about {place.value:g} (such as {place.where}, {_short(place.smiles)})"
        for count, place in zip(units.counts, units.examples, strict=True)
    )
    return f"perhaps two units: {groups}, a factor of {units.factor:,.0f} apart"


def pair_facts(joined: Joined, pairs: Sequence[Decided]) -> list[PairFacts]:
    """Return the pairs with their compound where it stands in the published rows."""
    tables = joined.data.tables
    return [
        PairFacts(
            tasks=[tables[task].task.name for task in (pair.first, pair.second)],
            by_one_compound=pair.by_one,
            correlation=pair.correlation,
            without=pair.without,
            spearman=pair.spearman,
            compounds=pair.shared,
            places=[
                _published(joined, tables[task], pair.compound, value)
                for task, value in zip((pair.first, pair.second), pair.values, strict=True)
            ],
        )
        for pair in pairs
    ]


def _published(joined: Joined, table: TaskTable, compound: int, label: float) -> Place:
    """Return the published value of a compound that is nearest to its label."""
    name = joined.benchmark.compounds[compound]
    rows = [at for at, text in enumerate(table.smiles) if joined.names[text].name == name]
    return _place(table, min(rows, key=lambda at: abs(float(table.values[at]) - label)))


def pair_table(pairs: Sequence[PairFacts], *, of: int) -> Table:
    """Return the pairs whose E one compound decides or whose ranks say another thing."""
    rows: list[tuple[Cell, ...]] = [
        (
            *pair.tasks, pair.correlation, pair.without, pair.spearman, pair.compounds,
            _short(pair.places[0].smiles), *(f"{place.value:g}, {place.where}" for place in pair.places),
        )
        for pair in pairs
    ]  # fmt: skip
    columns = (
        "task",
        "other task",
        "E",
        "E without",
        "by rank",
        "shared",
        "compound",
        "value",
        "other value",
    )
    caption = (
        "E that one compound decides, or that is far from the correlation of ranks; the compound is the "
        f"one that changes E the most: {len(rows)} of {of} pairs"
    )
    return Table(columns, tuple(rows), caption=caption)


def _short(smiles: str) -> str:
    return smiles if len(smiles) <= _NAMED else f"{smiles[:_NAMED]}…"
