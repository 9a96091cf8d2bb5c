"""Exact partition into disjoint groups, by dynamic programming over subsets of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError
from auditor.transfer.grouping.grouping import Grouping, all_worths, check_limit, grouping, no_grouping
from auditor.transfer.predictor import Predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TASKS = 14
"""Beyond it, 3**t steps take too long; see `auditor.transfer.grouping.column_generation`."""


def best_partition(predict: Predict, t: int, *, most: int, exactly: bool = False) -> Grouping:
    """Return the best partition of t tasks into at most (or exactly) ``most`` groups.

    Every subset's worth is asked of ``predict`` once; 3**t / 2 sums follow.

    Raises
    ------
    UsageError
        There are more than `MOST_TASKS` tasks.
    DataError
        Every partition holds a group that is not estimable.
    """
    if t > MOST_TASKS:
        raise UsageError(f"{t} tasks are too many to enumerate", hint="search_groups finds a good one")
    limit = check_limit(t, most, exactly=exactly)
    worths = all_worths(predict, t)
    value, choice = _solve(worths, t, limit)
    whole = 2**t - 1
    count = limit if exactly else 1 + int(np.argmax(value[whole, 1:]))
    if not np.isfinite(value[whole, count]):
        raise no_grouping(most)
    groups, rest = [], whole
    for left in range(count, 0, -1):
        group = int(choice[rest, left])
        groups.append([task for task in range(t) if group >> task & 1])
        rest ^= group
    best = float(value[whole, count] / t)
    return grouping(groups, value=best, bound=best, exact=True, method="dynamic programming over subsets")


def _solve(worths: NDArray[np.float64], t: int, most: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return each subset's best worth in exactly 0..most groups (2**t, most + 1), and its first group."""
    value = np.full((2**t, most + 1), -np.inf)
    value[0, 0] = 0.0
    choice = np.zeros((2**t, most + 1), dtype=np.int64)
    for subset in range(1, 2**t):
        lowest = subset & -subset
        groups = _subsets(subset ^ lowest) | lowest
        total = worths[groups, None] + value[subset ^ groups, :-1]  # (2**(size - 1), most)
        best = total.argmax(axis=0)
        value[subset, 1:] = total[best, np.arange(most)]
        choice[subset, 1:] = groups[best]
    return value, choice


def _subsets(mask: int) -> NDArray[np.int64]:
    """Return every subset of a set of bits, the empty one first."""
    found = np.zeros(1, dtype=np.int64)
    while mask:
        lowest = mask & -mask
        found = np.concatenate([found, found | lowest])
        mask ^= lowest
    return found
