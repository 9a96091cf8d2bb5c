"""A grouping of tasks, its value, and what no grouping can exceed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.transfer.predictor import Predict, checked, worth

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Grouping:
    """Groups that together hold every task.

    Parameters
    ----------
    groups
        Places of the tasks of each group, ascending; groups by their first task.
    value
        Mean over the tasks of the gain in the group (the best one, where groups overlap).
    bound
        No grouping under the same conditions is worth more; NaN where none is known.
    exact
        Whether ``value`` is proved best: it reaches ``bound``.
    method
        How it was found.
    """

    groups: tuple[tuple[int, ...], ...]
    value: float
    bound: float
    exact: bool
    method: str

    @property
    def gap(self) -> float:
        """What a better grouping could add at most; NaN without a bound."""
        return max(self.bound - self.value, 0.0) if np.isfinite(self.bound) else float("nan")


def grouping(
    groups: Iterable[Sequence[int]], *, value: float, bound: float, method: str, exact: bool = False
) -> Grouping:
    """Return a grouping with its groups in order; it is exact too where its value reaches its bound."""
    ordered = sorted(tuple(sorted(int(task) for task in group)) for group in groups)
    reached = bool(np.isfinite(bound) and value >= bound - TOLERANCE * max(1.0, abs(bound)))
    return Grouping(tuple(ordered), float(value), float(bound), exact or reached, method)


def masks(groups: Iterable[Sequence[int]], t: int) -> NDArray[np.bool_]:
    """Return the members of some groups (g, t)."""
    listed = [list(group) for group in groups]
    members = np.zeros((len(listed), t), dtype=np.bool_)
    for row, group in enumerate(listed):
        members[row, group] = True
    return members


def places(members: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Return the places of the tasks of each group, from its members (g, t)."""
    return [tuple(int(task) for task in np.flatnonzero(group)) for group in members]


def value_of(groups: Iterable[Sequence[int]], predict: Predict, t: int) -> float:
    """Return the mean over tasks of the gain in the group, each task served by its best one.

    NaN where a task is in no group, or where the gain of a member is not estimable.
    """
    gains = checked(predict, masks(groups, t))
    held = np.isfinite(gains).any(axis=0)
    inside = masks(groups, t)
    if not held.all() or np.isnan(gains[inside]).any():
        return float("nan")
    return float(np.nanmax(gains, axis=0).mean())


def all_groups(t: int) -> NDArray[np.bool_]:
    """Return every non-empty group (2**t - 1, t); row r - 1 holds the tasks of the bits of r."""
    groups: NDArray[np.bool_] = ((np.arange(1, 2**t)[:, None] >> np.arange(t)) & 1).astype(np.bool_)
    return groups


def all_worths(predict: Predict, t: int, *, chunk: int = 1 << 14) -> NDArray[np.float64]:
    """Return the worth of every group (2**t,), the empty one 0; -inf where it is no candidate."""
    found = np.zeros(2**t)
    groups = all_groups(t)
    for start in range(0, len(groups), chunk):
        found[start + 1 : start + 1 + chunk] = worth(predict, groups[start : start + chunk])
    found[np.isnan(found)] = -np.inf
    return found


def assignment_bound(affinity: NDArray[np.float64]) -> float:
    """Return a value that no partition can exceed when gains are mean affinities (t, t).

    A partition gives every task t the weights 1 / (|S| - 1) on its companions, or 1 on itself (worth
    0): a doubly stochastic matrix. No such matrix is worth more than the best assignment (Birkhoff).
    """
    from scipy.optimize import linear_sum_assignment

    t = len(affinity)
    weight = np.where(np.isfinite(affinity), affinity, -1e6)
    np.fill_diagonal(weight, 0.0)
    rows, columns = linear_sum_assignment(weight, maximize=True)
    return float(weight[rows, columns].sum() / t)


def check_limit(t: int, most: int, *, exactly: bool = False) -> int:
    """Return the largest number of groups that is of use.

    Raises
    ------
    UsageError
        No grouping of the tasks has that number of groups.
    """
    if t < 1 or most < 1 or (exactly and most > t):
        raise UsageError(
            f"cannot form {most} groups of {t} tasks", hint="ask for 1 group up to one per task"
        )
    return min(most, t)


def no_grouping(most: int) -> DataError:
    """Return the error for gains under which no grouping consists of candidates only."""
    return DataError(
        f"no grouping into {most} groups avoids pairs that are not estimable",
        hint="allow more groups, or leave out the tasks that share too few compounds",
    )
