"""Inter-task affinity: how a step for one task changes the loss of another, and its first order."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.audit.results import AffinityMatrix
from auditor.errors import UsageError
from auditor.statistics.replication import spearman_brown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.training.trace import Trace

MEANING = (
    "Relative fall of the recipient's loss on a batch after a step of the shared parameters down the "
    "source's gradient on the same batch, per unit of learning rate. The scale is arbitrary: "
    "compare within a recipient. Heads stay as they are, so a negative label correlation need not show."
)


def estimate(context: AuditContext) -> AffinityMatrix:
    """Return TAG's affinity, measured by taking the steps; trains if nobody has.

    Rows are sources, columns are recipients. Averaged over the last logs of every seed; a pair
    counts where both have labels in the batch.

    Reference
    ---------
    Fifty et al. 2021, NeurIPS, equation 1, with plain steps down the gradient.
    """
    traces = context.traces()
    logs = np.concatenate([trace.lookahead[trace.last(context.window)] for trace in traces])
    about = {"lookahead_lr": context.trainings.config.lookahead_lr} if context.trainings else {}
    return _affinity("tag", logs, traces, context.window, about)


def estimate_linear(context: AuditContext) -> AffinityMatrix:
    """Return the first-order term of TAG's affinity, <g_s, g_r> / L_r; trains if nobody has.

    It needs no step: the inner products of the gradients and the losses give it. Rows are sources,
    columns are recipients.

    Reference
    ---------
    Ayman et al. 2026, arXiv 2602.18591 (ETAP), whose affinity score it is.
    """
    traces = context.traces()
    logs = np.concatenate([first_order(trace)[trace.last(context.window)] for trace in traces])
    return _affinity("tag-linear", logs, traces, context.window, {})


def first_order(trace: Trace) -> NDArray[np.float64]:
    """Return <g_s, g_r> / L_r at each log, sources by recipients (k, t, t)."""
    losses = np.where(trace.losses > 0, trace.losses, np.nan)
    ratio: NDArray[np.float64] = trace.gram / losses[:, None, :]
    return ratio


def _affinity(
    name: str, logs: NDArray[np.float64], traces: Sequence[Trace], window: float, about: dict[str, Any]
) -> AffinityMatrix:
    if not len(logs):
        raise UsageError(f"{name}: nothing was logged", hint="train for more epochs")
    count = np.isfinite(logs).sum(axis=0)
    values, deviation = _moments(logs, count)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    return AffinityMatrix(
        estimator=name,
        tasks=traces[0].tasks,
        values=values,
        standard_error=deviation / np.sqrt(np.maximum(count, 1)),
        count=count,
        orientation="source-to-recipient",
        value_range=(-reach, reach),
        meaning=MEANING,
        about={
            "seeds": len(traces),
            "window": window,
            "logs": len(logs),
            "reliability": _reliability(logs),
            **about,
        },
    )


def _moments(
    logs: NDArray[np.float64], count: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, deviation = np.nanmean(logs, axis=0), np.nanstd(logs, axis=0, ddof=1)
    return mean, np.where(count > 1, deviation, np.nan)


def _reliability(logs: NDArray[np.float64]) -> float:
    """Return the split-half reliability of the mean, over ordered pairs standardised per recipient."""
    halves = [_moments(half, np.isfinite(half).sum(axis=0))[0] for half in (logs[::2], logs[1::2])]
    off = ~np.eye(logs.shape[1], dtype=bool)
    x, y = (_per_recipient(half)[off] for half in halves)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 3 or x[both].std() == 0 or y[both].std() == 0:
        return math.nan
    return spearman_brown(float(np.corrcoef(x[both], y[both])[0, 1]), 2)


def _per_recipient(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values (t, t) standardised within each column, its diagonal left out."""
    off = np.where(np.eye(len(values), dtype=bool), np.nan, values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found: NDArray[np.float64] = (off - np.nanmean(off, axis=0)) / np.nanstd(off, axis=0)
    return found
