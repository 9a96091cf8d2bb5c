"""Measured transfer gains: what every task won or lost in every group that was trained.

A group is a set of tasks trained together; the gain of a member is what training in the group won
over training the task alone. Letters: ``g`` groups, ``t`` tasks, ``s`` seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class GroupGains:
    """Measured gains of some groups of tasks.

    Parameters
    ----------
    tasks
        Task names (t,).
    members
        Which tasks each group trains (g, t), bool.
    gains
        Gain of each member (g, t); NaN outside the group, and where it was not measured.
    halves
        The gain of each member by either half of the test compounds and by each seed (2, s, g, t), whose
        trainings of the tasks alone are its own; NaN as ``gains``. No seed where this is not known.
    """

    tasks: tuple[str, ...]
    members: NDArray[np.bool_]
    gains: NDArray[np.float64]
    halves: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = (len(self.members), len(self.tasks))
        if self.members.shape != shape or self.gains.shape != shape:
            raise ValueError(f"members {self.members.shape}, gains {self.gains.shape}, expected {shape}")
        if self.halves.shape != (2, *self.halves.shape[1:2], *shape):
            raise ValueError(f"halves has shape {self.halves.shape}, expected (2, seeds, *{shape})")
        if self.members.dtype != np.bool_:
            raise ValueError("members must be bool")
        if not self.members.any(axis=1).all():
            raise ValueError("a group without members")
        for name in ("gains", "halves"):
            values = getattr(self, name)
            if np.isinf(values).any():
                raise ValueError(f"infinite {name}; use NaN for not measured")
            if not np.isnan(values[..., ~self.members]).all():
                raise ValueError(f"{name} outside a group must be NaN")

    @property
    def g(self) -> int:
        """Number of groups."""
        return len(self.members)

    @property
    def t(self) -> int:
        """Number of tasks."""
        return len(self.tasks)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of members of each group (g,)."""
        sizes: NDArray[np.int64] = self.members.sum(axis=1).astype(np.int64)
        return sizes

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Cells that hold a measured gain (g, t)."""
        measured: NDArray[np.bool_] = self.members & np.isfinite(self.gains)
        return measured


def group_gains(
    tasks: Sequence[str],
    members: NDArray[np.bool_],
    gains: NDArray[np.float64],
    *,
    halves: NDArray[np.float64] | None = None,
) -> GroupGains:
    """Return a table of gains; whatever stands outside a group becomes NaN."""
    inside = np.asarray(members).astype(bool)
    kept = np.where(inside, np.asarray(gains, dtype=np.float64), np.nan)
    parts = np.empty((2, 0, *kept.shape)) if halves is None else np.asarray(halves, dtype=np.float64)
    return GroupGains(tuple(tasks), inside, kept, np.where(inside, parts, np.nan))


def choose_groups(table: GroupGains, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> GroupGains:
    """Return the table of some groups only, given by their rows."""
    return GroupGains(table.tasks, table.members[chosen], table.gains[chosen], table.halves[:, :, chosen])


def shared_groups(table: GroupGains) -> GroupGains:
    """Return the groups of two tasks or more; a task alone gains nothing by definition."""
    return choose_groups(table, table.sizes > 1)
