"""Pearson's correlation with an interval that holds for skewed values and those with heavy tails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.student import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Table = NDArray[np.float64]

Z = 1.959964
SKEWED = 1.0
HEAVY = 5.0
"""|Skewness| or kurtosis of values above which the interval is marked; normal values have 0 and 3."""
FEWEST = 4
_EDGE = 1e-9
_ALL = 1e-6
"""Share of a sum of squares below which what one observation leaves of it is summed anew."""


@dataclass(frozen=True)
class Pearson:
    """Correlations of one sample with several others, each (m,); NaN below `FEWEST` observations.

    Parameters
    ----------
    value, error
        r, and its standard error by the jackknife.
    low, high, p
        95 % interval, and the two-sided p of r = 0, of the same test.
    far
        Whether either sample, or what the other leaves of it, is so skewed, or has such heavy tails, that
        the interval may be too narrow. Of two classes with values only the values count.
    """

    value: Vector
    error: Vector
    low: Vector
    high: Vector
    p: Vector
    far: NDArray[np.bool_]


def pearson(x: Vector, others: Table) -> Pearson:
    """Return the correlation of x (n,) with each column of others (n, m), over what is not NaN there.

    On Fisher's scale the interval reaches to either side by the larger of two: 1.96 / sqrt(n - 3), which
    is right for samples that have nothing to do with each other, whatever their tails; and Student's t
    times the error by the jackknife, with the degrees of freedom that its own terms leave it. So it
    reaches to where r is without an observation that decides it. Without one that makes all of the
    variation nothing is known, and r counts as 0.

    Reference: Hinkley 1978, Biometrika 65:13 (jackknife); Satterthwaite 1946, Biometrics Bull. 2:110.
    """
    from scipy.special import ndtr, stdtr

    known = np.isfinite(others)
    n = known.sum(axis=0).astype(np.float64)
    u, v = (_standard(part, known, n) for part in (np.broadcast_to(x[:, None], others.shape), others))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip((u * v).sum(axis=0) / n, -1.0, 1.0)
        z = np.arctanh(np.clip(r, -1 + _EDGE, 1 - _EDGE))
        error, freedom = _jackknife(u, v, known, r)
        plain = 1 / np.sqrt(np.where(n >= FEWEST, n - 3, np.nan))
        half = np.maximum(Z * plain, reach(freedom) * error)
        p = 2 * np.maximum(ndtr(-np.abs(z) / plain), stdtr(freedom, -np.abs(z) / error))
        low, high = np.minimum(np.tanh(z - half), r), np.maximum(np.tanh(z + half), r)
    return Pearson(
        r, error * (1 - r * r), low, high, np.where(np.isfinite(half), p, np.nan), _far(u, v, r, n)
    )


def _standard(values: Table, known: NDArray[np.bool_], n: Vector) -> Table:
    """Return the known values of each column less their mean, by their spread; 0 where unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(known, values - np.where(known, values, 0.0).sum(axis=0) / n, 0.0)
        spread = np.sqrt((centred**2).sum(axis=0) / n)
        return np.where(spread > 0, centred / spread, np.nan)


def _jackknife(u: Table, v: Table, known: NDArray[np.bool_], r: Vector) -> tuple[Vector, Vector]:
    """Return the standard error on Fisher's scale, and its degrees of freedom (m,)."""
    n = known.sum(axis=0).astype(np.float64)
    share = n / (n - 1)
    rest_u, rest_v = n - share * u * u, n - share * v * v
    without = (n * r - share * u * v) / np.sqrt(rest_u * rest_v)
    for place in np.argwhere(known & ~(np.minimum(rest_u, rest_v) > _ALL * n)):
        without[tuple(place)] = _without_one(u, v, known, *place)
    z = np.arctanh(np.clip(np.nan_to_num(without), -1 + _EDGE, 1 - _EDGE))
    away = np.where(known, z - np.where(known, z, 0.0).sum(axis=0) / n, 0.0)
    square = (away**2).sum(axis=0)
    bulge = n * (away**4).sum(axis=0) / square**2
    freedom = np.clip(2 * n / np.maximum(bulge - 1, 1e-12), 1.0, np.maximum(n - 2, 1.0))
    return np.sqrt(square / share), np.where(square > 0, freedom, np.maximum(n - 2, 1.0))


def _without_one(u: Table, v: Table, known: NDArray[np.bool_], row: int, column: int) -> float:
    keep = known[:, column].copy()
    keep[row] = False
    a, b = u[keep, column], v[keep, column]
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else 0.0


def _far(u: Table, v: Table, r: Vector, n: Vector) -> NDArray[np.bool_]:
    found = np.zeros(len(n), dtype=bool)
    for one, other in ((u, v), (v, u)):
        third, fourth = _moments(one, n)
        # of two values the kurtosis is 1 + skewness², the least there is: not a tail but a rare class
        two = fourth < 1 + third**2 + 1e-6
        with np.errstate(invalid="ignore", divide="ignore"):
            rest = _moments((one - r * other) / np.sqrt(1 - r * r), n)
        for skewness, kurtosis in ((third, fourth), rest):
            found |= ((np.abs(skewness) > SKEWED) | (kurtosis > HEAVY)) & ~two
    return found


def _moments(standard: Table, n: Vector) -> tuple[Vector, Vector]:
    """Return skewness and kurtosis of standardised columns (m,)."""
    third, fourth = ((standard**power).sum(axis=0) / n for power in (3, 4))
    return third, fourth
