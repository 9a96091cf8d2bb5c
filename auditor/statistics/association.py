"""How far an association between two task matrices can be trusted.

The pairs of a task matrix share tasks, so they are not independent observations: p-values come from
permuting tasks, intervals from resampling tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.pairs import upper
from auditor.statistics.permutation import exchangeable, orders, studentised

if TYPE_CHECKING:
    from numpy.typing import NDArray


PERMUTATIONS = 9_999
RESAMPLES = 2_000
FEWEST = 499
_CHUNK_CELLS = 1_000_000
_MOST_CELLS = 60_000_000


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
        Two-sided: share of task permutations with a studentised |r| at least as large, (b + 1) / (m + 1).
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
    low, high = task_bootstrap(x, y, rng, affordable(len(x), RESAMPLES))
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


def affordable(t: int, wanted: int) -> int:
    """Return how many permutations or resamples of t tasks are made of those wanted.

    All of 9,999 up to 110 tasks; beyond, so many that the work stays the same, but at least 499.
    """
    pairs = max(t * (t - 1) // 2, 1)
    return min(wanted, max(FEWEST, _MOST_CELLS // pairs))


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
    """Return the two-sided Mantel p of the correlation of x with y under permutation of y's tasks.

    The statistic is studentised: pairs of few compounds have larger errors, and where they also lie at
    the ends of the other matrix, permuting plain r calls too much. Which tasks change places where pairs
    are missing, see `exchangeable`. Where a permutation then finds fewer pairs than there are, the
    studentised sum of pairs that share tasks is smaller by that alone, and plain r is not: the larger p of
    the two is returned.

    Reference: DiCiccio & Romano 2017, J. Am. Stat. Assoc. 112:1211.
    """
    t = len(x)
    rows, columns = np.triu_indices(t, 1)
    keep = np.isfinite(upper(x))
    rows, columns, a = rows[keep], columns[keep], upper(x)[keep]
    groups = exchangeable(np.isfinite(x))
    own = y[rows, columns][None]
    observed, plain = float(studentised(a, own)[0]), abs(float(_rowwise(a[None], own)[0]))
    beyond = beyond_plain = done = 0
    while done < permutations:
        size = min(permutations - done, max(1, _CHUNK_CELLS // max(len(a), 1)))
        order = orders(groups, t, size, rng)
        drawn = y[order[:, rows], order[:, columns]]
        # a permutation under which too little is left to correlate counts against the finding
        beyond += int((~(studentised(a, drawn) < observed - 1e-12)).sum())
        if not np.isfinite(drawn).all():
            found = np.abs(_rowwise(np.where(np.isfinite(drawn), a, np.nan), drawn))
            beyond_plain += int((~(found < plain - 1e-12)).sum())
        done += size
    return (max(beyond, beyond_plain) + 1) / (permutations + 1)


def task_bootstrap(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> tuple[float, float]:
    """Return the 95 % percentile interval of r under resampling of tasks; NaN below five tasks.

    A pair of a task with its own copy is left out.
    """
    (found,) = resampled([x], y, rng, resamples)
    return percentile_interval(found, len(y))


def resampled(
    matrices: Sequence[NDArray[np.float64]],
    y: NDArray[np.float64],
    rng: np.random.Generator,
    resamples: int,
) -> list[NDArray[np.float64]]:
    """Return r of each matrix with y (resamples,) over the same tasks drawn with replacement.

    Only pairs estimable in all take part; empty below five tasks.
    """
    t = len(y)
    if t < 5:
        return [np.zeros(0) for _ in matrices]
    both = np.isfinite(y) & np.isfinite(np.sum(list(matrices), axis=0))
    np.fill_diagonal(both, False)
    sides = [np.where(both, x - x[both].mean(), np.nan) if both.any() else x for x in (*matrices, y)]
    rows, columns = np.triu_indices(t, 1)
    found: list[list[NDArray[np.float64]]] = [[] for _ in matrices]
    done = 0
    while done < resamples:
        size = min(resamples - done, max(1, _CHUNK_CELLS // max(4 * len(rows), 1)))
        draw = rng.integers(0, t, (size, t))
        drawn = [side[draw[:, rows], draw[:, columns]] for side in sides]
        for place, values in enumerate(drawn[:-1]):
            found[place].append(_rowwise(values, drawn[-1]))
        done += size
    return [np.concatenate(parts) for parts in found]


def percentile_interval(found: NDArray[np.float64], tasks: int) -> tuple[float, float]:
    """Return the 95 % percentile interval of resamples, NaN where fewer than half are known.

    It is taken further out the fewer tasks were resampled, as Student's t is: percentiles of a resampled
    sample are those of a normal distribution with a variance that is too small.

    Reference: Hesterberg 2015, Am. Stat. 69:371, section 5.2 (expanded percentiles).
    """
    from scipy.special import ndtr, stdtrit

    known = found[np.isfinite(found)]
    if not len(known) or len(known) < len(found) // 2:
        return float("nan"), float("nan")
    tail = float(ndtr(np.sqrt(tasks / (tasks - 1)) * stdtrit(tasks - 1, 0.025)))
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def leave_one_out(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the smallest and largest r when one task is left out.

    From sums over pairs less those of a task, so that the time grows with the number of pairs.
    """
    both = np.isfinite(x) & np.isfinite(y)
    np.fill_diagonal(both, False)
    if not both.any():
        return float("nan"), float("nan")
    a = np.where(both, x - x[both].mean(), 0.0)
    b = np.where(both, y - y[both].mean(), 0.0)
    rows = [part.sum(axis=1) for part in (both.astype(np.float64), a, b, a * a, b * b, a * b)]
    count, sum_a, sum_b, square_a, square_b, cross = [part.sum() / 2 - part for part in rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread_a, spread_b = square_a - sum_a**2 / count, square_b - sum_b**2 / count
        found = (cross - sum_a * sum_b / count) / np.sqrt(spread_a * spread_b)
    varied = (spread_a > 1e-12 * square_a.max()) & (spread_b > 1e-12 * square_b.max())
    known = found[(count >= 3) & varied & np.isfinite(found)]
    if not len(known):
        return float("nan"), float("nan")
    return float(max(known.min(), -1.0)), float(min(known.max(), 1.0))


def _rowwise(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pearson's r of each row of a with that of b (m, p), missing in the same places."""
    valid = np.isfinite(b)
    count = valid.sum(axis=1)
    a, b = np.where(valid, a, 0.0), np.where(valid, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        sum_a, sum_b = a.sum(axis=1), b.sum(axis=1)
        square_a = np.einsum("mp,mp->m", a, a) - sum_a**2 / count
        square_b = np.einsum("mp,mp->m", b, b) - sum_b**2 / count
        r = (np.einsum("mp,mp->m", a, b) - sum_a * sum_b / count) / np.sqrt(square_a * square_b)
    varied = (square_a > 1e-300) & (square_b > 1e-300)
    return np.where((count >= 3) & varied, r, np.nan)


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, so that calling those below a level errs at that level.

    Reference: Holm 1979, Scand. J. Statist. 6:65.
    """
    order = sorted(range(len(p)), key=lambda place: p[place])
    out, worst = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, (len(p) - rank) * p[place])
        out[place] = min(worst, 1.0)
    return out
