"""Estimates with their errors: scaffolds stay together, groups of them are left out in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.student import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Estimate:
    """A number, its standard error, and the degrees of freedom of that; NaN where not estimable."""

    value: float
    error: float
    freedom: int

    @property
    def width(self) -> float:
        """Half the 95 % interval, by Student's t."""
        return float(reach(np.array(self.freedom))) * self.error

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - self.width

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + self.width


def clustered(top: NDArray[np.float64], bottom: NDArray[np.float64], groups: NDArray[np.int64]) -> Estimate:
    """Return Σ top / Σ bottom; its error is NaN with fewer than 2 groups.

    A jackknife that leaves out one group of scaffolds at a time, to first order: a group's part of the
    error is Σ (top - value bottom) over its members, divided by the share that the other groups hold.
    There are as many degrees of freedom as there would be groups of equal size that say as much, less
    one: one large group makes few.

    Parameters
    ----------
    top, bottom, groups
        Of each compound (m,).

    Reference: Bell & McCaffrey 2002, Survey Methodology 28:169 (groups of unequal size).
    """
    _, member = np.unique(groups, return_inverse=True)
    whole = bottom.sum()
    if not whole > 0:
        return Estimate(float("nan"), float("nan"), 0)
    value = float(top.sum() / whole)
    part = np.bincount(member, weights=bottom) / whole
    count = len(part)
    if count < 2 or part.max() >= 1:
        return Estimate(value, float("nan"), 0)
    off = np.bincount(member, weights=top - value * bottom) / whole / (1 - part)
    error = float(np.sqrt((count - 1) / count * (off**2).sum()))
    return Estimate(value, error, max(round(1 / float((part**2).sum())) - 1, 1))


def expected(predicted: float, predicted_error: float, measured: Estimate) -> Estimate:
    """Return the mean of a predicted and a measured gain.

    It is nearer to the gain of other compounds than either. Its error is the whole error of the
    measured gain and half that of the predicted one: both rest on the same labels, so that what one
    has too much the other has, too, and the mean takes little of it away.
    """
    error = float(np.hypot(measured.error, predicted_error / 2))
    return Estimate((predicted + measured.value) / 2, error, measured.freedom)
