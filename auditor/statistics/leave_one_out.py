"""Pearson's correlation without each of its observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_each(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of x and y (n,) without each observation in turn (n,).

    Sums of squares about the mean change by n / (n - 1) times the product of the two deviations; an
    observation is summed anew where it holds nearly all of a sum. NaN where the rest does not vary.
    """
    n = len(x)
    if n < 3 or min(np.ptp(x), np.ptp(y)) == 0:
        return np.full(n, np.nan)
    u, v = (_standard(values) for values in (x, y))
    share = n / (n - 1)
    rest_u, rest_v, both = (n - share * u * u, n - share * v * v, u @ v - share * u * v)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = both / np.sqrt(rest_u * rest_v)
    for place in np.flatnonzero(~(np.minimum(rest_u, rest_v) > 1e-6 * n)):
        found[place] = _correlation(np.delete(x, place), np.delete(y, place))
    clipped: NDArray[np.float64] = np.clip(found, -1.0, 1.0)
    return clipped


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean()
    spread = float(np.sqrt((centred**2).mean()))
    found: NDArray[np.float64] = centred / spread if spread > 0 else centred
    return found


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    if min(np.ptp(x), np.ptp(y)) == 0:
        return float("nan")
    return float(np.mean(_standard(x) * _standard(y)))
