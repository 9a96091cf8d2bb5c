"""Resampling of tasks and of repeats: one set of draws for all statistics that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TASKS = 5
"""Below this many tasks no interval over tasks is given."""
_CELLS = 30_000_000

Pairs = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Two task indices per pair, both (p,)."""


def all_pairs(t: int) -> Pairs:
    """Return every unordered pair of t tasks."""
    rows, columns = np.triu_indices(t, 1)
    return rows, columns


def draws(t: int, *, seed: int, most: int = 1_000) -> Iterator[Pairs]:
    """Yield the pairs of tasks drawn with replacement; none below `FEWEST_TASKS` tasks.

    A pair of a task with its own copy is left out. Large tables get fewer draws, at least 100.
    """
    if t < FEWEST_TASKS:
        return
    rows, columns = all_pairs(t)
    rng = np.random.default_rng(seed)
    for _ in range(max(100, min(most, _CELLS // len(rows)))):
        drawn = rng.integers(0, t, t)
        i, j = drawn[rows], drawn[columns]
        differ = i != j
        yield i[differ], j[differ]


def r_over(x: NDArray[np.float64], y: NDArray[np.float64], pairs: Pairs) -> float:
    """Return Pearson's r of two (t, t) matrices over some pairs where both are known."""
    a, b = x[pairs], y[pairs]
    both = np.isfinite(a) & np.isfinite(b)
    return correlation(a[both], b[both])


def interval(found: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % percentile interval; NaN where fewer than half of the draws gave a number."""
    known = found[~np.isnan(found)]
    if len(known) == 0 or len(known) < len(found) / 2:
        return float("nan"), float("nan")
    # "lower" and "higher" are members of the sample, so that an infinite one stays what it is
    low = np.quantile(known, 0.025, method="lower")
    high = np.quantile(known, 0.975, method="higher")
    return float(low), float(high)


def known(value: float | None) -> float | None:
    """Return a number, or None where there is none, as report blocks want it."""
    return float(value) if value is not None and np.isfinite(value) else None


def told(value: float, low: float, high: float, digits: int = 2) -> str:
    """Return an estimate with its interval in words."""
    if not np.isfinite(value):
        return "not estimable"
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"{value:.{digits}f} (no interval)"
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
