"""How predicted gains compare with measured ones over the pairs of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import correlation
from auditor.statistics.student import reach
from auditor.transfer.kernel.gain import Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.study import Directed

FEWEST = 6
"""Pairs below which nothing is said, and tasks below 4."""


@dataclass(frozen=True)
class Calibration:
    """Measured on predicted gains over ordered pairs.

    Parameters
    ----------
    pairs
        How many.
    predicted, measured
        Their means in R².
    r
        Pearson's correlation of both.
    slope, low, high
        Of measured on predicted gains, and its 95 % interval by leaving out one task at a time.
    """

    pairs: int
    predicted: float
    measured: float
    r: float
    slope: float
    low: float
    high: float


def calibrate(pairs: Mapping[tuple[int, int], Directed], target: Target) -> Calibration | None:
    """Return the calibration of a panel; None with too few pairs or tasks."""
    keys = np.array([key for key, pair in pairs.items() if target in pair.gains]).reshape(-1, 2)
    tasks = np.unique(keys)
    if len(keys) < FEWEST or len(tasks) < 4:
        return None
    gains = [pair.gains[target].r2 for pair in pairs.values() if target in pair.gains]
    x = np.array([gain.predicted for gain in gains])
    y = np.array([gain.measured.value for gain in gains])
    slope = _slope(x, y)
    without = np.array(
        [_slope(x[keep], y[keep]) for keep in (~(keys == task).any(axis=1) for task in tasks)]
    )
    t = len(tasks)
    error = float(np.sqrt((t - 1) / t * ((without - without.mean()) ** 2).sum()))
    width = float(reach(np.array(t - 1))) * error
    r = correlation(x, y)
    return Calibration(len(keys), float(x.mean()), float(y.mean()), r, slope, slope - width, slope + width)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    spread = x - x.mean()
    square = float(spread @ spread)
    return float(spread @ y / square) if square > 0 else float("nan")
