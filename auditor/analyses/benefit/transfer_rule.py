"""Would an affinity above a threshold have told which tasks to train together?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import percentile_interval
from auditor.statistics.directed import FEWEST_TASKS, drawn_pairs
from auditor.statistics.metrics import auroc

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAPER_THRESHOLDS = (0.02, 0.05, 0.10, 0.15)


@dataclass(frozen=True)
class Decisions:
    """What comes of training together only the pairs with an affinity of at least a threshold.

    Parameters
    ----------
    threshold
        NaN where every pair had one of its own.
    together, apart
        Number of pairs decided either way.
    avoided
        Share of the pairs with a loss that were not trained together.
    kept
        Share of the pairs with a gain that were.
    mean_together, mean_apart
        Mean benefit of either.
    """

    threshold: float
    together: int
    apart: int
    avoided: float
    kept: float
    mean_together: float
    mean_apart: float


@dataclass(frozen=True)
class Rule:
    """How well an affinity tells pairs that gain from pairs that lose.

    Parameters
    ----------
    pairs, losing
        Pairs with both numbers, and the share of those with a benefit below 0 (the base rate).
    auroc, low, high
        Of the affinity for "gains", with a 95 % interval by resampling tasks.
    fixed
        At the paper's thresholds.
    out_of_sample
        With the threshold of each pair chosen on the pairs that share no task with it.
    """

    pairs: int
    losing: float
    auroc: float
    low: float
    high: float
    fixed: tuple[Decisions, ...]
    out_of_sample: Decisions


def rule_of(
    affinity: NDArray[np.float64], benefit: NDArray[np.float64], *, seed: int, ordered: bool = False
) -> Rule:
    """Judge an affinity (t, t) as a rule for training together, by the measured benefit (t, t).

    Parameters
    ----------
    ordered
        Whether entries count as ordered pairs, source to recipient, or each pair once.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, G.3, whose thresholds are read on the pairs that they are
    judged by, and whose "F1" is the harmonic mean of `avoided` and `kept`.
    """
    both = np.isfinite(affinity) & np.isfinite(benefit)
    np.fill_diagonal(both, False)
    rows, columns = np.nonzero(both if ordered else np.triu(both))
    a, b = affinity[rows, columns], benefit[rows, columns]
    gains = (b > 0).astype(np.float64)
    t = len(affinity)
    low = high = area = float("nan")
    if len(a):
        area = float(auroc(gains, a, np.ones((1, len(a))))[0])
        if t >= FEWEST_TASKS:
            weights = drawn_pairs(rows, columns, t, np.random.default_rng(seed))
            low, high = percentile_interval(auroc(gains, a, weights), t)
    return Rule(
        pairs=len(a),
        losing=float((b < 0).mean()) if len(b) else float("nan"),
        auroc=area,
        low=low,
        high=high,
        fixed=tuple(decided(b, a >= limit, limit) for limit in PAPER_THRESHOLDS),
        out_of_sample=_out_of_sample(a, b, rows, columns),
    )


def decided(benefit: NDArray[np.float64], together: NDArray[np.bool_], threshold: float) -> Decisions:
    """Return what a decision per pair (p,) comes to, by the benefits (p,)."""
    return Decisions(
        threshold=threshold,
        together=int(together.sum()),
        apart=int((~together).sum()),
        avoided=_mean(~together[benefit < 0]),
        kept=_mean(together[benefit > 0]),
        mean_together=_mean(benefit[together]),
        mean_apart=_mean(benefit[~together]),
    )


def best_threshold(affinity: NDArray[np.float64], benefit: NDArray[np.float64]) -> float:
    """Return the threshold with the largest `avoided` + `kept` on some pairs (Youden's J).

    NaN where all of them gain or all lose: nothing can be learnt from them.
    """
    losing, gaining = np.sort(affinity[benefit < 0]), np.sort(affinity[benefit > 0])
    if not len(losing) or not len(gaining):
        return float("nan")
    values = np.unique(affinity)
    limits = np.concatenate([[-np.inf], (values[1:] + values[:-1]) / 2, [np.inf]])
    avoided = np.searchsorted(losing, limits) / len(losing)
    kept = 1 - np.searchsorted(gaining, limits) / len(gaining)
    return float(limits[np.argmax(avoided + kept)])


def _out_of_sample(
    affinity: NDArray[np.float64],
    benefit: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> Decisions:
    """Decide every pair by a threshold from pairs of other tasks; pairs without one are left out."""
    limits = np.full(len(affinity), np.nan)
    for place, (i, j) in enumerate(zip(rows, columns, strict=True)):
        other = ~np.isin(rows, (i, j)) & ~np.isin(columns, (i, j))
        limits[place] = best_threshold(affinity[other], benefit[other])
    known = ~np.isnan(limits)
    return decided(benefit[known], affinity[known] >= limits[known], float("nan"))


def _mean(values: NDArray[np.bool_] | NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
