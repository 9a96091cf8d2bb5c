"""Association of two task matrices of which at least one has a direction: source to recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import (
    PERMUTATIONS,
    RESAMPLES,
    Association,
    correlation,
    percentile_interval,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TASKS = 5


def associate_directed(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    per_recipient: bool = False,
) -> Association:
    """Return the association of two (t, t) matrices over ordered pairs; NaN entries are left out.

    Parameters
    ----------
    per_recipient
        Compare within columns: each column is centred and scaled to unit spread first, since tasks
        differ in how much they can gain at all.

    Reference
    ---------
    Mantel 1967, Cancer Research 27:209, for matrices without symmetry: tasks are permuted in rows
    and columns alike.
    """
    from scipy.stats import rankdata

    x, y = common(first, second)
    if per_recipient:
        x, y = by_recipient(x), by_recipient(y)
        x, y = common(x, y)
    keep = np.isfinite(x)
    rows, columns = np.nonzero(keep)
    a, b = x[keep], y[keep]
    r = correlation(a, b)
    known = bool(np.isfinite(r))
    rng = np.random.default_rng(seed)
    low = high = float("nan")
    if known and len(x) >= FEWEST_TASKS:
        low, high = interval(a, b, drawn_pairs(rows, columns, len(x), rng), len(x))
    return Association(
        pearson=r,
        spearman=correlation(rankdata(a), rankdata(b)) if known else np.nan,
        low=low,
        high=high,
        leave_one_out=_leave_one_out(a, b, rows, columns, len(x)),
        mantel_p=_mantel(x, y, rng, permutations) if known else np.nan,
        pairs=int(keep.sum()),
        tasks=int((keep | keep.T).any(axis=0).sum()),
        permutations=permutations,
    )


def by_recipient(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a matrix (t, t) with columns of mean 0 and spread 1; NaN below three entries or spread 0."""
    counted = np.isfinite(matrix).sum(axis=0)
    centred = matrix - np.nansum(matrix, axis=0) / np.maximum(counted, 1)
    deviation = np.sqrt(np.nansum(centred**2, axis=0) / np.maximum(counted, 1))
    usable = (counted >= 3) & (deviation > 1e-12)
    return np.where(usable, centred / np.where(usable, deviation, 1.0), np.nan)


def common(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both with NaN wherever one has it, and on the diagonal."""
    both = np.isfinite(first) & np.isfinite(second)
    np.fill_diagonal(both, False)
    return np.where(both, first, np.nan), np.where(both, second, np.nan)


def drawn_pairs(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    t: int,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> NDArray[np.float64]:
    """Return how often each pair occurs when tasks are drawn with replacement (resamples, pairs)."""
    counts = rng.multinomial(t, np.full(t, 1 / t), size=resamples).astype(np.float64)
    return counts[:, rows] * counts[:, columns]


def interval(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64], tasks: int
) -> tuple[float, float]:
    """Return the 95 % interval of r under weights (w, pairs) of so many tasks."""
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_a, mean_b = weights @ a / total, weights @ b / total
        cross = weights @ (a * b) / total - mean_a * mean_b
        square_a = weights @ (a * a) / total - mean_a**2
        square_b = weights @ (b * b) / total - mean_b**2
        found = cross / np.sqrt(square_a * square_b)
    return percentile_interval(found, tasks)


def _mantel(
    x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator, permutations: int
) -> float:
    keep = np.isfinite(x)
    rows, columns = np.nonzero(keep)
    a = x[keep]
    observed = abs(correlation(a, y[keep]))
    beyond = 0
    for _ in range(permutations):
        order = rng.permutation(len(x))
        b = y[order[rows], order[columns]]
        both = np.isfinite(b)
        null = abs(correlation(a[both], b[both]))
        # a permutation under which too little is left to correlate counts against the finding
        beyond += not null < observed - 1e-12
    return (beyond + 1) / (permutations + 1)


def _leave_one_out(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    t: int,
) -> tuple[float, float]:
    rest = [(rows != task) & (columns != task) for task in range(t)]
    found = [correlation(a[keep], b[keep]) for keep in rest]
    known = [r for r in found if np.isfinite(r)]
    return (min(known), max(known)) if known else (float("nan"), float("nan"))
