"""Refits of a network made linear around its trained parameters.

In the directions of a projection the output of a label is f0 + q . d. A refit on some tasks is the d of
least logistic or squared loss with a ridge: convex, in a few hundred numbers, and quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 200
TOLERANCE = 1e-7
"""Of the slope's length, against its length at d = 0."""
SLOW = 0.3  # a step that leaves more of the slope than this is worth a new curvature


@dataclass(frozen=True)
class Rows:
    """Labels of one task in the linear model.

    Parameters
    ----------
    outputs
        f0 (m,).
    vectors
        Projected gradients (m, k); single precision until labels are taken from them.
    labels
        0 or 1, or a standardised regression label (m,).
    classification
        Logistic loss, else half the squared error.
    """

    outputs: NDArray[np.float64]
    vectors: NDArray[np.float64] | NDArray[np.float32]
    labels: NDArray[np.float64]
    classification: bool

    def take(self, keep: NDArray[np.bool_]) -> Rows:
        """Return some of the labels, in double precision."""
        vectors = self.vectors[keep].astype(np.float64)
        return Rows(self.outputs[keep], vectors, self.labels[keep], self.classification)

    def predict(self, shift: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return f0 + q . d of each label (m,)."""
        predicted: NDArray[np.float64] = self.outputs + self.vectors @ shift  # (m,)
        return predicted

    def losses(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the loss of each label (m,): minus its log-likelihood, up to a constant."""
        if self.classification:
            entropy: NDArray[np.float64] = np.logaddexp(0, predicted) - self.labels * predicted
            return entropy
        return 0.5 * (predicted - self.labels) ** 2

    def residuals(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the loss's derivative by each output (m,)."""
        expected = 1 / (1 + np.exp(-predicted)) if self.classification else predicted
        return expected - self.labels

    def curvature(self, shift: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the second derivative of the summed loss by d (k, k)."""
        weighted = self.vectors
        if self.classification:
            p = 1 / (1 + np.exp(-self.predict(shift)))
            weighted = weighted * np.sqrt(p * (1 - p))[:, None]
        curved: NDArray[np.float64] = weighted.T @ weighted
        return curved


def refit(
    tasks: Sequence[Rows], curvatures: Sequence[NDArray[np.float64]], *, ridge: float
) -> NDArray[np.float64]:
    """Return the d (k,) of least sum of losses over some tasks + ridge |d|^2 / 2.

    Newton's steps with the curvature at d = 0, taken anew only where the slope falls too slowly; for
    regressions alone the first step is the closed form.

    Parameters
    ----------
    curvatures
        Of each task at d = 0, as `Rows.curvature` gives it.

    Raises
    ------
    DataError
        No minimum is found: a gradient is not finite.
    """
    from scipy.linalg import cho_factor, cho_solve

    eye = ridge * np.eye(len(curvatures[0]))
    factor = cho_factor(sum(curvatures) + eye)
    at = np.zeros(len(eye))
    value, slope = _objective(tasks, at, ridge)
    first = float(np.linalg.norm(slope))
    for _ in range(ROUNDS):
        length = float(np.linalg.norm(slope))
        if length <= TOLERANCE * first:
            return at
        at, value, slope = _step(tasks, at, value, slope, -cho_solve(factor, slope), ridge)
        if float(np.linalg.norm(slope)) > SLOW * length:
            factor = cho_factor(sum(rows.curvature(at) for rows in tasks) + eye)
    raise DataError(f"a linear refit does not settle within {ROUNDS} steps", hint="give a larger ridge")


def _step(
    tasks: Sequence[Rows],
    at: NDArray[np.float64],
    value: float,
    slope: NDArray[np.float64],
    step: NDArray[np.float64],
    ridge: float,
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Go down a direction, half as far each time that this is not down far enough."""
    fall = float(slope @ step)
    size = 1.0
    while True:
        lower, changed = _objective(tasks, at + size * step, ridge)
        if lower <= value + 1e-4 * size * fall + 1e-12 * abs(value) or size < 1e-9:
            return at + size * step, lower, changed
        size /= 2


def _objective(
    tasks: Sequence[Rows], at: NDArray[np.float64], ridge: float
) -> tuple[float, NDArray[np.float64]]:
    value: Any = 0.5 * ridge * at @ at
    slope = ridge * at
    for rows in tasks:
        predicted = rows.predict(at)
        value += rows.losses(predicted).sum()
        slope = slope + rows.vectors.T @ rows.residuals(predicted)
    return float(value), slope
