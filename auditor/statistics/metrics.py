"""How well test labels were predicted, also under weights, as a bootstrap draws them.

Every function takes weights (w, m) and returns one value per row of weights (w,); a row of ones is
the plain metric. NaN where a metric does not exist: one class only, or no spread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Metric = Literal["auroc", "auprc", "rmse", "r2"]


def auroc(
    labels: NDArray[np.float64], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probability that a positive scores above a negative; a tie counts half."""
    order, starts = _ranked(scores)
    positive = np.add.reduceat(weights[:, order] * labels[order], starts, axis=1)
    negative = np.add.reduceat(weights[:, order] * (1 - labels[order]), starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    won = (positive * (below + negative / 2)).sum(axis=1)
    return _ratio(won, positive.sum(axis=1) * negative.sum(axis=1))


def auprc(
    labels: NDArray[np.float64], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return average precision: precision at each threshold, weighted by the recall that it adds."""
    order, starts = _ranked(-scores)
    positive = np.add.reduceat(weights[:, order] * labels[order], starts, axis=1)
    called = np.add.reduceat(weights[:, order], starts, axis=1)
    precision = _ratio(np.cumsum(positive, axis=1), np.cumsum(called, axis=1))
    return _ratio((np.nan_to_num(precision) * positive).sum(axis=1), positive.sum(axis=1))


def rmse(
    labels: NDArray[np.float64], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the root mean squared error, in the labels' unit."""
    return np.sqrt(_ratio(weights @ (scores - labels) ** 2, weights.sum(axis=1)))


def r2(
    labels: NDArray[np.float64], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of the labels' variance that is explained; below 0 worse than their mean."""
    total = weights.sum(axis=1)
    mean = _ratio(weights @ labels, total)
    spread = (weights * (labels - mean[:, None]) ** 2).sum(axis=1)
    return 1 - _ratio(weights @ (scores - labels) ** 2, spread)


METRICS: Mapping[
    str,
    Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
] = MappingProxyType({"auroc": auroc, "auprc": auprc, "rmse": rmse, "r2": r2})
CLASSIFICATION, REGRESSION = ("auroc", "auprc"), ("rmse", "r2")


def evaluate(
    metric: Metric,
    labels: NDArray[np.float64],
    scores: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return a metric of scores (m,) for labels (m,) under weights (w, m), by default ones (1, m)."""
    weights = np.ones((1, len(labels))) if weights is None else weights
    if len(labels) == 0:
        return np.full(len(weights), np.nan)
    return METRICS[metric](labels.astype(np.float64), scores.astype(np.float64), weights)


def _ranked(scores: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return an increasing order of the scores (m,) and where each run of equal ones starts."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return order, starts


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)
