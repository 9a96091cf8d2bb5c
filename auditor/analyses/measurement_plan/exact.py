"""The cheapest plan of measurements, as an integer linear programme over groups of compounds.

Variables: x, how many compounds of a group to measure in a task where none of them is; and w, how many
compounds of a group that is measured in neither task of a pair come to be measured in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.measurement_plan.rules import Problem, support_of, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

LINEAR = ("jaccard", "dice")
"""Measures for which "the fraction reaches the threshold" is a linear inequality."""
NODES = 500
"""Nodes of the search, so that the same problem gives the same answer on every machine."""


@dataclass(frozen=True)
class Variables:
    """Where the variables stand: x (g, k) and w (p, g), -1 where there is none."""

    x: NDArray[np.int64]
    w: NDArray[np.int64]

    @property
    def first_w(self) -> int:
        """Number of x, and so the place of the first w."""
        return int((self.x >= 0).sum())

    @property
    def count(self) -> int:
        """Number of variables."""
        return int(max(self.x.max(initial=-1), self.w.max(initial=-1))) + 1


def variables_of(problem: Problem, *, joint: bool) -> Variables:
    """Number the variables of a problem; ``joint`` has one w per pair for all groups: a relaxation."""
    free = problem.open
    first, second = problem.pairs.T
    neither = free[:, first].T & free[:, second].T
    x = np.where(free, np.cumsum(free.ravel()).reshape(free.shape) - 1, -1)
    own = np.arange(len(first))[:, None] if joint else np.cumsum(neither.ravel()).reshape(neither.shape) - 1
    return Variables(x, np.where(neither, free.sum() + own, -1))


def cheapest(problem: Problem) -> tuple[NDArray[np.int64] | None, int]:
    """Return the cheapest plan (g, k), or the best within `NODES`, and a total that none undercuts.

    The plan is None where none was found. For measures in which the rule is linear (`LINEAR`).
    """
    variables = variables_of(problem, joint=False)
    if not variables.count:  # everything is measured: there is nothing to plan
        return np.zeros(problem.groups.shape, dtype=np.int64), 0
    found = _solved(problem, variables, whole=True)
    bound = 0 if found.mip_dual_bound is None else int(np.ceil(found.mip_dual_bound - 1e-6))
    if found.x is None:
        return None, bound
    plan = np.zeros(problem.groups.shape, dtype=np.int64)
    plan[variables.x >= 0] = np.round(found.x[: variables.first_w]).astype(np.int64)
    return plan, bound


def relaxed_bound(problem: Problem) -> int:
    """Return a total that no plan undercuts, by allowing fractions of compounds (`LINEAR` measures)."""
    variables = variables_of(problem, joint=True)
    if not variables.count:
        return 0
    found = _solved(problem, variables, whole=False)
    return 0 if found.fun is None else int(np.ceil(found.fun - 1e-6))


def _solved(problem: Problem, variables: Variables, *, whole: bool) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix, least = _constraints(problem, variables)
    is_x = np.arange(variables.count) < variables.first_w
    most = np.zeros(variables.count)
    groups = np.nonzero(variables.x >= 0)[0]
    most[: variables.first_w] = problem.counts[groups]
    np.add.at(most, variables.w[variables.w >= 0], problem.counts[np.nonzero(variables.w >= 0)[1]])
    return milp(
        is_x.astype(float),
        integrality=(is_x & whole).astype(int),
        bounds=Bounds(0, most),
        constraints=LinearConstraint(matrix, lb=least),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )


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
    sides = [_beyond(problem, variables, side) for side in (0, 1)]
    least = [
        a * sizes[first] + b * sizes[second] - shared,
        problem.rule.min_support - shared,
        np.zeros(sum(side.shape[0] for side in sides)),
    ]
    return vstack([fraction, joined, *sides], format="csr"), np.concatenate(least)


def _growth(problem: Problem, variables: Variables) -> tuple[csr_array, csr_array]:
    """Return by how much a variable adds to the compounds of a task (k, .) and of a pair (p, .)."""
    first, second = problem.pairs.T
    in_first, in_second = problem.groups[:, first].T, problem.groups[:, second].T  # (p, g)
    open_first, open_second = problem.open[:, first].T, problem.open[:, second].T
    groups, tasks = np.nonzero(variables.x >= 0)
    grown = _ones(tasks, variables.x[groups, tasks], problem.groups.shape[1], variables.count)
    pairs_a, groups_a = np.nonzero(in_first & open_second)
    pairs_b, groups_b = np.nonzero(in_second & open_first)
    w, where = np.unique(variables.w[variables.w >= 0], return_index=True)
    pairs_w = np.nonzero(variables.w >= 0)[0][where]
    columns = (variables.x[groups_a, second[pairs_a]], variables.x[groups_b, first[pairs_b]], w)
    rows = (pairs_a, pairs_b, pairs_w)
    return grown, _ones(np.concatenate(rows), np.concatenate(columns), len(first), variables.count)


def _beyond(problem: Problem, variables: Variables, side: int) -> csr_array:
    """Return, per w, by how much the x of one side's task exceed it (number of w, .)."""
    pairs, groups = np.nonzero(variables.w >= 0)
    w = variables.w[pairs, groups]
    height = variables.count - variables.first_w
    columns = variables.x[groups, problem.pairs[pairs, side]]
    own = _ones(np.arange(height), variables.first_w + np.arange(height), height, variables.count)
    return _ones(w - variables.first_w, columns, height, variables.count) - own


def _ones(rows: NDArray[np.int64], columns: NDArray[np.int64], height: int, width: int) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(height, width))
