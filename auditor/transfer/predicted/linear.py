"""Predictors from membership alone: the mean gain of a task, of a pair, and a ridge on who is in the group.

Any affinity that is worth measuring must beat these. Letters: ``g`` groups, ``t`` tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.predicted.folds import group_folds
from auditor.transfer.predictor import Fit, Predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains


PENALTIES = tuple(float(penalty) for penalty in np.logspace(-6, 2, 20))


def task_mean(train: GroupGains) -> Predict:
    """Predict every task's mean gain over the training groups, whatever its companions.

    A task in no training group gets the mean over all.
    """
    means = mean_by_task(train)
    return lambda members: np.where(members, means, np.nan)


def mean_by_task(train: GroupGains) -> NDArray[np.float64]:
    """Return the mean gain of each task (t,); the mean over all where it was not measured."""
    measured = train.measured
    count = measured.sum(axis=0)
    total = np.where(measured, train.gains, 0.0).sum(axis=0)
    overall = float(total.sum() / max(int(count.sum()), 1))
    return np.where(count > 0, total / np.maximum(count, 1), overall)


def membership_ridge(*, masked: bool = True, seed: int = 0) -> Fit:
    """Return a ridge per task from the group's members (g, t) to the task's gain.

    ``masked`` fits a task on the groups that hold it; otherwise groups without it take part with
    gain 0, as in the code released with ETAP. One penalty for all tasks, by cross-validation over
    groups.
    """

    def fit(train: GroupGains) -> Predict:
        penalty = best_penalty(train, masked=masked, seed=seed)
        weights = ridge_weights(train, penalty, masked=masked)
        return lambda members: _apply(weights, members)

    return fit


def best_penalty(train: GroupGains, *, masked: bool, seed: int) -> float:
    """Return the ridge penalty of least cross-validated squared error, folds made of whole groups."""
    if train.g < 2:
        return PENALTIES[-1]
    error = np.zeros(len(PENALTIES))
    for fitted, held in group_folds(train, seed=seed):
        weights = _weights(fitted, PENALTIES, masked=masked)
        for place in range(len(PENALTIES)):
            error[place] += np.nansum((_apply(weights[place], held.members) - held.gains) ** 2)
    return PENALTIES[int(error.argmin())]


def ridge_weights(train: GroupGains, penalty: float, *, masked: bool) -> NDArray[np.float64]:
    """Return the weights of each member and an intercept, for each task (t + 1, t)."""
    weights: NDArray[np.float64] = _weights(train, (penalty,), masked=masked)[0]
    return weights


def _weights(train: GroupGains, penalties: Sequence[float], *, masked: bool) -> NDArray[np.float64]:
    """Return `ridge_weights` for each penalty (penalties, t + 1, t)."""
    t = train.t
    weights = np.zeros((len(penalties), t + 1, t))
    weights[:, t] = mean_by_task(train)
    for task in np.flatnonzero(train.measured.any(axis=0)):
        rows = train.measured[:, task] if masked else train.measured[:, task] | ~train.members[:, task]
        x = train.members[rows].astype(np.float64)
        y = np.nan_to_num(train.gains[rows, task], nan=0.0)
        middle, level = x.mean(axis=0), y.mean()
        x = x - middle
        scale, vectors = np.linalg.eigh(x.T @ x)
        aim = vectors.T @ (x.T @ (y - level))
        slope = vectors @ (aim[:, None] / (np.maximum(scale, 0.0)[:, None] + np.asarray(penalties)))
        weights[:, :t, task], weights[:, t, task] = slope.T, level - middle @ slope
    return weights


def _apply(weights: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(members, members @ weights[:-1] + weights[-1], np.nan)


def pair_gains(train: GroupGains) -> NDArray[np.float64]:
    """Return what each recipient gains in the pair with each source (t, t); NaN if it was not trained."""
    found = np.full((train.t, train.t), np.nan)
    count = np.zeros((train.t, train.t))
    for members, gains in zip(train.members, train.gains, strict=True):
        if members.sum() != 2:
            continue
        one, other = np.flatnonzero(members)
        for source, recipient in ((one, other), (other, one)):
            if np.isfinite(gains[recipient]):
                before = 0.0 if np.isnan(found[source, recipient]) else found[source, recipient]
                count[source, recipient] += 1
                found[source, recipient] = before + (gains[recipient] - before) / count[source, recipient]
    return found
