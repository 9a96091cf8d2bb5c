"""Measured gains, turned into matrices, means and standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.replication import mean_over_seeds
from auditor.statistics.student import reach
from auditor.transfer.group_gains import GroupGains, choose_groups, group_gains

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.measured.gains import Gains

Z = 1.959964


def directed(gains: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return gains (..., g, t) of the pairs as (..., t, t): rows are sources, columns recipients."""
    t = members.shape[1]
    out = np.full((*gains.shape[:-2], t, t), np.nan)
    for place in np.flatnonzero(members.sum(axis=1) == 2):
        i, j = np.flatnonzero(members[place])
        out[..., i, j], out[..., j, i] = gains[..., place, j], gains[..., place, i]
    return out


def total_error(found: Gains) -> NDArray[np.float64]:
    """Return the standard error of the mean gain (g, t): of seeds and test compounds together.

    With one seed it is that of the test compounds alone.
    """
    return _with_seeds(found.gains, found.sampling_error)


def pair_error(found: Gains) -> NDArray[np.float64]:
    """Return the standard error of the mean over a group's members (g,), as `total_error`."""
    mean = member_mean(found.gains, found.members)
    return _with_seeds(mean, found.mean_sampling_error)


def pair_reach(found: Gains) -> NDArray[np.float64]:
    """Return how far the 95 % interval of the mean over a group's members reaches to either side (g,).

    The part of the seeds by Student's t, that of the test compounds by the normal distribution, added in
    squares. With one seed it is that of the test compounds alone.
    """
    sampling = found.mean_sampling_error
    seeds = np.isfinite(member_mean(found.gains, found.members)).sum(axis=0)
    of_seeds = np.sqrt(np.maximum(pair_error(found) ** 2 - sampling**2, 0.0))
    own = np.where(seeds > 1, reach(np.maximum(seeds - 1, 1)) * of_seeds, 0.0)
    both: NDArray[np.float64] = np.hypot(own, Z * sampling)
    return both


def member_mean(gains: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean gain over the members of each group (..., g); NaN unless all have one.

    Of a pair it is the paper's benefit: the mean metric together, less the mean of both alone.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, F.1.
    """
    mean: NDArray[np.float64] = np.where(members, gains, 0.0).sum(axis=-1) / members.sum(axis=1)
    return mean


def group_table(found: Gains) -> GroupGains:
    """Return the mean gains of all groups as the table from which gains of other groups are predicted."""
    mean = mean_over_seeds(found.gains)
    return group_gains(found.tasks, found.members, mean, halves=found.halves)


def shared_table(found: Gains) -> GroupGains:
    """Return `group_table` of the pairs that have a gain, by their tasks, and then of larger groups."""
    table = group_table(found)
    pairs = [row for row in np.flatnonzero(table.sizes == 2) if table.measured[row].any()]
    pairs.sort(key=lambda row: tuple(np.flatnonzero(table.members[row])))
    return choose_groups(table, np.array([*pairs, *np.flatnonzero(table.sizes > 2)], dtype=np.int64))


def _with_seeds(gains: NDArray[np.float64], sampling: NDArray[np.float64]) -> NDArray[np.float64]:
    counted = np.isfinite(gains).sum(axis=0)
    squares = np.nansum((gains - mean_over_seeds(gains)) ** 2, axis=0)
    variance = squares / np.maximum(counted - 1, 1) / np.maximum(counted, 1)
    total: NDArray[np.float64] = np.sqrt(sampling**2 + np.where(counted > 1, variance, 0.0))
    return total
