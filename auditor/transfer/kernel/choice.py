"""Which r a pair is given: half from its likelihood, half from what it gains on scaffolds left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.kernel.held_out import R_NODES, Left
from auditor.transfer.kernel.joint import R, interpolation, posterior, posterior_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TO_R = interpolation(R_NODES, R)


@dataclass(frozen=True)
class Choice:
    """The r of a pair for one recipient and one kind of target.

    Parameters
    ----------
    r
        From all labels.
    without
        From all labels but those of each fold (folds,): what predicts that fold.
    """

    r: float
    without: NDArray[np.float64]


def choose(
    log_r: NDArray[np.float64],
    log_density: NDArray[np.float64],
    alone: NDArray[np.float64],
    with_donor: NDArray[np.float64],
    fold: NDArray[np.int64],
) -> Choice:
    """Return r* = ½ (r̄ + r_cv), and the same without each fold.

    r̄ is the posterior mean. The likelihood follows close neighbours and is too sure across scaffolds;
    so r_cv is the r of the largest leave-scaffolds-out gain. Without a fold G, log p(z without G) is
    log p(z) - log p(z_G | the rest), which leave-out gives, and the gain is summed over the others.

    Parameters
    ----------
    log_r
        Log posterior of r at `R` (97,).
    log_density
        Of each fold's labels given the rest, at `R_NODES` (7, folds).
    alone, with_donor
        Errors of the recipient's targets without the donor (m,) and with it (7, m).
    fold
        Of the targets, as places in ``log_density`` (m,).
    """
    saved = alone**2 - (_TO_R @ with_donor) ** 2  # (97, m)
    folds = log_density.shape[1]
    by_fold = np.stack([saved[:, fold == one].sum(axis=1) for one in range(folds)], axis=1)
    total, conditional = by_fold.sum(axis=1), _TO_R @ log_density
    without = [
        0.5 * (posterior_mean(log_r - conditional[:, one]) + R[(total - by_fold[:, one]).argmax()])
        for one in range(folds)
    ]
    return Choice(0.5 * (posterior_mean(log_r) + float(R[total.argmax()])), np.array(without))


def expected_reduction(
    fall: NDArray[np.float64], r: float, log_r: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the expected gain of predictions with r in R², and the standard error that r leaves it.

    ``fall`` is the gain P(r) where r is the truth. The squared error of given predictions is linear in
    the true correlation r₀, and none are better at r₀ = r than those with r; so the gain at another r₀
    is P(r) + (r₀ - r) P'(r), and its mean and deviation over the posterior of r₀ follow.

    Parameters
    ----------
    fall
        At `R_NODES` (7,).
    log_r
        Log posterior of r at `R` (97,).
    """
    curve = _TO_R @ fall
    slope = float(np.interp(r, R, np.gradient(curve, R)))
    mean = posterior_mean(log_r)
    spread = float(np.sqrt(posterior(log_r) @ (R - mean) ** 2))
    return float(np.interp(r, R, curve)) + (mean - r) * slope, abs(slope) * spread


def at(left: Left, r: float | NDArray[np.float64]) -> Left:
    """Return predictions (7, m) at one r, or at an r for each label (m,): (m,)."""
    weight = interpolation(R_NODES, np.atleast_1d(np.asarray(r, dtype=np.float64)))
    if len(weight) == 1:
        weight = np.broadcast_to(weight, (left.error.shape[1], len(R_NODES)))
    error = np.einsum("mk,km->m", weight, left.error)
    return Left(error, np.einsum("mk,km->m", weight, left.variance))
