"""When a pair of tasks shares enough compounds, and how far it is from that.

Letters: ``p`` pairs, ``k`` tasks that a plan is about, ``g`` groups of compounds that are measured in
the same of these tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.overlap.overlap import Overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.gate.gate import Thresholds


@dataclass(frozen=True)
class Problem:
    """Which compounds are measured where, and which pairs are to meet the rule.

    Parameters
    ----------
    groups
        Whether a group's compounds are measured in a task (g, k); no two are alike and both available.
    counts
        Compounds per group (g,).
    available
        Whether a group's compounds may be measured further (g,); None: all of them.
    pairs
        Task indices (p, 2).
    rule
        The overlap measure, the fraction to be reached, and the least number of shared compounds.
    """

    groups: NDArray[np.bool_]
    counts: NDArray[np.int64]
    pairs: NDArray[np.int64]
    rule: Thresholds
    available: NDArray[np.bool_] | None = None

    @property
    def open(self) -> NDArray[np.bool_]:
        """Whether a group's compounds may be measured in a task (g, k)."""
        free = ~self.groups
        return free if self.available is None else free & self.available[:, None]

    @property
    def n(self) -> int:
        """Number of compounds."""
        return int(self.counts.sum())


def support_of(groups: NDArray[np.bool_], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the shared compounds of all pairs of tasks (k, k), sizes on the diagonal."""
    ones = groups.astype(np.float64)
    return ((ones * counts[:, None]).T @ ones).astype(np.int64)


def met(support: NDArray[np.int64], rule: Thresholds) -> NDArray[np.bool_]:
    """Return which pairs of tasks meet the rule (k, k)."""
    sizes = np.diag(support).copy()
    fraction = Overlap(("",) * len(sizes), sizes, support).measure(rule.measure)
    enough: NDArray[np.bool_] = (fraction >= rule.reliable) & (support >= rule.min_support)
    return enough


def weights(sizes: NDArray[np.int64], rule: Thresholds) -> NDArray[np.float64]:
    """Return w (k, k): a pair meets the rule if its support is at least w[i, j] |i| + w[j, i] |j|.

    Exact at the sizes given; at other sizes exact for Jaccard and Dice, and sufficient for the
    rest (containment: of the smaller task; Ochiai: the tangent of the square root).
    """
    target = rule.reliable
    shape = (len(sizes), len(sizes))
    if rule.measure == "jaccard":
        return np.full(shape, target / (1 + target))
    if rule.measure == "dice":
        return np.full(shape, target / 2)
    row, column = sizes[:, None].astype(float), sizes[None, :].astype(float)
    if rule.measure == "containment":
        first = np.arange(len(sizes))[:, None] < np.arange(len(sizes))[None, :]
        return np.where((row < column) | ((row == column) & first), target, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        tangent = target / 2 * np.sqrt(column / row)
    return np.where(np.isfinite(tangent), tangent, target / 2)


def least_alone(problem: Problem) -> NDArray[np.int64]:
    """Return the least measurements that each pair needs if it is the only one (p,)."""
    support = support_of(problem.groups, problem.counts)
    return np.array([_least(support, int(i), int(j), problem) for i, j in problem.pairs], dtype=np.int64)


def _least(support: NDArray[np.int64], i: int, j: int, problem: Problem) -> int:
    """Find the least number by bisection: a compound measured in one task costs one, in none two."""
    low, high = -1, 2 * problem.n
    while high - low > 1:
        middle = (low + high) // 2
        pair = support[np.ix_([i, j], [i, j])]
        if any(met(_grown(pair, middle, first), problem.rule)[0, 1] for first in (0, 1)):
            high = middle
        else:
            low = middle
    return high


def _grown(pair: NDArray[np.int64], number: int, first: int) -> NDArray[np.int64]:
    """Return the support (2, 2) after so many measurements, those in one task before the other's."""
    out = pair.copy()
    shared, second = pair[0, 1], 1 - first
    in_first = min(number, pair[second, second] - shared)
    in_second = min(number - in_first, pair[first, first] - shared)
    in_both = (number - in_first - in_second) // 2
    out[first, first] += in_first + in_both
    out[second, second] += in_second + in_both
    out[0, 1] = out[1, 0] = shared + in_first + in_second + in_both
    return out


def cover_bound(problem: Problem) -> int:
    """Return a number of measurements that no plan can do without.

    A new measurement adds at most one shared compound to the pairs of its own task, so the two tasks
    of a pair together need at least what the pair needs alone: a linear programme over tasks.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    p, k = len(problem.pairs), problem.groups.shape[1]
    if not p:
        return 0
    rows = np.repeat(np.arange(p), 2)
    needs = csr_array((-np.ones(2 * p), (rows, problem.pairs.ravel())), shape=(p, k))
    found = linprog(np.ones(k), A_ub=needs, b_ub=-least_alone(problem).astype(float), method="highs")
    return int(np.ceil(found.fun - 1e-6))
