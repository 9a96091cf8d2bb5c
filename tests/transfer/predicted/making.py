"""Tables of gains with a known rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.grouping.grouping import all_groups
from auditor.transfer.predictor import extend


def every_group(t: int) -> NDArray[np.bool_]:
    """Return every group of two tasks or more (g, t)."""
    members = all_groups(t)
    return members[members.sum(axis=1) > 1]


def names(t: int) -> tuple[str, ...]:
    """Return names of tasks."""
    return tuple(f"task-{index}" for index in range(t))


def by_pairs(t: int, *, noise: float, seed: int = 0) -> tuple[GroupGains, NDArray[np.float64]]:
    """Return gains of every group that are mean pair gains with noise, and the pair gains (t, t)."""
    rng = np.random.default_rng(seed)
    pairs = rng.normal(size=(t, t))
    members = every_group(t)
    gains = extend(pairs, members)
    once = gains + noise * rng.normal(size=gains.shape)
    halves = gains + noise * rng.normal(size=(2, 3, *gains.shape))
    return group_gains(names(t), members, once, halves=halves), pairs


def by_task(t: int, *, noise: float, seed: int = 0) -> GroupGains:
    """Return gains of every group that depend on nothing but the task, with noise."""
    rng = np.random.default_rng(seed)
    members = every_group(t)
    level = rng.normal(size=t)
    once = level + noise * rng.normal(size=members.shape)
    halves = level + noise * rng.normal(size=(2, 3, *members.shape))
    return group_gains(names(t), members, once, halves=halves)
