"""The correlation of the two normal liabilities of which a pair of classes shows the signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEND = 40
"""Bisections: 2 / 2^40 is far below any standard error."""
NODES = 24
LIMIT = 1 - 1e-6


def tetrachoric(
    both: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    total: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the tetrachoric correlation of many 2 x 2 tables, and its standard error.

    A 2 x 2 table has as many free cells as the model has parameters (two thresholds and r), so that the
    maximum likelihood estimate reproduces the table: thresholds from the margins, and the r at which
    the bivariate normal has the observed share in the corner. It is found by bisection. Where a cell is
    empty the likelihood has no maximum inside (-1, 1): half a compound is moved into it, margins kept.

    Parameters
    ----------
    both, first, second, total
        Compounds that are positive in both tasks, in the one, in the other, and all (m,).

    Returns
    -------
    r and its asymptotic standard error (m,); NaN where a task is constant.

    Reference: Pearson 1900, Phil. Trans. A 195:1; Brown & Benedetti 1977, Psychometrika 42:347 (the
    half, and the error by the delta method).
    """
    from scipy.special import ndtri

    n = np.asarray(total, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        one, other = first / n, second / n
        corner = _filled(both, first, second, n) / n
        varied = (one > 0) & (one < 1) & (other > 0) & (other < 1)
        h, k = (ndtri(np.where(varied, share, 0.5)) for share in (one, other))
    low, high = np.full(n.shape, -LIMIT), np.full(n.shape, LIMIT)
    for _ in range(BEND):
        middle = (low + high) / 2
        short = upper_corner(h, k, middle) < corner
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    r = np.where(varied, (low + high) / 2, np.nan)
    return r, np.where(varied, _error(r, h, k, corner, one, other, n), np.nan)


def upper_corner(
    h: NDArray[np.float64], k: NDArray[np.float64], r: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return P(X < h, Y < k) of standard normals with correlation r, all (m,).

    Φ(h) Φ(k) + 1/(2π) ∫ exp(-(h² + k² - 2hk sin θ) / (2 cos² θ)) dθ from 0 to arcsin r, by
    Gauss-Legendre quadrature.

    Reference: Drezner & Wesolowsky 1990, J. Statist. Comput. Simul. 35:101, equation 3.
    """
    from scipy.special import ndtr, roots_legendre

    nodes, weights = roots_legendre(NODES)
    end = np.arcsin(r)
    angle = end[:, None] * (nodes + 1) / 2  # (m, nodes)
    square = (h**2 + k**2)[:, None]
    power = -(square - 2 * (h * k)[:, None] * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    area = np.exp(power) @ weights * end / (4 * np.pi)
    corner: NDArray[np.float64] = ndtr(h) * ndtr(k) + area
    return corner


def _filled(
    both: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    n: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the positives of both tasks, half a compound away from any empty cell."""
    low, high = np.maximum(0.0, first + second - n), np.minimum(first, second)
    return np.clip(np.asarray(both, dtype=np.float64), low + 0.5, high - 0.5)


def _error(
    r: NDArray[np.float64],
    h: NDArray[np.float64],
    k: NDArray[np.float64],
    corner: NDArray[np.float64],
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    n: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the delta-method standard error of r as a function of the three free shares."""
    from scipy.special import ndtr

    with np.errstate(invalid="ignore", divide="ignore"):
        rest = np.sqrt(1 - r**2)
        density = np.exp(-(h**2 - 2 * r * h * k + k**2) / (2 * rest**2)) / (2 * np.pi * rest)
        a, b = ndtr((k - r * h) / rest), ndtr((h - r * k) / rest)
        cells = (corner, one - corner, other - corner)
        scores = (1 - a - b, -a, -b)
        mean = sum(p * s for p, s in zip(cells, scores, strict=True))
        square = sum(p * s**2 for p, s in zip(cells, scores, strict=True))
        error: NDArray[np.float64] = np.sqrt(np.maximum(square - mean**2, 0) / n) / density
    return error
