"""The best grouping that the number of tasks allows to find, with the proof that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.grouping import column_generation as columns
from auditor.transfer.grouping import partition
from auditor.transfer.grouping.grouping import Grouping, assignment_bound, check_limit
from auditor.transfer.grouping.local_search import RESTARTS, local_search
from auditor.transfer.grouping.starts import Groups, linkage_groups, spectral_groups
from auditor.transfer.predictor import Predict, by_affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MANY_TASKS = 60


def group_by_affinity(
    affinity: NDArray[np.float64], *, most: int, exactly: bool = False, seed: int = 0
) -> Grouping:
    """Return the best partition when the gain of a member is its mean affinity (t, t) in the group.

    Up to `partition.MOST_TASKS` tasks every partition is weighed; up to `columns.MOST_TASKS` column
    generation proves the best or gives its bound; beyond, local search goes with the assignment bound,
    which holds for any number of groups.
    """
    t = len(affinity)
    limit = check_limit(t, most, exactly=exactly)
    predict = by_affinity(affinity)
    if t <= partition.MOST_TASKS:
        return partition.best_partition(predict, t, most=limit, exactly=exactly)
    starts = seeded(affinity, limit, seed)
    found = local_search(
        predict,
        t,
        most=limit,
        exactly=exactly,
        starts=starts,
        restarts=RESTARTS if t <= _MANY_TASKS else 0,
        seed=seed,
        bound=assignment_bound(affinity),
    )
    if found.exact or t > columns.MOST_TASKS:
        return found
    return columns.prove(affinity, found, most=limit, exactly=exactly)


def group_by_gain(
    predict: Predict,
    t: int,
    *,
    most: int,
    exactly: bool = False,
    affinity: NDArray[np.float64] | None = None,
    seed: int = 0,
) -> Grouping:
    """Return the best partition under any prediction of gains; beyond 14 tasks without a bound.

    ``affinity`` (t, t) only gives the search its first guesses.
    """
    limit = check_limit(t, most, exactly=exactly)
    if t <= partition.MOST_TASKS:
        return partition.best_partition(predict, t, most=limit, exactly=exactly)
    starts = [] if affinity is None else seeded(affinity, limit, seed)
    return local_search(predict, t, most=limit, exactly=exactly, starts=starts, seed=seed)


def seeded(affinity: NDArray[np.float64], most: int, seed: int) -> list[Groups]:
    """Return first guesses of ``most`` groups from an affinity (t, t), and one task per group."""
    known = np.isfinite(affinity) & ~np.eye(len(affinity), dtype=np.bool_)
    found: list[Groups] = [[[task] for task in range(len(affinity))]]
    if known.any():
        found += [linkage_groups(affinity, most), spectral_groups(affinity, most, seed)]
    return found
