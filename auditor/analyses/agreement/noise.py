"""How far two noisy matrices can agree at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.benchmark.labels import Labels
from auditor.overlap.label_correlation import empirical_correlation
from auditor.statistics.association import Association, correlation
from auditor.statistics.pairs import upper
from auditor.statistics.replication import spearman_brown

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPLITS = 20
_MOST_LABELS = 20_000_000


@dataclass(frozen=True)
class Noise:
    """The ceiling that noise sets to r(G, E), and r without that noise.

    Parameters
    ----------
    reliability, reference_reliability
        Of G (its estimator's own statement) and of E (split halves of the compounds, stepped up).
    ceiling
        sqrt of their product: the expected r of two noisy measures of the same thing.
    disattenuated, low, high
        r / ceiling, and its task bootstrap interval over the same ceiling: the uncertainty of the
        reliabilities is not in it. Not cut off at 1.
    """

    reliability: float
    reference_reliability: float
    ceiling: float
    disattenuated: float
    low: float
    high: float


def noise_of(found: Association, reliability: float, reference_reliability: float) -> Noise:
    """Return the ceiling and the disattenuated r; NaN where a reliability is unknown or not positive.

    Reference: Spearman 1904, Am. J. Psychol. 15:72.
    """
    known = reliability > 0 and reference_reliability > 0
    ceiling = float(np.sqrt(reliability * reference_reliability)) if known else float("nan")
    return Noise(
        reliability,
        reference_reliability,
        ceiling,
        found.pearson / ceiling,
        found.low / ceiling,
        found.high / ceiling,
    )


def split_reliability(
    labels: Labels, usable: NDArray[np.bool_], *, seed: int, min_support: int, splits: int = SPLITS
) -> float:
    """Return the reliability of E over the usable pairs, from random halves of the compounds.

    The mean correlation over pairs of the E of either half, stepped up to the whole by the
    Spearman-Brown formula; NaN where halves leave fewer than three pairs. Large tables are split fewer
    times, down to twice.
    """
    rng = np.random.default_rng(seed)
    splits = int(np.clip(_MOST_LABELS // max(len(labels.rows), 1), 2, splits))
    found = []
    for _ in range(splits):
        half = rng.permutation(labels.n) < labels.n // 2
        a, b = (
            upper(np.where(usable, empirical_correlation(part, min_support=min_support).values, np.nan))
            for part in (compounds_of(labels, half), compounds_of(labels, ~half))
        )
        both = np.isfinite(a) & np.isfinite(b)
        found.append(correlation(a[both], b[both]))
    known = np.asarray(found)[np.isfinite(found)]
    if not len(known):
        return float("nan")
    return spearman_brown(float(known.mean()), 2)


def error_reliability(values: NDArray[np.float64], errors: NDArray[np.float64]) -> float:
    """Return 1 - (mean squared standard error) / (variance over pairs) of some estimates (p,)."""
    known = np.isfinite(values) & np.isfinite(errors)
    if known.sum() < 3 or values[known].var() == 0:
        return float("nan")
    return float(1 - (errors[known] ** 2).mean() / values[known].var(ddof=1))


def compounds_of(labels: Labels, chosen: NDArray[np.bool_]) -> Labels:
    """Return the labels of some compounds only; their numbers stay."""
    keep = chosen[labels.rows]
    starts = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[labels.starts]
    return Labels(labels.n, starts, labels.rows[keep], labels.values[keep])
