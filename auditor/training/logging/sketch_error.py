"""Cosines from a sketched Gram matrix: without bias, and with the error that the sketch adds.

Over standard normal directions, the derivatives of two tasks are pairs of normal numbers with mean 0
whose correlation is the cosine of the two gradients. What is known of correlations from s
observations therefore holds exactly, whatever the network. The plain quotient is biased by
-cos (1 - cos^2) / (2 s); Olkin and Pratt's estimate is not.

Reference: Olkin & Pratt 1958, Ann. Math. Statist. 29:201, doi 10.1214/aoms/1177706717.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_DIRECTIONS = 16
_GRID = 4_097
_TERMS = 300


@dataclass(frozen=True)
class SketchedMean:
    """The mean cosine over logs.

    Parameters
    ----------
    cosines
        (t, t); NaN where no log has the pair.
    sketch_error
        The part of its standard error that the sketch adds (t, t). The scatter from log to log
        contains it already, because each log has directions of its own.
    logs
        Logs that have the pair (t, t).
    """

    cosines: NDArray[np.float64]
    sketch_error: NDArray[np.float64]
    logs: NDArray[np.int64]

    @property
    def root_mean_square(self) -> float:
        """The sketch's error over the pairs of distinct tasks."""
        pairs = self.sketch_error[np.triu_indices(len(self.sketch_error), 1)]
        return float(np.sqrt(np.nanmean(pairs**2))) if np.isfinite(pairs).any() else float("nan")


def sketched_mean(grams: Iterable[NDArray[np.float64]], directions: int) -> SketchedMean:
    """Return the mean over logs of the cosines in some sketched Gram matrices, each (t, t)."""
    total = variance = logs = np.zeros(())
    for gram in grams:
        plain = plain_cosines(gram)
        seen = np.isfinite(plain)
        total = total + np.where(seen, unbiased(plain, directions), 0)
        variance = variance + np.where(seen, sketch_variance(plain, directions), 0)
        logs = logs + seen
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(variance, 0)) / logs
        return SketchedMean(total / logs, np.where(logs > 0, error, np.nan), logs.astype(np.int64))


def plain_cosines(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosines (t, t) in a Gram matrix (t, t); NaN stays NaN."""
    norms = np.sqrt(np.diag(gram))
    cosines: NDArray[np.float64] = np.clip(gram / np.outer(norms, norms), -1, 1)
    return cosines


def unbiased(cosines: NDArray[np.float64], directions: int) -> NDArray[np.float64]:
    """Return unbiased cosines from plain ones that were sketched.

    r F(1/2, 1/2; (s - 1) / 2; 1 - r^2), Olkin & Pratt's equation for known means.
    """
    found: NDArray[np.float64] = cosines * _hypergeometric(0.5, (directions - 1) / 2, 1 - cosines**2)
    return found


def sketch_variance(cosines: NDArray[np.float64], directions: int) -> NDArray[np.float64]:
    """Return an unbiased estimate of the variance of `unbiased`, which is about (1 - r^2)^2 / s.

    It is the difference of the squared estimate and Olkin & Pratt's estimate of the squared cosine,
    1 - (s - 2) / (s - 1) (1 - r^2) F(1, 1; (s + 1) / 2; 1 - r^2). Single values may be below 0.
    """
    s, rest = directions, 1 - cosines**2
    square = 1 - (s - 2) / (s - 1) * rest * _hypergeometric(1.0, (s + 1) / 2, rest)
    found: NDArray[np.float64] = unbiased(cosines, s) ** 2 - square
    return found


def _hypergeometric(both: float, c: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Gauss's F(both, both; c; x) for x in [0, 1], from a table."""
    found: NDArray[np.float64] = np.interp(x, *_table(both, c))
    return found


@lru_cache
def _table(both: float, c: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a grid and the sum of the power series on it: its terms fall as k^(2 both - c - 1)."""
    grid = np.linspace(0, 1, _GRID)
    term = total = np.ones(_GRID)
    for k in range(_TERMS):
        term = term * ((both + k) ** 2 / ((c + k) * (k + 1))) * grid
        total = total + term
    return grid, total
