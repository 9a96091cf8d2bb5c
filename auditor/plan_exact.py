"""The cheapest plan of measurements, as an integer linear programme over groups of compounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.plan_rules import Problem, support_of, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_COLUMNS = 6_000
"""Variables up to which the programme is solved; it takes seconds then."""
NODES = 500
"""Nodes of the search, so that the same problem gives the same answer on every machine."""


@dataclass(frozen=True)
class Solved:
    """A plan (g, k), None where none was found, and the least total that any plan can have."""

    plan: NDArray[np.int64] | None
    bound: int


@dataclass(frozen=True)
class _Columns:
    """Where the variables stand: x (g, k) compounds to measure, -1 where they are; w (p, g) in neither."""

    x: NDArray[np.int64]
    w: NDArray[np.int64]
    z: NDArray[np.int64]
    count: int


def columns_of(problem: Problem) -> _Columns:
    """Number the variables of a problem: x per group and unmeasured task, w per pair and group in neither.

    z, one per pair, says for containment which task is to be the smaller one.
    """
    g, k = problem.groups.shape
    x = np.full((g, k), -1, dtype=np.int64)
    x[~problem.groups] = np.arange((~problem.groups).sum())
    first, second = problem.groups[:, problem.pairs[:, 0]], problem.groups[:, problem.pairs[:, 1]]
    neither = ~(first | second).T
    w = np.full(neither.shape, -1, dtype=np.int64)
    w[neither] = (x >= 0).sum() + np.arange(neither.sum())
    count = int((x >= 0).sum() + neither.sum())
    z = np.arange(len(problem.pairs)) + count if problem.rule.measure == "containment" else np.zeros(0, int)
    return _Columns(x, w, z, count + len(z))


def solve(problem: Problem, columns: _Columns) -> Solved:
    """Return the cheapest plan, or the best found within `NODES` and what none can undercut.

    Groups of compounds measured alike take the place of compounds, so the size does not depend on
    how many compounds there are. For Ochiai the plan is sufficient, and nothing is proven.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix, least = _constraints(problem, columns)
    cost, upper, whole = (np.zeros(columns.count) for _ in range(3))
    free = columns.x >= 0
    cost[columns.x[free]] = whole[columns.x[free]] = 1
    upper[columns.x[free]] = np.broadcast_to(problem.counts[:, None], free.shape)[free]
    upper[columns.w[columns.w >= 0]] = np.broadcast_to(problem.counts, columns.w.shape)[columns.w >= 0]
    upper[columns.z] = whole[columns.z] = 1
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(matrix, lb=least),
        options={"node_limit": NODES},
    )
    proven = found.mip_dual_bound is not None and problem.rule.measure != "ochiai"
    bound = int(np.ceil(found.mip_dual_bound - 1e-6)) if proven else 0
    if found.x is None:
        return Solved(None, bound)
    plan = np.zeros(free.shape, dtype=np.int64)
    plan[free] = np.round(found.x[columns.x[free]]).astype(np.int64)
    return Solved(plan, bound)


def _constraints(problem: Problem, columns: _Columns):  # type: ignore[no-untyped-def]
    """Return A (rows, variables) and b with A v >= b: the rule for every pair, and what w may be."""
    from scipy.sparse import csr_array

    support = support_of(problem.groups, problem.counts)
    weight = weights(np.diag(support), problem.rule)
    rows: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    least: list[float] = []
    for pair, (i, j) in enumerate(problem.pairs):
        shared = _shared(problem, columns, pair)
        ones = np.ones(len(shared))
        rows.append((shared, ones))
        least.append(float(problem.rule.min_support - support[i, j]))
        for a, b, switch in _sides(problem, columns, weight, pair):
            more_i, more_j = columns.x[columns.x[:, i] >= 0, i], columns.x[columns.x[:, j] >= 0, j]
            values = np.concatenate([ones, -a * np.ones(len(more_i)), -b * np.ones(len(more_j)), switch[1]])
            rows.append((np.concatenate([shared, more_i, more_j, switch[0]]), values))
            least.append(float(a * support[i, i] + b * support[j, j] - support[i, j]) + switch[2])
        for group in np.flatnonzero(columns.w[pair] >= 0):
            for task in (i, j):
                both = np.array([columns.x[group, task], columns.w[pair, group]])
                rows.append((both, np.array([1.0, -1.0])))
                least.append(0.0)
    lengths = [len(at) for at, _ in rows]
    where = (np.repeat(np.arange(len(rows)), lengths), np.concatenate([at for at, _ in rows]))
    values = np.concatenate([numbers for _, numbers in rows])
    return csr_array((values, where), shape=(len(rows), columns.count)), np.array(least)
