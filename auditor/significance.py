"""How far an association between two task matrices can be trusted.

The pairs of a task matrix share tasks, so they are not independent observations: p-values come from
permuting tasks, intervals from resampling tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERMUTATIONS = 9_999
RESAMPLES = 2_000
_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True)
class Association:
    """The association of two (t, t) matrices over the pairs where both are estimable.

    Parameters
    ----------
    pearson, spearman
        Over unordered pairs (the paper's equation 8).
    low, high
        95 % interval of Pearson's r by resampling tasks with replacement.
    leave_one_out
        Smallest and largest r when one task is left out.
    mantel_p
        Two-sided: share of task permutations with an |r| at least as large, (b + 1) / (m + 1).
    pairs, tasks, permutations
        Sample sizes.
    """

    pearson: float
    spearman: float
    low: float
    high: float
    leave_one_out: tuple[float, float]
    mantel_p: float
    pairs: int
    tasks: int
    permutations: int


def associate(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> Association:
    """Return the association of two symmetric (t, t) matrices; NaN entries are left out.

    Reference: Mantel 1967, Cancer Research 27:209.
    """
    from scipy.stats import spearmanr

    both = np.isfinite(first) & np.isfinite(second)
    np.fill_diagonal(both, False)
    x, y = np.where(both, first, np.nan), np.where(both, second, np.nan)
    a, b = upper(x), upper(y)
    keep = np.isfinite(a)
    r = correlation(a[keep], b[keep])
    rho = float(spearmanr(a[keep], b[keep]).statistic) if np.isfinite(r) else np.nan
    rng = np.random.default_rng(seed)
    low, high = task_bootstrap(x, y, rng)
    return Association(
        pearson=r,
        spearman=rho,
        low=low,
        high=high,
        leave_one_out=leave_one_out(x, y),
        mantel_p=mantel(x, y, rng, permutations) if np.isfinite(r) else np.nan,
        pairs=int(keep.sum()),
        tasks=int(both.any(axis=0).sum()),
        permutations=permutations,
    )


def correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return Pearson's r, NaN for fewer than three pairs or a constant side."""
    if len(a) < 3:
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 1e-300 else float("nan")


def mantel(
    x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator, permutations: int
) -> float:
    """Return the two-sided Mantel p of the correlation of x with y under permutation of y's tasks."""
    t = len(x)
    rows, columns = np.triu_indices(t, 1)
    keep = np.isfinite(upper(x))
    rows, columns, a = rows[keep], columns[keep], upper(x)[keep]
    observed = abs(correlation(a, y[rows, columns]))
    beyond = done = 0
    while done < permutations:
        size = min(permutations - done, max(1, _CHUNK_CELLS // max(len(a), 1)))
        order = rng.permuted(np.tile(np.arange(t), (size, 1)), axis=1)
        null = np.abs(_correlations(a, y[order[:, rows], order[:, columns]]))
        # a permutation under which too little is left to correlate counts against the finding
        beyond += int((~(null < observed - 1e-12)).sum())
        done += size
    return (beyond + 1) / (permutations + 1)


def task_bootstrap(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> tuple[float, float]:
    """Return the 95 % percentile interval of r under resampling of tasks; NaN below five tasks.

    A pair of a task with its own copy is left out.
    """
    t = len(x)
    if t < 5:
        return float("nan"), float("nan")
    rows, columns = np.triu_indices(t, 1)
    found: list[float] = []
    for _ in range(resamples):
        draw = rng.integers(0, t, t)
        i, j = draw[rows], draw[columns]
        a, b = x[i, j], y[i, j]
        keep = (i != j) & np.isfinite(a)
        found.append(correlation(a[keep], b[keep]))
    known = np.asarray(found)[np.isfinite(found)]
    if len(known) < resamples // 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def leave_one_out(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the smallest and largest r when one task is left out."""
    found = []
    for task in range(len(x)):
        rest = np.delete(np.arange(len(x)), task)
        a, b = upper(x[np.ix_(rest, rest)]), upper(y[np.ix_(rest, rest)])
        keep = np.isfinite(a)
        found.append(correlation(a[keep], b[keep]))
    known = [r for r in found if np.isfinite(r)]
    return (min(known), max(known)) if known else (float("nan"), float("nan"))


def _correlations(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pearson's r of a (p,) with each row of b (m, p), over the entries finite in the row."""
    valid = np.isfinite(b)
    count = valid.sum(axis=1)
    b = np.where(valid, b, 0.0)
    weight = valid.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_a, mean_b = weight @ a / count, b.sum(axis=1) / count
        cross = b @ a - count * mean_a * mean_b
        square_a = weight @ (a * a) - count * mean_a**2
        square_b = (b * b).sum(axis=1) - count * mean_b**2
        r = cross / np.sqrt(square_a * square_b)
    return np.where(count >= 3, r, np.nan)
