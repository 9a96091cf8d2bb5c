"""The interval of E, one for every place that tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.overlap.class_tables import class_tables, of_classes
from auditor.statistics.joint_count import Z
from auditor.statistics.pearson import Pearson, pearson
from auditor.statistics.phi import phi_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

MOST_CELLS = 40_000_000
"""Labels that are looked at for pairs with a task of values, those of most shared compounds first."""
_CHUNK_CELLS = 1_000_000


@dataclass(frozen=True)
class Intervals:
    """How sure E of all pairs is, each (t, t); NaN where E is not estimated or was not visited.

    Parameters
    ----------
    low, high
        95 % interval: of two classes exact given the positives of either task (`phi_interval`), else by
        the jackknife and Student's t (`pearson`).
    p
        Two-sided p of E = 0 by the same test: the interval excludes 0 where p ≤ 0.05.
    standard_error
        Of two classes the width of the interval by 2 x 1.96.
    far
        Pairs whose values are so skewed, or have such heavy tails, that the interval may be too narrow.
    skipped
        Pairs with a task of values that were not visited.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    far: NDArray[np.bool_]
    skipped: int


def correlation_intervals(
    labels: Labels, values: NDArray[np.float64], support: NDArray[np.int64]
) -> Intervals:
    """Return the interval of E for all pairs whose E is known: values and support (t, t)."""
    low, high, p, error = (np.full(values.shape, np.nan) for _ in range(4))
    far = np.zeros(values.shape, dtype=bool)
    classes = of_classes(labels)
    rows, columns = np.triu_indices(len(values), 1)
    known = np.isfinite(values[rows, columns])
    binary = known & classes[rows] & classes[columns]
    i, j = rows[binary], columns[binary]
    if len(i):
        found = phi_interval(*class_tables(labels, i, j))
        low[i, j], high[i, j], p[i, j] = found.low, found.high, found.p
        error[i, j] = (found.high - found.low) / (2 * Z)
    others = np.flatnonzero(known & ~binary)
    visited = _affordable(others, rows, columns, support, labels.sizes)
    for task in np.unique(rows[visited]):
        mates = columns[visited][rows[visited] == task]
        of_values = _against(labels, int(task), mates)
        low[task, mates], high[task, mates], p[task, mates] = of_values.low, of_values.high, of_values.p
        error[task, mates], far[task, mates] = of_values.error, of_values.far
    for matrix in (low, high, p, error, far):
        matrix[columns, rows] = matrix[rows, columns]
    return Intervals(low, high, p, error, far, len(others) - len(visited))


def _affordable(
    places: NDArray[np.int64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    support: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the pairs that are visited, those of most shared compounds first."""
    order = places[np.argsort(-support[rows[places], columns[places]], kind="stable")]
    visited: NDArray[np.int64] = order[np.cumsum(sizes[rows[order]]) <= MOST_CELLS]
    return visited


def _against(labels: Labels, task: int, mates: NDArray[np.int64]) -> Pearson:
    """Return the correlation of a task with some others, a block of them at a time."""
    rows, x = labels.column(task)
    place = np.full(labels.n, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    parts = np.array_split(mates, -(-len(mates) * len(rows) // _CHUNK_CELLS))
    found = [pearson(x, _columns(labels, place, len(rows), part)) for part in parts if len(part)]
    return Pearson(*(np.concatenate([getattr(one, name) for one in found]) for name in _FIELDS))


_FIELDS = ("value", "error", "low", "high", "p", "far")


def _columns(
    labels: Labels, place: NDArray[np.int64], size: int, mates: NDArray[np.int64]
) -> NDArray[np.float64]:
    out = np.full((size, len(mates)), np.nan)
    for column, mate in enumerate(mates):
        rows, values = labels.column(int(mate))
        at = place[rows]
        out[at[at >= 0], column] = values[at >= 0]
    return out
