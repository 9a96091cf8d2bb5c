"""How well a partition of tasks matches their annotated classes, against chance."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERMUTATIONS = 1_999
METRICS = ("ari", "nmi", "ami")
_CHUNK_CELLS = 8_000_000


@dataclass(frozen=True)
class Score:
    """A score with what permuted classes reach: mean, 95 % range, and p = (b + 1) / (m + 1)."""

    value: float
    null_mean: float
    null_low: float
    null_high: float
    p: float


def scores(clusters: NDArray[np.int64], classes: NDArray[np.int64]) -> dict[str, float]:
    """Return the adjusted Rand index, NMI and AMI (arithmetic means) of two partitions (t,)."""
    from sklearn.metrics import (
        adjusted_mutual_info_score,
        adjusted_rand_score,
        normalized_mutual_info_score,
    )

    return {
        "ari": float(adjusted_rand_score(classes, clusters)),
        "nmi": float(normalized_mutual_info_score(classes, clusters)),
        "ami": float(adjusted_mutual_info_score(classes, clusters)),
    }


def against_chance(
    clusters: NDArray[np.int64],
    classes: NDArray[np.int64],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> dict[str, Score]:
    """Return the scores of a partition beside those of the same classes dealt out to tasks at random.

    The sizes of clusters and of classes stay, so that the null of NMI is not zero: near as many
    classes as tasks it is close to 1.

    Reference: Hubert & Arabie 1985, J. Classif. 2:193 (ARI); Vinh, Epps & Bailey 2010, JMLR 11:2837 (AMI).
    """
    observed = scores(clusters, classes)
    null = permuted_scores(clusters, classes, np.random.default_rng(seed), permutations)
    out = {}
    for metric, value in observed.items():
        low, high = np.quantile(null[metric], [0.025, 0.975])
        beyond = int((null[metric] >= value - 1e-9).sum())
        mean = float(null[metric].mean())
        out[metric] = Score(value, mean, float(low), float(high), (beyond + 1) / (permutations + 1))
    return out


def permuted_scores(
    clusters: NDArray[np.int64],
    classes: NDArray[np.int64],
    rng: np.random.Generator,
    permutations: int,
) -> dict[str, NDArray[np.float64]]:
    """Return every score for permuted classes (m,) each, without a call per permutation."""
    one, other = _indicator(clusters), _indicator(classes)
    size = max(1, _CHUNK_CELLS // max(other.size, one.shape[1] * other.shape[1]))
    parts = []
    for start in range(0, permutations, size):
        many = min(size, permutations - start)
        order = rng.permuted(np.tile(np.arange(len(other)), (many, 1)), axis=1)
        parts.append(_scored(one.T @ other[order]))
    return {metric: np.concatenate([part[metric] for part in parts]) for metric in METRICS}


def quick_scores(clusters: NDArray[np.int64], classes: NDArray[np.int64]) -> dict[str, float]:
    """Return what `scores` returns, fast enough for many small partitions."""
    table = _indicator(clusters).T @ _indicator(classes)
    return {metric: float(values[0]) for metric, values in _scored(table[None]).items()}


def _indicator(parts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ones where a task is in a part (t, parts)."""
    known = np.unique(parts)
    indicator: NDArray[np.float64] = np.equal.outer(parts, known).astype(np.float64)
    return indicator


def _scored(tables: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the scores of contingency tables with the same margins (m, clusters, classes)."""
    rows, columns = tables[0].sum(axis=1), tables[0].sum(axis=0)
    n = rows.sum()
    same = _pairs(tables).sum(axis=(1, 2))
    expected = _pairs(rows).sum() * _pairs(columns).sum() / _pairs(n)
    most = (_pairs(rows).sum() + _pairs(columns).sum()) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = tables / n * np.log(tables * n / np.outer(rows, columns))
    mutual = np.where(tables > 0, terms, 0.0).sum(axis=(1, 2))
    entropy = (_entropy(rows / n) + _entropy(columns / n)) / 2
    chance = expected_information(rows, columns)
    return {
        "ari": _share(same - expected, most - expected),
        "nmi": _share(mutual, entropy),
        "ami": _share(mutual - chance, entropy - chance),
    }


def expected_information(rows: NDArray[np.float64], columns: NDArray[np.float64]) -> float:
    """Return the mean mutual information of partitions with such sizes, in nats.

    Reference: Vinh, Epps & Bailey 2010, equation 24: cells are hypergeometric.
    """
    n = int(rows.sum())
    return float(
        sum(
            many * often * _expected_cell(n, int(a), int(b))
            for a, many in zip(*np.unique(rows, return_counts=True), strict=True)
            for b, often in zip(*np.unique(columns, return_counts=True), strict=True)
        )
    )


@functools.lru_cache(maxsize=65_536)
def _expected_cell(n: int, a: int, b: int) -> float:
    from scipy.stats import hypergeom

    cell = np.arange(max(1, a + b - n), min(a, b) + 1)
    return float((hypergeom.pmf(cell, n, a, b) * cell / n * np.log(cell * n / (a * b))).sum())


def _pairs(count: NDArray[np.float64]) -> NDArray[np.float64]:
    return count * (count - 1) / 2


def _entropy(shares: NDArray[np.float64]) -> float:
    return float(-(shares * np.log(shares)).sum())


def _share(above: NDArray[np.float64], below: float) -> NDArray[np.float64]:
    """Return a ratio; 1 where there is nothing to tell apart, as scikit-learn has it."""
    return above / below if abs(below) > 1e-12 else np.ones_like(above)
