"""What stands beside E: its bound by prevalence, the liabilities behind classes, and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.overlap.class_tables import class_tables, of_classes
from auditor.statistics.pearson import Pearson, pearson
from auditor.statistics.phi import phi_limit
from auditor.statistics.tetrachoric import tetrachoric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.overlap.label_correlation import Empirical

MOST_PAIRS = 3_000
"""Pairs with a task of values that are ranked one by one, those of most shared compounds first."""
_CHUNK = 20_000


@dataclass(frozen=True)
class PairCorrelations:
    """Correlations of all pairs of tasks over their shared compounds, each (t, t), NaN where it has none.

    Parameters
    ----------
    limit, of_limit
        The largest |φ| of E's sign that the two prevalences allow, and φ as a fraction of it; two
        classes only.
    tetrachoric, tetrachoric_error
        Correlation of the liabilities behind two classes.
    spearman, spearman_low, spearman_high
        Rank correlation with its 95 % interval; pairs with a task of values only, those of most shared
        compounds.
    """

    limit: NDArray[np.float64]
    of_limit: NDArray[np.float64]
    tetrachoric: NDArray[np.float64]
    tetrachoric_error: NDArray[np.float64]
    spearman: NDArray[np.float64]
    spearman_low: NDArray[np.float64]
    spearman_high: NDArray[np.float64]


def pair_correlations(empirical: Empirical) -> PairCorrelations:
    """Return what can be said beside E of every pair for which E is estimated."""
    r, labels = empirical.values, empirical.labels
    found = PairCorrelations(*(np.full(r.shape, np.nan) for _ in range(7)))
    rows, columns = np.triu_indices(len(r), 1)
    known = np.isfinite(r[rows, columns])
    classes = of_classes(labels)
    binary = known & classes[rows] & classes[columns]
    i, j = rows[binary], columns[binary]
    if len(i):
        tables = class_tables(labels, i, j)
        found.limit[i, j], found.of_limit[i, j] = phi_limit(*tables)
        for part in np.array_split(np.arange(len(i)), -(-len(i) // _CHUNK)):
            here = i[part], j[part]
            cells = (counts[part] for counts in tables)
            found.tetrachoric[here], found.tetrachoric_error[here] = tetrachoric(*cells)
    others = np.flatnonzero(known & ~binary)
    order = np.argsort(-empirical.support[rows[others], columns[others]], kind="stable")
    for place in others[order][:MOST_PAIRS]:
        pair = int(rows[place]), int(columns[place])
        ranks = _of_ranks(empirical, *pair)
        found.spearman[pair] = ranks.value[0]
        found.spearman_low[pair], found.spearman_high[pair] = ranks.low[0], ranks.high[0]
    for matrix in vars(found).values():
        matrix[columns, rows] = matrix[rows, columns]
    return found


def _of_ranks(empirical: Empirical, i: int, j: int) -> Pearson:
    """Return the correlation of the ranks of one pair's labels, with its interval."""
    from scipy.stats import rankdata

    (rows, first), (others, second) = empirical.labels.column(i), empirical.labels.column(j)
    _, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
    return pearson(rankdata(first[here]), rankdata(second[there])[:, None])
