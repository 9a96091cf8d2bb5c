"""Exact cover by overlapping groups, each task served by its best one, as a mixed-integer program."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.errors import UsageError
from auditor.transfer.grouping.grouping import (
    Grouping,
    all_groups,
    check_limit,
    grouping,
    no_grouping,
    places,
)
from auditor.transfer.predictor import Predict, checked

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIME_LIMIT_S = 60.0
MOST_TASKS = 12
"""Tasks up to which every group is a candidate."""


def best_cover(
    predict: Predict,
    t: int,
    *,
    most: int,
    candidates: NDArray[np.bool_] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Grouping:
    """Return the best cover of t tasks by at most ``most`` groups, which may overlap.

    Every task is served by the group in which it gains most. Where the time runs out, the best cover
    found so far is returned with the solver's bound. With ``candidates`` (g, t) the groups come from
    these and the single tasks, and the bound holds for covers by these only.

    Raises
    ------
    UsageError
        There are more than `MOST_TASKS` tasks and no candidates.
    DataError
        Not even one cover was found.

    Reference: the objective of Fifty et al. 2021 (TAG), with a real zero for a task alone.
    """
    if candidates is None and t > MOST_TASKS:
        raise UsageError(f"{t} tasks have too many groups to try each", hint="give candidate groups")
    limit = check_limit(t, most)
    members = all_groups(t) if candidates is None else _with_single(candidates, t)
    gains = checked(predict, members)
    usable = (np.isfinite(gains) | ~members).all(axis=1)
    members, gains = members[usable], gains[usable]
    found = _solve(members, gains, limit, time_limit_s)
    if found.x is None:
        raise no_grouping(most)
    chosen = _used(found.x[: len(members)] > 0.5, gains)
    value = float(np.nanmax(gains[chosen], axis=0).mean())
    bound = -float(found.mip_dual_bound) / t if found.mip_dual_bound is not None else math.nan
    return grouping(
        places(members[chosen]),
        value=value,
        bound=max(bound, value),
        exact=found.status == 0,
        method="mixed-integer program over " + ("all groups" if candidates is None else "given groups"),
    )


def _solve(members: NDArray[np.bool_], gains: NDArray[np.float64], most: int, time_limit_s: float) -> Any:
    """Maximise the gains of served tasks: x_S a group is trained, z_tS task t is served by it."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, csr_array

    g, t = members.shape
    group, task = np.nonzero(members)
    cells = len(group)
    width = g + cells
    z = g + np.arange(cells)
    served = coo_array((np.ones(cells), (task, z)), shape=(t, width))
    linked_data = np.concatenate([np.ones(cells), -np.ones(cells)])
    linked_at = (np.tile(np.arange(cells), 2), np.concatenate([z, group]))
    linked = coo_array((linked_data, linked_at), shape=(cells, width))
    counted = coo_array((np.ones(g), (np.zeros(g, dtype=int), np.arange(g))), shape=(1, width))
    return milp(
        np.concatenate([np.zeros(g), -gains[group, task]]),
        integrality=np.concatenate([np.ones(g), np.zeros(cells)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(csr_array(served), 1, 1),
            LinearConstraint(csr_array(linked), -np.inf, 0),
            LinearConstraint(csr_array(counted), 0, most),
        ],
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )


def _with_single(candidates: NDArray[np.bool_], t: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.unique(np.concatenate([candidates, np.eye(t, dtype=np.bool_)]), axis=0)
    return found


def _used(chosen: NDArray[np.bool_], gains: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the chosen groups (their rows) that serve a task best; the others need no training."""
    rows = np.flatnonzero(chosen)
    serving = np.nanargmax(gains[rows], axis=0)
    used: NDArray[np.int64] = rows[np.unique(serving)].astype(np.int64)
    return used
