"""Partition of up to 27 tasks by mean affinity, with a proof: a linear program over all groups.

Groups are columns of a set-partitioning program. A restricted program gives prices for the tasks; the
group that is worth most above its prices is found among all 2**t and added, until none is worth more.
The program's value is then a bound. Only columns that could still beat the best partition matter, so
that a small integer program over these finds the best partition.

Reference: Barnhart et al. 1998, Operations Research 46:316 (column generation).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.grouping.grouping import Grouping, check_limit, grouping, places
from auditor.transfer.grouping.prices import (
    SLACK,
    Prices,
    best_columns,
    column_worth,
    from_numbers,
    refined,
    within,
)
from auditor.transfer.grouping.subsets import best_division

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TASKS = 27
ROUNDS = 40
TIME_LIMIT_S = 15.0
_FORBIDDEN = -1e6


def prove(
    affinity: NDArray[np.float64],
    start: Grouping,
    *,
    most: int,
    exactly: bool = False,
    time_limit_s: float = TIME_LIMIT_S,
) -> Grouping:
    """Return the best partition, or ``start`` or a better one with a valid bound.

    Parameters
    ----------
    affinity
        Gains of pairs (t, t), source to recipient; a group's gain is the mean (`score.extend`).
        NaN forbids a pair.
    start
        A good partition under the same conditions.
    time_limit_s
        For the prices, and again for the integer program; the bound is valid whenever they stop.
    """
    t = len(affinity)
    limit = check_limit(t, most, exactly=exactly)
    weight = np.where(np.isfinite(affinity), affinity, _FORBIDDEN)
    weight = weight + weight.T
    np.fill_diagonal(weight, 0.0)
    if limit == 2:
        return _halved(weight, exactly=exactly)
    columns = _first(start, t)
    columns = columns[column_worth(columns, weight) > _FORBIDDEN / (2 * t)]
    bound, prices, deadline = np.inf, None, time.monotonic() + time_limit_s
    for _ in range(ROUNDS):
        columns, found = refined(columns, weight, limit, exactly, deadline)
        new, excess = best_columns(weight, found)
        upper = found.value + limit * max(excess, 0.0)
        if upper < bound:
            bound, prices = upper, found
        if excess <= SLACK or time.monotonic() > deadline:
            break
        columns = np.unique(np.concatenate([columns, new]), axis=0)
    best = start
    if prices is not None and bound / t > start.value + SLACK:
        best, bound = _integer(columns, weight, prices, bound, start, limit, exactly, time_limit_s)
    return grouping(
        best.groups,
        value=best.value,
        bound=max(bound / t, best.value),
        method="column generation over all groups",
        exact=bound / t <= best.value + SLACK,
    )


def _halved(weight: NDArray[np.float64], *, exactly: bool) -> Grouping:
    """Return the best of all divisions into two groups: they are few enough to weigh each."""
    number, worth = best_division(weight, both=exactly)
    inside = from_numbers(np.array([number]), len(weight))
    groups = [group for group in places(np.concatenate([inside, ~inside])) if group]
    value = worth / len(weight)
    return grouping(groups, value=value, bound=value, method="every division into two groups")


def _first(start: Grouping, t: int) -> NDArray[np.bool_]:
    pairs = np.zeros((t * (t - 1) // 2, t), dtype=np.bool_)
    rows, columns = np.triu_indices(t, 1)
    pairs[np.arange(len(rows)), rows] = pairs[np.arange(len(rows)), columns] = True
    groups = np.zeros((len(start.groups), t), dtype=np.bool_)
    for row, group in enumerate(start.groups):
        groups[row, list(group)] = True
    found: NDArray[np.bool_] = np.unique(
        np.concatenate([np.eye(t, dtype=np.bool_), pairs, groups, np.ones((1, t), dtype=np.bool_)]), axis=0
    )
    return found


def _integer(
    columns: NDArray[np.bool_],
    weight: NDArray[np.float64],
    prices: Prices,
    bound: float,
    start: Grouping,
    most: int,
    exactly: bool,
    time_limit_s: float,
) -> tuple[Grouping, float]:
    """Return the best partition into the columns that could beat ``start``, and the bound then."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    t = len(weight)
    missing = bound - start.value * t
    numbers, complete = within(weight, prices, missing + SLACK)
    chosen = (
        np.unique(np.concatenate([from_numbers(numbers, t), columns]), axis=0)
        if not complete
        else (from_numbers(numbers, t))
    )
    if not len(chosen):
        return start, start.value * t
    found = milp(
        -column_worth(chosen, weight),
        integrality=np.ones(len(chosen)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(chosen.T.astype(np.float64), 1, 1),
            LinearConstraint(np.ones((1, len(chosen))), most if exactly else 0, most),
        ],
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    best = start
    if found.x is not None and -found.fun / t > start.value:
        groups = places(chosen[found.x > 0.5])
        best = grouping(groups, value=-found.fun / t, bound=bound / t, method="")
    if complete and found.status == 0:
        bound = max(best.value * t, start.value * t)
    elif complete and found.status == 2:
        bound = start.value * t
    elif complete and found.mip_dual_bound is not None:
        bound = min(bound, max(-float(found.mip_dual_bound), start.value * t))
    return best, bound
