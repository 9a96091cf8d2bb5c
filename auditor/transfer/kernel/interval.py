"""The interval of a gain: scaffolds stay together, groups of them are left out in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.student import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray


def clustered(
    top: NDArray[np.float64], bottom: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return Σ top / Σ bottom and its 95 % interval: (value, low, high); NaN with fewer than 2 groups.

    A jackknife that leaves out one group of scaffolds at a time, to first order: a group's part of the
    error is Σ (top - value bottom) over its members, divided by the share that the other groups hold.
    Student's t has as many degrees of freedom as there are groups of equal size that say as much, less
    one: a large group counts as what it is.

    Parameters
    ----------
    top, bottom, groups
        Of each compound (m,).

    Reference: Bell & McCaffrey 2002, Survey Methodology 28:169 (groups of unequal size).
    """
    _, member = np.unique(groups, return_inverse=True)
    whole = bottom.sum()
    if not whole > 0:
        return float("nan"), float("nan"), float("nan")
    value = float(top.sum() / whole)
    part = np.bincount(member, weights=bottom) / whole
    count = len(part)
    if count < 2 or part.max() >= 1:
        return value, float("nan"), float("nan")
    off = np.bincount(member, weights=top - value * bottom) / whole / (1 - part)
    error = float(np.sqrt((count - 1) / count * (off**2).sum()))
    freedom = np.array(max(round(1 / float((part**2).sum())) - 1, 1))
    width = float(reach(freedom)) * error
    return value, value - width, value + width
