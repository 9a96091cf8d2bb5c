"""Gains as a sum of random effects, their variances found from the training groups themselves.

A Bayesian ridge on membership: the gain of task t in group S is a level, an effect of t, one of every
companion, one of every (companion, t) pair, a slope on each affinity's score, an effect that all
members of one training share, and noise. The variances maximise the marginal likelihood
(empirical Bayes), so that effects of which the groups say nothing shrink to nothing.

Reference: Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, chapters 2 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.seeding import derive
from auditor.transfer.predicted.covariances import Cells, cells_of, covariances, same_group
from auditor.transfer.predictor import Fit, Predict, extend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

MOST_CELLS = 400
"""Cells that are fitted at most; of more, those of as many groups at random."""
PRIOR_SPREAD = 2.0
"""Standard deviation of the log variances around equal shares: weak, but never a share of exactly 0."""
_STEPS = 60


@dataclass(frozen=True)
class Posterior:
    """What the training groups say about the gain of every task in every group.

    Parameters
    ----------
    cells
        The cells fitted (m).
    variances
        Of each component of `covariances`, then of a training's shared effect, then of noise.
    solved
        The covariance's inverse times the gains (m,).
    factor
        Lower Cholesky factor of the covariance (m, m).
    affinities
        Affinities (t, t) with the mean and spread of their scores over the training cells.
    """

    cells: Cells
    variances: NDArray[np.float64]
    solved: NDArray[np.float64]
    factor: NDArray[np.float64]
    affinities: tuple[tuple[NDArray[np.float64], float, float], ...]


def posterior(
    train: GroupGains, *, affinities: Mapping[str, NDArray[np.float64]] | None = None
) -> Posterior:
    """Return the posterior of all effects given the measured gains of some groups.

    Affinities are (t, t), source to recipient; a score that is not estimable counts as average.
    """
    scaled = tuple(_scaled(matrix, train) for matrix in (affinities or {}).values())
    inside = _within_limit(train.measured)
    cells = cells_of(train.members, inside, _scores(scaled, train.members))
    gains = train.gains[inside]
    parts = [*covariances(cells, cells), same_group(cells), np.eye(len(gains))]
    variances = _variances(parts, gains)
    factor = np.linalg.cholesky(_sum(variances, parts))
    solved = _solve(factor, gains)
    return Posterior(cells, variances, solved, factor, scaled)


def components(affinities: Mapping[str, NDArray[np.float64]] | None = None) -> Fit:
    """Return the posterior mean as a predictor."""

    def fit(train: GroupGains) -> Predict:
        found = posterior(train, affinities=affinities)
        return lambda members: mean(found, members)

    return fit


def mean(found: Posterior, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the expected gain of each member (g, t)."""
    new = cells_of(members, members, _scores(found.affinities, members))
    across = _sum(found.variances[:-2], covariances(new, found.cells))
    out = np.full(members.shape, np.nan)
    out[members] = across @ found.solved
    return out


def covariance(found: Posterior, members: NDArray[np.bool_]) -> tuple[Cells, NDArray[np.float64]]:
    """Return the cells of some groups and the covariance of their expected gains (m, m).

    It is that of the effects alone; a new training adds its shared effect and noise (`fresh`).
    """
    new = cells_of(members, members, _scores(found.affinities, members))
    across = _sum(found.variances[:-2], covariances(new, found.cells))
    own = _sum(found.variances[:-2], covariances(new, new))
    half = _triangular(found.factor, across.T)
    return new, own - half.T @ half


def fresh(found: Posterior, cells: Cells) -> NDArray[np.float64]:
    """Return the covariance that one new training of each group adds to its cells (m, m)."""
    shared: NDArray[np.float64] = found.variances[-2] * same_group(cells)
    shared[np.diag_indices(len(shared))] += found.variances[-1]
    return shared


def _variances(parts: list[NDArray[np.float64]], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the variances that maximise the marginal likelihood times a weak prior."""
    from scipy.optimize import minimize

    scale = max(float(np.mean(gains**2)), 1e-12)
    diagonal = [max(float(np.diag(part).mean()), 1e-12) for part in parts]
    centre = np.log([scale / len(parts) / value for value in diagonal])

    def loss(log_variances: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value = np.exp(log_variances)
        factor = np.linalg.cholesky(_sum(value, parts) + 1e-9 * scale * np.eye(len(gains)))
        inverse = _solve(factor, np.eye(len(gains)))
        solved = inverse @ gains
        off = (log_variances - centre) / PRIOR_SPREAD**2
        fit = 0.5 * float(gains @ solved) + float(np.log(np.diag(factor)).sum())
        slope = [
            0.5 * v * (float((inverse * part).sum()) - float(solved @ part @ solved))
            for v, part in zip(value, parts, strict=True)
        ]
        return fit + 0.5 * float((log_variances - centre) @ off), np.asarray(slope) + off

    bounds = [(value - 15.0, value + 5.0) for value in centre]
    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS})
    variances: NDArray[np.float64] = np.exp(found.x)
    variances[-1] += 1e-9 * scale
    return variances


def _within_limit(measured: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the cells (g, t) without those of groups that are one too many."""
    if measured.sum() <= MOST_CELLS:
        return measured
    order = np.random.default_rng(derive(0, "groups fitted")).permutation(len(measured))
    kept = order[np.cumsum(measured[order].sum(axis=1)) <= MOST_CELLS]
    found = np.zeros_like(measured)
    found[kept] = measured[kept]
    return found


def _scaled(matrix: NDArray[np.float64], train: GroupGains) -> tuple[NDArray[np.float64], float, float]:
    score = extend(matrix, train.members)[train.measured]
    known = score[np.isfinite(score)]
    if len(known) < 2:
        return matrix, 0.0, np.inf
    spread = float(known.std())
    return matrix, float(known.mean()), spread if spread > 1e-12 else np.inf


def _scores(
    affinities: tuple[tuple[NDArray[np.float64], float, float], ...], members: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the standardised scores of each cell (g, t, affinities)."""
    layers = [
        np.nan_to_num((extend(matrix, members) - middle) / spread) for matrix, middle, spread in affinities
    ]
    return np.stack(layers, axis=2) if layers else np.zeros((*members.shape, 0))


def _sum(variances: NDArray[np.float64], parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    total = np.zeros_like(parts[0])
    for variance, part in zip(variances, parts, strict=True):
        total += variance * part
    return total


def _solve(factor: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.linalg import cho_solve

    found: NDArray[np.float64] = cho_solve((factor, True), right)
    return found


def _triangular(factor: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.linalg import solve_triangular

    found: NDArray[np.float64] = solve_triangular(factor, right, lower=True)
    return found
