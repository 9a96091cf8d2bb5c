"""Predictors from statistics of the data: no gradients, no training.

Reference: Ayman et al. 2023, "Task grouping for automated multi-task machine learning via task
affinity prediction", arXiv 2310.16241: size ratio, label variance, task distance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.predicted.folds import group_folds
from auditor.transfer.predicted.linear import mean_by_task
from auditor.transfer.predictor import Fit, Predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

PENALTIES = tuple(float(penalty) for penalty in np.logspace(-3, 4, 15))


def feature_ridge(features: Mapping[str, NDArray[np.float64]], *, seed: int = 0) -> Fit:
    """Return a ridge on group means of pair features, on the group's size, around each task's mean gain.

    Each feature (t, t), source to recipient, is averaged over a member's companions; where none of the
    companions' is known the cell counts as average. One set of weights serves all tasks; the penalty is
    found by cross-validation over groups.
    """

    def fit(train: GroupGains) -> Predict:
        penalty = PENALTIES[-1]
        if train.g > 2:
            errors = np.zeros(len(PENALTIES))
            for fitted, held in group_folds(train, seed=seed):
                for place, candidate in enumerate(PENALTIES):
                    predicted = _fitted(features, fitted, candidate)(held.members)
                    errors[place] += np.nansum((predicted - held.gains) ** 2)
            penalty = PENALTIES[int(errors.argmin())]
        return _fitted(features, train, penalty)

    return fit


def _fitted(features: Mapping[str, NDArray[np.float64]], train: GroupGains, penalty: float) -> Predict:
    design = _design(features, train.members)
    cells = train.measured
    level = mean_by_task(train)
    x, y = design[cells], (train.gains - level)[cells]
    if not len(y):
        return lambda members: np.where(members, level, np.nan)
    middle = np.nanmean(np.where(np.isfinite(x).any(axis=0), x, 0.0), axis=0)
    spread = np.nanstd(np.where(np.isfinite(x).any(axis=0), x, 0.0), axis=0)
    spread = np.where(spread > 1e-12, spread, np.inf)
    standard = np.nan_to_num((x - middle) / spread)
    weights = np.linalg.solve(standard.T @ standard + penalty * np.eye(x.shape[1]), standard.T @ y)

    def predict(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        at = np.nan_to_num((_design(features, members) - middle) / spread)
        return np.where(members, level + at @ weights, np.nan)

    return predict


def _design(features: Mapping[str, NDArray[np.float64]], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the features of each cell (g, t, features + 1): known companions averaged, and log size."""
    inside = members.astype(np.float64)
    size = np.log(np.maximum(members.sum(axis=1), 1.0))
    layers = [np.broadcast_to(size[:, None], members.shape)]
    for matrix in features.values():
        known = np.isfinite(matrix) & ~np.eye(len(matrix), dtype=np.bool_)
        count = inside @ known.astype(np.float64)
        total = inside @ np.where(known, matrix, 0.0)
        layers.append(np.where(count > 0, total / np.maximum(count, 1.0), np.nan))
    return np.stack(layers, axis=2)


def data_features(
    *,
    counts: NDArray[np.int64],
    spread: NDArray[np.float64],
    correlation: NDArray[np.float64],
    overlap: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """Return features of ordered pairs (t, t), source to recipient, from statistics of the labels.

    Parameters
    ----------
    counts
        Compounds of each task (t,).
    spread
        Standard deviation of its labels (t,); of 0/1 labels sqrt(p (1 - p)), the prevalence's.
    correlation, overlap
        E and the overlap of each pair (t, t); NaN stays unknown.
    """
    size, scale = np.log(np.maximum(counts, 1.0)), np.log(np.maximum(spread, 1e-12))
    return {
        "log size ratio": size[:, None] - size[None, :],
        "log spread ratio": scale[:, None] - scale[None, :],
        "label correlation": correlation,
        "size of label correlation": np.abs(correlation),
        "overlap": overlap,
        "log size of source": np.broadcast_to(size[:, None], correlation.shape).copy(),
    }
