"""Forms with a bend, fitted to many curves at once: for a given bend, the rest is a linear problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACES = 81
SLOPES = 16
STEEPEST = 100.0


@dataclass(frozen=True)
class Profile:
    """The best bend, slope and linear coefficients of every curve.

    Parameters
    ----------
    x0, slope
        Place and steepness of the bend (c curves,); a broken line has no steepness: NaN.
    coefficients
        Of the linear columns (c, q).
    """

    x0: NDArray[np.float64]
    slope: NDArray[np.float64]
    coefficients: NDArray[np.float64]


def sigmoid_profile(x: NDArray[np.float64], curves: NDArray[np.float64]) -> Profile:
    """Return the best rising sigmoid of every curve (c, p) on a grid of places and steepnesses.

    Coefficients are its height and its base; NaN, like the place, for a curve that no such sigmoid suits
    better by rising than by falling.
    """
    places, slopes = np.meshgrid(_places(x), np.geomspace(1, STEEPEST, SLOPES), indexing="ij")
    places, slopes = places.ravel(), slopes.ravel()
    rise = 1 / (1 + np.exp(-np.clip(slopes[:, None] * (x - places[:, None]), -500, 500)))
    columns = np.stack([rise, np.ones_like(rise)], axis=2)  # (grid, p, 2)
    best, coefficients = _best(columns, curves, rising=True)
    rises = np.isfinite(coefficients[:, 0])
    return Profile(np.where(rises, places[best], np.nan), slopes[best], coefficients)


def broken_profile(x: NDArray[np.float64], curves: NDArray[np.float64]) -> Profile:
    """Return the best broken line of every curve (c, p) on a grid of places of the break.

    Coefficients are its value at the break, its slope before it, and what the slope changes by.
    """
    places = _places(x)
    away = x - places[:, None]
    columns = np.stack([np.ones_like(away), away, np.maximum(0, away)], axis=2)
    best, coefficients = _best(columns, curves, rising=False)
    return Profile(places[best], np.full(len(best), np.nan), coefficients)


def _places(x: NDArray[np.float64]) -> NDArray[np.float64]:
    places: NDArray[np.float64] = np.linspace(x.min(), x.max(), PLACES)[1:-1]
    return places


def _best(
    columns: NDArray[np.float64], curves: NDArray[np.float64], *, rising: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the place in the grid (c,) and the coefficients (c, q) of every curve's least residual."""
    inverse = np.linalg.pinv(columns)  # (grid, q, p)
    found = np.einsum("gqp,cp->cgq", inverse, curves)
    squares = np.empty(found.shape[:2])
    for place in range(len(columns)):
        residual = curves - found[:, place] @ columns[place].T
        squares[:, place] = (residual**2).sum(axis=1)
    if rising:
        squares = np.where(found[:, :, 0] >= 0, squares, np.inf)
    best = squares.argmin(axis=1)
    chosen = found[np.arange(len(curves)), best]
    return best, np.where(np.isfinite(squares.min(axis=1))[:, None], chosen, np.nan)
