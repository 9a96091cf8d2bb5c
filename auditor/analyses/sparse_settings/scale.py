"""Affinities brought to the scale of label correlations, and combined by their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_PAIRS = 4


@dataclass(frozen=True)
class Scale:
    """A line from an affinity to E, with the variance around it."""

    intercept: float
    slope: float
    variance: float

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values on E's scale."""
        mapped: NDArray[np.float64] = self.intercept + self.slope * values
        return mapped


def scale_of(values: NDArray[np.float64], labels: NDArray[np.float64], pairs: NDArray[np.bool_]) -> Scale:
    """Return the least-squares line from values to E over some pairs of tasks (all (t, t)).

    With too few pairs, or values that do not vary, everything maps to the mean of E there.
    """
    keep = upper(pairs & np.isfinite(values) & np.isfinite(labels))
    x, y = upper(values)[keep], upper(labels)[keep]
    if len(x) == 0:
        return Scale(float("nan"), float("nan"), float("nan"))
    if len(x) < FEWEST_PAIRS or x.std() < 1e-12:
        return Scale(float(y.mean()), 0.0, float(y.var()))
    slope = float(((x - x.mean()) @ (y - y.mean())) / ((x - x.mean()) ** 2).sum())
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    return Scale(intercept, slope, float((residual**2).sum() / (len(x) - 2)))


def combined(
    first: NDArray[np.float64],
    first_variance: NDArray[np.float64],
    second: NDArray[np.float64],
    second_variance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the mean of two estimates weighted by the inverse of their variances (all (t, t)).

    Where only one of them is known, it stands alone.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = [
            np.where(np.isfinite(value) & (variance > 0), 1 / variance, 0.0)
            for value, variance in ((first, first_variance), (second, second_variance))
        ]
        total = weights[0] + weights[1]
        mean: NDArray[np.float64] = np.where(
            total > 0,
            (weights[0] * np.nan_to_num(first) + weights[1] * np.nan_to_num(second)) / total,
            np.nan,
        )
    return mean


def hybrid(
    gradients: NDArray[np.float64],
    gradient_error: NDArray[np.float64],
    chemical: NDArray[np.float64],
    chemical_error: NDArray[np.float64],
    labels: NDArray[np.float64],
    shared: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Combine G and ρ on the scale of E, each weighted by the inverse of its variance.

    On shared compounds a minibatch cosine is about ``shared`` times a correlation of errors, so G is
    divided by it; its error grows by the same factor, which takes its weight away where little is
    shared. Both lines to E, and the variance around them, are those of the pairs within a panel.

    Parameters
    ----------
    labels
        E of the sparse table (t, t).
    shared
        |A∩B| / √(|A||B|) (t, t).
    inside
        Pairs that share all their compounds (t, t).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        corrected = np.where(shared > 0, gradients / shared, np.nan)
        corrected_error = np.where(shared > 0, gradient_error / shared, np.nan)
    one, two = scale_of(corrected, labels, inside), scale_of(chemical, labels, inside)
    return combined(
        one.apply(corrected),
        one.variance + (one.slope * corrected_error) ** 2,
        two.apply(chemical),
        two.variance + (two.slope * chemical_error) ** 2,
    )
