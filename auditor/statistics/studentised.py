"""A correlation statistic with the same spread whether errors are equal or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def studentised(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return |Σ ab| / sqrt(Σ a²b²) of a and b, centred, by row (m,); ``a`` is one row or as many.

    Only entries finite in b's row take part, NaN below three. Unlike r it has the same spread where
    errors are larger in some entries than in others.
    """
    valid = np.isfinite(b)
    count = valid.sum(axis=1)
    if valid.all():
        a = a - a.mean(axis=-1, keepdims=True)
        b = b - b.mean(axis=1, keepdims=True)
    else:
        weight = valid.astype(np.float64)
        a = np.where(valid, a, 0.0)
        b = np.where(valid, b, 0.0)
        least = np.maximum(count, 1)[:, None]
        a = (a - a.sum(axis=1, keepdims=True) / least) * weight
        b = (b - b.sum(axis=1, keepdims=True) / least) * weight
    return ratio(a, b, count >= 3)


def ratio(a: NDArray[np.float64], b: NDArray[np.float64], enough: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return |Σ ab| / sqrt(Σ a²b²) by row, of centred entries with 0 for missing ones."""
    if a.ndim == 1:
        cross, square = b @ a, (b * b) @ (a * a)
    else:
        product = a * b
        cross, square = product.sum(axis=1), np.einsum("mp,mp->m", product, product)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = np.abs(cross) / np.sqrt(square)
    return np.where(enough & (square > 1e-300), found, np.nan)
