"""Cosines of averaged gradients: of all that an epoch logged, and of its batches crosswise."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.affinity.gradient.cosine import cosines
from auditor.affinity.gradient.cross_batch import epoch_products
from auditor.audit.results import AffinityMatrix
from auditor.statistics.pairs import upper
from auditor.statistics.replication import spearman_brown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext

ACCUMULATED = (
    "Cosine of two tasks' gradients, each first summed over the logged batches of an epoch. Noise of "
    "single batches averages out; the errors of shared compounds stay in it."
)
CROSSED = (
    "Cosine of two tasks' expected gradients, from batches without a compound in common: what one "
    "compound's errors put into both gradients is left out. Noise can carry a value beyond -1 or 1; "
    "nothing is cut off."
)
OWN_Z = 2.0
"""Standard errors by which a task's own crosswise product must exceed 0."""


def estimate_accumulated(context: AuditContext, *, window: float | None = None) -> AffinityMatrix:
    """Return the mean over epochs of the cosines of gradients summed within the epoch.

    The standard error is over epochs (of all seeds), as if they were independent.

    Parameters
    ----------
    window
        Fraction of the last logs whose epochs are used; that of the audit if None.
    """
    traces, window = context.traces(), context.window if window is None else window
    products = epoch_products(traces, window=window)
    values = cosines(products.pooled)  # (e, t, t)
    count = np.isfinite(values).sum(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, deviation = np.nanmean(values, axis=0), np.nanstd(values, axis=0, ddof=1)
        halves = [np.nanmean(half, axis=0) for half in (values[::2], values[1::2])]
    return AffinityMatrix(
        estimator="accumulated-cosine",
        tasks=traces[0].tasks,
        values=mean,
        standard_error=np.where(count > 1, deviation, np.nan) / np.sqrt(np.maximum(count, 1)),
        count=count,
        meaning=ACCUMULATED,
        about=_about(context, window, len(values), _reliability(*halves)),
    )


def estimate_split_half(context: AuditContext, *, window: float = 1.0) -> AffinityMatrix:
    """Return the cosines of the tasks' expected gradients, free of the noise of shared compounds.

    ``(c_ij + c_ji) / 2 / sqrt(c_ii c_jj)``, c the mean inner product over pairs of different batches of
    the same epoch: the average over every way to split an epoch's logged batches into two halves, for
    the price of one. A task whose own c is not above its noise is NaN and named in
    ``about["refused"]``. The standard error is a jackknife over the epochs of all seeds.

    Parameters
    ----------
    window
        Fraction of the last logs whose epochs are used. Expected gradients vanish as a training
        converges, so that the last epochs alone say little: the default is all.
    """
    traces = context.traces()
    products = epoch_products(traces, window=window)
    weights = products.pairs.astype(np.float64)
    sums = np.nan_to_num(products.crossed) * weights  # (e, t, t)
    own_z = _own_z(sums, weights)
    values = _ratio(sums.sum(axis=0), weights.sum(axis=0), own_z)
    left_out = [
        _ratio(sums.sum(axis=0) - part, weights.sum(axis=0) - weight, own_z)
        for part, weight in zip(sums, weights, strict=True)
    ]
    halves = [_ratio(sums[p::2].sum(axis=0), weights[p::2].sum(axis=0), own_z) for p in (0, 1)]
    reach = float(np.nanmax(np.abs(values), initial=1.0))
    return AffinityMatrix(
        estimator="split-half",
        tasks=traces[0].tasks,
        values=values,
        standard_error=_jackknife(np.array(left_out)),
        count=products.pairs.sum(axis=0),
        value_range=(-reach, reach),
        meaning=CROSSED,
        about={
            **_about(context, window, len(sums), _reliability(*halves)),
            "observations": "ordered pairs of different batches",
            "standard_error_over": len(sums),
            "own_z": own_z,
            "refused": [name for name, z in zip(traces[0].tasks, own_z, strict=True) if not z >= OWN_Z],
        },
    )


def _ratio(
    sums: NDArray[np.float64], weights: NDArray[np.float64], own_z: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the cosines (t, t) of mean inner products; NaN for tasks without a direction of their own."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums / weights
        own = np.where((np.diag(mean) > 0) & (own_z >= OWN_Z), np.diag(mean), np.nan)
        values: NDArray[np.float64] = (mean + mean.T) / 2 / np.sqrt(np.outer(own, own))
    np.fill_diagonal(values, np.where(np.isfinite(own), 1.0, np.nan))
    return values


def _own_z(sums: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each task's own mean product in standard errors over epochs (t,); NaN with one epoch."""
    own, weight = (np.diagonal(part, axis1=1, axis2=2) for part in (sums, weights))
    epochs = len(own)
    if epochs < 2:
        return np.full(own.shape[1], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (own.sum(axis=0) - own) / (weight.sum(axis=0) - weight)
        known = np.isfinite(left).any(axis=0)  # a task whose pairs of batches are all in one epoch has none
        spread = np.where(known, np.nanvar(np.where(known, left, 0.0), axis=0), np.nan)
        error = np.sqrt((epochs - 1) * spread)
        z: NDArray[np.float64] = own.sum(axis=0) / weight.sum(axis=0) / error
    return z


def _jackknife(left_out: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard error of an estimate from those that leave out one epoch each."""
    error: NDArray[np.float64] = np.sqrt((len(left_out) - 1) * left_out.var(axis=0))
    np.fill_diagonal(error, np.nan)
    return error


def _reliability(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the split-half reliability of two half estimates, by the Spearman-Brown formula."""
    first, second = upper(x), upper(y)
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 3:
        return math.nan
    return spearman_brown(float(np.corrcoef(first[both], second[both])[0, 1]), 2)


def _about(context: AuditContext, window: float, epochs: int, reliability: float) -> dict[str, Any]:
    return {
        "seeds": len(context.traces()),
        "window": window,
        "epochs": epochs,
        "reliability": reliability,
    }
