"""Covariances between cells: how the gain of one task in one group tells of another's in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Cells:
    """Some cells of a table of gains.

    Parameters
    ----------
    task, group
        Task and group of each cell (m,).
    companions
        The other members of its group (m, t), 0 or 1.
    score
        Standardised affinity scores of each cell (m, affinities); 0 where not estimable.
    """

    task: NDArray[np.int64]
    group: NDArray[np.int64]
    companions: NDArray[np.float64]
    score: NDArray[np.float64]


def cells_of(members: NDArray[np.bool_], inside: NDArray[np.bool_], scores: NDArray[np.float64]) -> Cells:
    """Return the cells marked in ``inside`` (g, t) of some groups; scores are (g, t, affinities)."""
    group, task = np.nonzero(inside)
    companions = members[group].astype(np.float64)
    companions[np.arange(len(task)), task] = 0.0
    return Cells(task, group, companions, scores[group, task])


def covariances(first: Cells, second: Cells) -> list[NDArray[np.float64]]:
    """Return one covariance of unit variance per component (m, m'): four of membership, then affinities.

    The four are the gain's overall level, a task's own, what a companion gives to anyone ("source"),
    and what it gives to this task ("pair"). Companions add up: the covariance of "source" counts those
    that two cells share, "pair" counts them for the same recipient only. An affinity's slope is one
    number for all cells.
    """
    same = (first.task[:, None] == second.task[None, :]).astype(np.float64)
    shared = first.companions @ second.companions.T
    slopes = [np.outer(a, b) for a, b in zip(first.score.T, second.score.T, strict=True)]
    return [np.ones_like(same), same, shared, same * shared, *slopes]


def same_group(cells: Cells) -> NDArray[np.float64]:
    """Return 1 for two cells of one training (m, m), 0 else."""
    same: NDArray[np.float64] = (cells.group[:, None] == cells.group[None, :]).astype(np.float64)
    return same
