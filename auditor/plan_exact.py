"""The cheapest plan of measurements, as an integer linear programme over groups of compounds.

Variables: x, how many compounds of a group to measure in a task where none of them is; and w, how many
compounds of a group that is measured in neither task of a pair come to be measured in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.plan_rules import Problem, support_of, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

MAX_VARIABLES = 6_000
"""Size up to which the programme is solved."""
NODES = 500
"""Nodes of the search, so that the same problem gives the same answer on every machine."""


@dataclass(frozen=True)
class Variables:
    """Where the variables stand: x (g, k) and w (p, g), -1 where there is none."""

    x: NDArray[np.int64]
    w: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of variables."""
        return int((self.x >= 0).sum() + (self.w >= 0).sum())


@dataclass(frozen=True)
class Solved:
    """A plan (g, k), None where none was found, and a total that no plan undercuts."""

    plan: NDArray[np.int64] | None
    bound: int


def variables_of(problem: Problem) -> Variables:
    """Number the variables of a problem."""
    free = ~problem.groups
    first, second = problem.pairs.T
    neither = free[:, first].T & free[:, second].T
    x = np.where(free, np.cumsum(free.ravel()).reshape(free.shape) - 1, -1)
    w = np.where(neither, free.sum() + np.cumsum(neither.ravel()).reshape(neither.shape) - 1, -1)
    return Variables(x, w)


def solve(problem: Problem, variables: Variables) -> Solved:
    """Return the cheapest plan, or the best within `NODES`, and what no plan can undercut.

    The rule is linear for Jaccard and Dice. For containment and Ochiai it is replaced by one that
    suffices, so that nothing is proven: the bound is zero.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    free, neither = variables.x >= 0, variables.w >= 0
    matrix, least = _constraints(problem, variables)
    is_x = np.arange(variables.count) < free.sum()
    most = np.concatenate(
        [np.broadcast_to(problem.counts[:, None], free.shape)[free],
         np.broadcast_to(problem.counts, neither.shape)[neither]]
    )  # fmt: skip
    found = milp(
        is_x.astype(float),
        integrality=is_x.astype(int),
        bounds=Bounds(0, most),
        constraints=LinearConstraint(matrix, lb=least),
        options={"node_limit": NODES},
    )
    linear = problem.rule.measure in ("jaccard", "dice") and found.mip_dual_bound is not None
    bound = int(np.ceil(found.mip_dual_bound - 1e-6)) if linear else 0
    if found.x is None:
        return Solved(None, bound)
    plan = np.zeros(free.shape, dtype=np.int64)
    plan[free] = np.round(found.x[: free.sum()]).astype(np.int64)
    return Solved(plan, bound)


def _constraints(problem: Problem, variables: Variables) -> tuple[csr_array, NDArray[np.float64]]:
    """Return A (constraints, variables) and b, for A v >= b."""
    from scipy.sparse import diags_array, vstack

    first, second = problem.pairs.T
    support = support_of(problem.groups, problem.counts)
    sizes, shared = np.diag(support), support[first, second]
    grown, joined = _growth(problem, variables)
    weight = weights(sizes, problem.rule)
    a, b = weight[first, second], weight[second, first]
    fraction = joined - diags_array(a) @ grown[first] - diags_array(b) @ grown[second]
    within, pairs = _within(problem, variables), np.flatnonzero((variables.w >= 0).ravel())
    least = [
        a * sizes[first] + b * sizes[second] - shared,
        problem.rule.min_support - shared,
        np.zeros(2 * len(pairs)),
    ]
    return vstack([fraction, joined, within], format="csr"), np.concatenate(least)


def _growth(problem: Problem, variables: Variables) -> tuple[csr_array, csr_array]:
    """Return by how much a variable adds to the compounds of a task (k, .) and of a pair (p, .)."""
    first, second = problem.pairs.T
    in_first, in_second = problem.groups[:, first].T, problem.groups[:, second].T  # (p, g)
    groups, tasks = np.nonzero(variables.x >= 0)
    grown = _selection(tasks, variables.x[groups, tasks], problem.groups.shape[1], variables.count)
    parts = [np.nonzero(in_first & ~in_second), np.nonzero(in_second & ~in_first), np.nonzero(variables.w >= 0)]
    columns = np.concatenate(
        [variables.x[parts[0][1], second[parts[0][0]]],
         variables.x[parts[1][1], first[parts[1][0]]],
         variables.w[parts[2]]]
    )  # fmt: skip
    pairs = np.concatenate([pair for pair, _ in parts])
    return grown, _selection(pairs, columns, len(first), variables.count)


def _within(problem: Problem, variables: Variables) -> csr_array:
    """Return the rows x - w >= 0 for both tasks of every w (2 w, .)."""
    pairs, groups = np.nonzero(variables.w >= 0)
    w, rows = variables.w[pairs, groups], np.arange(len(pairs))
    sides = [
        _selection(rows, variables.x[groups, problem.pairs[pairs, side]], len(pairs), variables.count)
        - _selection(rows, w, len(pairs), variables.count)
        for side in (0, 1)
    ]
    from scipy.sparse import vstack

    return vstack(sides, format="csr")


def _selection(rows: NDArray[np.int64], columns: NDArray[np.int64], height: int, width: int) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(height, width))
