"""Local search for a partition: move and swap tasks between groups while that helps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from auditor.seeding import derive
from auditor.transfer.grouping.grouping import (
    TOLERANCE,
    Grouping,
    check_limit,
    grouping,
    no_grouping,
    places,
    value_of,
)
from auditor.transfer.grouping.starts import Groups, random_groups
from auditor.transfer.predictor import Predict, worth

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORBIDDEN = -1e6
"""Worth of a group that is no candidate: the search leaves it as soon as it can."""
RESTARTS = 8
MOST_CHANGES = 2_000
"""Changes tried per step; with more, a random part of them."""
_WORK = 10**10
"""Products per climb, a few seconds: a climb of more than about a hundred tasks ends before its top."""


def local_search(
    predict: Predict,
    t: int,
    *,
    most: int,
    exactly: bool = False,
    starts: Iterable[Groups] = (),
    restarts: int = RESTARTS,
    seed: int = 0,
    bound: float = float("nan"),
) -> Grouping:
    """Return the best partition reached from some starts and ``restarts`` random ones.

    Each step takes the best single change: a task goes to another (or a new) group, or two tasks
    change places. ``bound`` is passed on: a search proves nothing by itself, unless it reaches it.

    Raises
    ------
    DataError
        Every partition that was found holds a group that is not estimable.
    """
    limit = check_limit(t, most, exactly=exactly)
    rng = np.random.default_rng(derive(seed, "grouping"))
    begin = [start for start in starts if len(start) == limit or (not exactly and len(start) < limit)]
    begin += [random_groups(t, limit, rng) for _ in range(restarts)]
    best, best_worth = None, -np.inf
    for start in begin:
        members = _climb(predict, _labels(start, t), limit, exactly, rng)
        found = float(_worth(predict, members).sum())
        if found > best_worth + TOLERANCE:
            best, best_worth = members, found
    if best is None or best_worth < FORBIDDEN / 2:
        raise no_grouping(most)
    groups = places(best[best.any(axis=1)])
    return grouping(groups, value=value_of(groups, predict, t), bound=bound, method="local search")


def _climb(
    predict: Predict, labels: NDArray[np.int64], most: int, exactly: bool, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return the members (most, t) of the groups at which no change tried helps any more."""
    t = len(labels)
    for _ in range(_steps(t)):
        members = labels == np.arange(most)[:, None]
        changed = _neighbours(labels, most, exactly, rng)
        if not len(changed):
            break
        touched, groups = _touched(labels, changed, most)
        now = _worth(predict, members)
        new = _worth(predict, groups).reshape(-1, 2).sum(axis=1)
        gain = new - now[touched].sum(axis=1)
        top = int(np.argmax(gain))
        if gain[top] <= TOLERANCE:
            break
        labels = changed[top]
    final: NDArray[np.bool_] = labels == np.arange(most)[:, None]
    return final


def _steps(t: int) -> int:
    """Return how many steps are made at most: fewer where each has more tasks to look at."""
    return int(min(10 * t, max(_WORK // (MOST_CHANGES * t * t), 3)))


def _neighbours(
    labels: NDArray[np.int64], most: int, exactly: bool, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the labels after every move and every swap (c, t), or a random part of them."""
    t = len(labels)
    sizes = np.bincount(labels, minlength=most)
    task, to = np.nonzero(labels[:, None] != np.arange(most))
    if exactly:
        task, to = task[sizes[labels[task]] > 1], to[sizes[labels[task]] > 1]
    one, other = np.triu_indices(t, 1)
    differ = labels[one] != labels[other]
    one, other = one[differ], other[differ]
    total = len(task) + len(one)
    kept = np.arange(total) if total <= MOST_CHANGES else rng.choice(total, MOST_CHANGES, replace=False)
    changed = np.tile(labels, (len(kept), 1))
    rows = np.arange(len(kept))
    move = kept < len(task)
    changed[rows[move], task[kept[move]]] = to[kept[move]]
    swap = kept[~move] - len(task)
    changed[rows[~move], one[swap]] = labels[other[swap]]
    changed[rows[~move], other[swap]] = labels[one[swap]]
    return changed


def _touched(
    labels: NDArray[np.int64], changed: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the two groups that each change touches (c, 2), and their new members (2 c, t)."""
    place = (changed != labels).argmax(axis=1)
    touched = np.stack([labels[place], changed[np.arange(len(changed)), place]], axis=1)
    return touched, (changed[:, None, :] == touched[:, :, None]).reshape(-1, len(labels))


def _worth(predict: Predict, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the worth of each group (g,): 0 for an empty one, `FORBIDDEN` where it is not estimable."""
    found = np.zeros(len(members))
    held = members.any(axis=1)
    if held.any():
        value = worth(predict, members[held])
        found[held] = np.where(np.isnan(value), FORBIDDEN, value)
    return found


def _labels(groups: Groups, t: int) -> NDArray[np.int64]:
    labels = np.zeros(t, dtype=np.int64)
    for label, group in enumerate(groups):
        labels[group] = label
    return labels
