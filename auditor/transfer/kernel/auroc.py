"""Gains of two classes in AUROC: expected from R², and measured with an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata

from auditor.transfer.kernel.interval import Estimate, clustered

if TYPE_CHECKING:
    from numpy.typing import NDArray


def auroc_of_r2(r2: float, fraction: float) -> float:
    """Return the AUROC of predictions that explain a share of a class label's variance.

    A calibrated prediction of variance R² π (1 - π) has means that differ by R² between the classes,
    and the variance R² π (1 - π) (1 - R²) within them; if it is normal there, a positive scores above
    a negative with probability Φ(√(R² / (2 π (1 - π) (1 - R²)))).

    Parameters
    ----------
    fraction
        Of positives, π.
    """
    r2 = min(max(r2, 0.0), 1 - 1e-9)
    return float(ndtr(np.sqrt(r2 / (2 * fraction * (1 - fraction) * (1 - r2)))))


def auroc_gain(
    positive: NDArray[np.bool_],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    groups: NDArray[np.int64],
) -> Estimate:
    """Return how much the AUROC grows from scores ``before`` to ``after`` (m,).

    The error rests on each compound's placement among the other class, summed over groups of scaffolds.

    Reference: DeLong et al. 1988, doi 10.2307/2531595; Obuchowski 1997, doi 10.2307/2533958 (clusters).
    """
    if positive.all() or not positive.any():
        return Estimate(float("nan"), float("nan"), 0)
    moved = _placements(positive, after) - _placements(positive, before)
    gain = float(moved[positive].mean())
    share = np.where(positive, positive.mean(), 1 - positive.mean())
    influence = gain + (moved - gain) / share
    return clustered(influence, np.ones(len(moved)), groups)


def auroc_of(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the AUROC of scores (m,); NaN for one class."""
    if positive.all() or not positive.any():
        return float("nan")
    return float(_placements(positive, scores)[positive].mean())


def _placements(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the other class that each compound is ordered rightly with, a tie half (m,)."""
    among = rankdata(scores)
    inside = np.zeros(len(scores))
    for side in (positive, ~positive):
        inside[side] = rankdata(scores[side])
    below = among - inside  # of the other class, ties half
    up, down = int(positive.sum()), int((~positive).sum())
    return np.where(positive, below / down, 1 - below / up)
