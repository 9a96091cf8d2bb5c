"""E seen from all sides: its error without normality, its bound by prevalence, and its alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.benchmark.labels import from_columns
from auditor.overlap.overlap import shared_counts
from auditor.statistics.leave_one_out import without_each
from auditor.statistics.tetrachoric import tetrachoric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark
    from auditor.overlap.label_correlation import Empirical

MOST_PAIRS = 3_000
"""Pairs with a task of values that are visited one by one, those of most shared compounds first."""
_CHUNK = 20_000
Z = 1.959964


@dataclass(frozen=True)
class PairCorrelations:
    """Correlations of all pairs of tasks over their shared compounds, each (t, t), NaN where it has none.

    Parameters
    ----------
    standard_error, low, high
        Of E, without assuming normal labels, and a 95 % interval on Fisher's scale: of two classes by the
        delta method on the observed products, else by the jackknife, so that the interval reaches to where
        E would be without a compound that decides it.
    limit, of_limit
        The largest |φ| of E's sign that the two prevalences allow, and φ as a fraction of it; two
        classes only.
    tetrachoric, tetrachoric_error
        Correlation of the liabilities behind two classes.
    spearman
        Rank correlation; pairs with a task of values only.
    skipped
        Pairs with a task of values that were not visited.
    """

    standard_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    limit: NDArray[np.float64]
    of_limit: NDArray[np.float64]
    tetrachoric: NDArray[np.float64]
    tetrachoric_error: NDArray[np.float64]
    spearman: NDArray[np.float64]
    skipped: int


def pair_correlations(
    benchmark: Benchmark, empirical: Empirical, *, liability: bool = True
) -> PairCorrelations:
    """Return what can be said of every pair for which E is estimated.

    Without ``liability`` there is no tetrachoric correlation, by far the longest part for many tasks.
    """
    r = empirical.values
    blank = [np.full(r.shape, np.nan) for _ in range(6)]
    error, limit, of_limit, latent, latent_error, spearman = blank
    rows, columns = np.triu_indices(len(r), 1)
    known = np.isfinite(r[rows, columns])
    classes = np.array([task.kind == "classification" for task in benchmark.tasks])
    binary = known & classes[rows] & classes[columns]
    i, j = rows[binary], columns[binary]
    if len(i):
        both, first, second, total = _tables(benchmark, i, j)
        error[i, j] = phi_error(both, first, second, total)
        limit[i, j], of_limit[i, j] = phi_limit(both, first, second, total)
        for part in np.array_split(np.arange(len(i)), -(-len(i) // _CHUNK)) if liability else ():
            cells = (both[part], first[part], second[part], total[part])
            latent[i[part], j[part]], latent_error[i[part], j[part]] = tetrachoric(*cells)
    others = np.flatnonzero(known & ~binary)
    order = np.argsort(-empirical.support[rows[others], columns[others]], kind="stable")
    for place in others[order][:MOST_PAIRS]:
        pair = rows[place], columns[place]
        error[pair], spearman[pair] = _visit(benchmark, *pair)
    for matrix in blank:
        matrix[columns, rows] = matrix[rows, columns]
    low, high = interval(r, error)
    skipped = max(0, len(others) - MOST_PAIRS)
    return PairCorrelations(error, low, high, limit, of_limit, latent, latent_error, spearman, skipped)


def interval(
    r: NDArray[np.float64], error: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % interval of correlations with such standard errors, on Fisher's scale."""
    inside = np.where(np.abs(r) < 1, r, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = Z * error / (1 - inside**2)
        z = np.arctanh(inside)
    return np.tanh(z - half), np.tanh(z + half)


def phi_error(
    both: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    total: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the standard error of φ of many 2 x 2 tables (m,), from the spread of its influence."""
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q, corner = first / total, second / total, both / total
        scale_p, scale_q = np.sqrt(p * (1 - p)), np.sqrt(q * (1 - q))
        phi = (corner - p * q) / (scale_p * scale_q)
        square = np.zeros(len(phi))
        for x, y, share in (
            (1, 1, corner),
            (1, 0, p - corner),
            (0, 1, q - corner),
            (0, 0, 1 - p - q + corner),
        ):
            u, v = (x - p) / scale_p, (y - q) / scale_q
            square += share * (u * v - phi / 2 * (u * u + v * v)) ** 2
        error: NDArray[np.float64] = np.sqrt(square / total)
    return error


def phi_limit(
    both: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    total: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest |φ| of the observed sign that the margins allow, and φ as a fraction of it.

    Reference: Guilford 1965, Psychometrika 30:1 (φ/φ_max), with the lower limit for negative φ.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q, corner = first / total, second / total, both / total
        scale = np.sqrt(p * (1 - p) * q * (1 - q))
        phi = (corner - p * q) / scale
        upper = (np.minimum(p, q) - p * q) / scale
        lower = (p * q - np.maximum(0, p + q - 1)) / scale
        limit = np.where(phi < 0, lower, upper)
        return limit, phi / limit


def _tables(
    benchmark: Benchmark, i: NDArray[np.int64], j: NDArray[np.int64]
) -> tuple[NDArray[np.float64], ...]:
    """Return positives of both, of the one, of the other, and all shared compounds, of some pairs."""
    labels = benchmark.labels
    columns = [labels.column(task) for task in range(labels.t)]
    positive = from_columns(labels.n, [(rows[v > 0], v[v > 0]) for rows, v in columns])
    ones = shared_counts(positive, labels)
    both, total = shared_counts(positive, positive), shared_counts(labels, labels)
    return tuple(found.astype(np.float64) for found in (both[i, j], ones[i, j], ones[j, i], total[i, j]))


def _visit(benchmark: Benchmark, i: int, j: int) -> tuple[float, float]:
    """Return the standard error of E and the rank correlation of one pair."""
    from scipy.stats import spearmanr

    (rows, first), (others, second) = benchmark.labels.column(i), benchmark.labels.column(j)
    _, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
    x, y = first[here], second[there]
    return jackknife_error(x, y), float(spearmanr(x, y).statistic)


def jackknife_error(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the standard error of the correlation of x and y (n,), by the jackknife on Fisher's scale.

    Without a compound that makes all of the variation nothing is known, and the correlation counts as 0.

    Reference: Hinkley 1978, Biometrika 65:13.
    """
    n = len(x)
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    z = np.arctanh(np.clip(np.nan_to_num(without_each(x, y)), -1 + 1e-9, 1 - 1e-9))
    return float(np.sqrt((n - 1) / n * ((z - z.mean()) ** 2).sum()) * (1 - r * r))
