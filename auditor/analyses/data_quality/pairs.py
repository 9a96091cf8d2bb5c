"""Pairs of tasks whose E rests on one compound, or says another thing than their ranks do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.leave_one_out import without_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.overlap.label_correlation import Empirical
    from auditor.source.rows import Task

MOST_PAIRS = 3_000
"""Pairs that are visited, those of most shared compounds first."""
CHANGE = 0.2
"""Change of E from which one compound decides it; the ranks say another thing at twice as much."""
CHANGE_Z = 0.3
"""The same on Fisher's scale, where a change of a weak E counts less."""
ERRORS = 3.0
"""The same in standard errors 1/√(n - 3) of that scale: with few compounds each counts for much."""


@dataclass(frozen=True)
class Decided:
    """A pair whose E is another one without one compound, or by ranks.

    Parameters
    ----------
    first, second
        Task indices.
    correlation, spearman, without
        E, the correlation of ranks, and E without the compound that changes it the most.
    shared
        Compounds with a label for both.
    compound
        Index of that compound.
    values
        Its two labels.
    """

    first: int
    second: int
    correlation: float
    spearman: float
    without: float
    shared: int
    compound: int
    values: tuple[float, float]

    @property
    def by_one(self) -> bool:
        """Whether one compound decides E."""
        return _apart(self.correlation, self.without, self.shared)

    @property
    def by_few(self) -> bool:
        """Whether values and ranks do not agree, though no single compound is the reason."""
        return not self.by_one and _apart(self.correlation, self.spearman, self.shared, times=2)


def decided(labels: Labels, tasks: Sequence[Task], empirical: Empirical) -> list[Decided]:
    """Return the pairs whose E one compound decides or whose ranks say another thing, the worst first.

    Only pairs with E and a task of values: of two classes each compound counts the same.
    """
    found = [pair for pair in _visited(labels, tasks, empirical) if pair.by_one or pair.by_few]
    return sorted(found, key=lambda pair: (pair.by_few, -_change(pair)))


def _change(pair: Decided) -> float:
    return abs(pair.correlation - (pair.without if pair.by_one else pair.spearman))


def _visited(labels: Labels, tasks: Sequence[Task], empirical: Empirical) -> Iterator[Decided]:
    rows, columns = np.triu_indices(len(tasks), 1)
    classes = np.array([task.kind == "classification" for task in tasks])
    known = np.isfinite(empirical.values[rows, columns]) & ~(classes[rows] & classes[columns])
    places = np.flatnonzero(known)
    order = np.argsort(-empirical.support[rows[places], columns[places]], kind="stable")
    for place in places[order][:MOST_PAIRS]:
        yield _look(labels, int(rows[place]), int(columns[place]))


def _look(labels: Labels, i: int, j: int) -> Decided:
    from scipy.stats import rankdata

    (rows, first), (others, second) = labels.column(i), labels.column(j)
    shared, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
    x, y = first[here], second[there]
    r, by_rank = _correlation(x, y), _correlation(rankdata(x), rankdata(y))
    without = without_each(x, y)
    change = np.abs(np.nan_to_num(without, nan=r) - r)
    worst = int(np.argmax(change))
    return Decided(
        i,
        j,
        r,
        by_rank,
        float(without[worst]),
        len(x),
        int(shared[worst]),
        (float(x[worst]), float(y[worst])),
    )


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _apart(r: float, other: float, n: int, *, times: float = 1.0) -> bool:
    """Return whether two correlations of the same compounds are far apart; `times` asks for more."""
    if not np.isfinite(other):
        return False
    z = abs(np.arctanh(np.clip(r, -0.999, 0.999)) - np.arctanh(np.clip(other, -0.999, 0.999)))
    return bool(abs(r - other) > times * CHANGE and z > times * max(CHANGE_Z, ERRORS / np.sqrt(n - 3)))
