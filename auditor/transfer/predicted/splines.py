"""One-dimensional regression by a B-spline basis and ridge, its form chosen by cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.preprocessing import SplineTransformer

DEGREES = (2, 3, 4, 5, 6)
PENALTIES = (
    *(round(0.001 * step, 3) for step in range(1, 6)),
    *(round(0.01 * step, 2) for step in range(1, 11)),
    *(round(0.1 * step, 1) for step in range(2, 11)),
)
"""The published grid: 0.001-0.005, 0.01-0.10, 0.2-1.0."""

Curve = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]


def fit_spline(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    folds: Sequence[NDArray[np.int64]],
    *,
    most_coefficients: int | None,
) -> Curve:
    """Return the curve of least cross-validated squared error from x (m,) to y (m,).

    Parameters
    ----------
    folds
        Places of each fold in x.
    most_coefficients
        Basis functions at most; None leaves the published grid as it is, which with few groups
        has more coefficients than cells. Where no basis is small enough the answer is the mean.

    Reference: Ayman et al. 2026 (ETAP), arXiv 2602.18591: degree 2-6, 2 to floor(sqrt(m)) + 9 knots.
    """
    low, high = float(x.min()), float(x.max())
    level = float(y.mean())
    if not high - low > 1e-12 * max(1.0, abs(low), abs(high)) or len(folds) < 2:
        return lambda at: np.full(len(at), level)
    best: tuple[float, SplineTransformer, float] | None = None
    for basis in _grid(x, most_coefficients):
        errors = _errors(basis.transform(x[:, None]), y, folds)
        place = int(errors.argmin())
        if best is None or errors[place] < best[0]:
            best = (float(errors[place]), basis, PENALTIES[place])
    if best is None:
        return lambda at: np.full(len(at), level)
    _, basis, penalty = best
    weights, intercept = _ridge(basis.transform(x[:, None]), y, penalty)
    # scikit-learn refuses to transform nothing
    return lambda at: basis.transform(at[:, None]) @ weights + intercept if len(at) else np.empty(0)


def _grid(x: NDArray[np.float64], most: int | None) -> Iterable[SplineTransformer]:
    """Yield bases of uniform knots between the ends of x, level beyond them."""
    from sklearn.preprocessing import SplineTransformer

    for degree in DEGREES:
        for knots in range(2, int(np.sqrt(len(x))) + 10):
            if most is None or knots + degree - 1 <= most:
                basis = SplineTransformer(n_knots=knots, degree=degree, extrapolation="constant")
                yield basis.fit(x[:, None])


def _errors(
    design: NDArray[np.float64], y: NDArray[np.float64], folds: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return the summed squared error over held-out cells for each penalty."""
    found = np.zeros(len(PENALTIES))
    gram, cross = design.T @ design, design.T @ y
    for held in folds:
        part, known = design[held], y[held]
        count = len(y) - len(held)
        middle, level = (design.sum(axis=0) - part.sum(axis=0)) / count, (y.sum() - known.sum()) / count
        square = gram - part.T @ part - count * np.outer(middle, middle)
        mixed = cross - part.T @ known - count * middle * level
        weights = _solved(square, mixed, PENALTIES)
        found += (((part - middle) @ weights + (level - known)[:, None]) ** 2).sum(axis=0)
    return found


def _ridge(
    design: NDArray[np.float64], y: NDArray[np.float64], penalty: float
) -> tuple[NDArray[np.float64], float]:
    """Return ridge weights (width,) and the unpenalised intercept."""
    middle, level = design.mean(axis=0), float(y.mean())
    centred = design - middle
    weights = _solved(centred.T @ centred, centred.T @ (y - level), (penalty,))[:, 0]
    return weights, level - float(middle @ weights)


def _solved(
    square: NDArray[np.float64], mixed: NDArray[np.float64], penalties: Sequence[float]
) -> NDArray[np.float64]:
    """Return the ridge weights of centred normal equations for each penalty (width, penalties)."""
    scale, vectors = np.linalg.eigh(square)
    shrunk = (vectors.T @ mixed)[:, None] / (np.maximum(scale, 0.0)[:, None] + np.asarray(penalties))
    weights: NDArray[np.float64] = vectors @ shrunk
    return weights
