"""The paper's estimator: the mean over logged batches of the cosines of task gradients; and of errors."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from auditor.audit.results import AffinityMatrix
from auditor.errors import UsageError
from auditor.statistics.pairs import upper
from auditor.statistics.replication import spearman_brown
from auditor.training.logging.sketch_error import sketched_mean, unbiased

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.training.trace import Trace

MEANING = (
    "Mean cosine of two tasks' gradients on the shared parameters, within a batch. Every task has "
    "its own head, so the sign says nothing about whether the labels agree or disagree."
)
MEANING_OF_ERRORS = (
    "Mean cosine of two tasks' errors on the compounds of a batch. It sees only compounds measured for "
    "both, costs no backward pass, and keeps the sign; what a gradient adds must be seen beside it."
)


@dataclass(frozen=True)
class MeanCosine:
    """Cosines averaged over logs.

    Parameters
    ----------
    values, standard_error, deviation
        Mean, standard error and standard deviation over logs (t, t); NaN where no log, or for the
        last two fewer than two, had both tasks in its batch.
    count
        Logs behind each entry (t, t).
    logs
        Logs that were looked at.
    half_correlation
        Pearson correlation, over pairs, of the means of even and of odd logs; NaN where undefined.
    """

    values: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    deviation: NDArray[np.float64]
    count: NDArray[np.int64]
    logs: int
    half_correlation: float

    @property
    def reliability(self) -> float:
        """Split-half reliability of the mean of all logs, by the Spearman-Brown formula."""
        return spearman_brown(self.half_correlation, 2)


def estimate(context: AuditContext) -> AffinityMatrix:
    """Return the paper's gradient affinity G of an audit; trains if nobody has."""
    return affinity_of(context.traces(), window=context.window)


def estimate_of_errors(context: AuditContext) -> AffinityMatrix:
    """Return the baseline of every gradient: the mean cosine of the tasks' errors; trains if nobody has.

    A task's errors are the derivatives of its loss by its outputs, one per compound of the batch,
    0 where the compound was not measured. With the encoder's tangent kernel reduced to a
    constant diagonal, the cosine of the gradients becomes this one.
    """
    meaning = MEANING_OF_ERRORS
    traces, window = context.traces(), context.window
    return cosine_affinity("error-cosine", traces, window=window, of="errors", meaning=meaning, signed=True)


def affinity_of(traces: Sequence[Trace], *, window: float) -> AffinityMatrix:
    """Return the gradient affinity G over the last logs of every seed.

    Parameters
    ----------
    traces, window
        As for `mean_cosine`.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, equation (2) and appendix A.5.
    """
    return cosine_affinity("gradient-cosine", traces, window=window, of="gram", meaning=MEANING)


def cosine_affinity(
    name: str,
    traces: Sequence[Trace],
    *,
    window: float,
    of: Literal["gram", "errors"],
    meaning: str,
    signed: bool = False,
) -> AffinityMatrix:
    """Return mean cosines as an affinity, with what all logs together give beside the window's."""
    found = mean_cosine(traces, window=window, of=of)
    everything = mean_cosine(traces, window=1.0, of=of) if _logged_throughout(traces) else None
    return AffinityMatrix(
        estimator=name,
        tasks=traces[0].tasks,
        values=found.values,
        standard_error=found.standard_error,
        count=found.count,
        signed=signed,
        meaning=meaning,
        about={
            **_about(found, everything, seeds=len(traces), window=window),
            **(_sketch(traces, window) if of == "gram" else {}),
        },
    )


def _sketch(traces: Sequence[Trace], window: float) -> dict[str, Any]:
    """Return what a sketch adds to the error: the standard errors over logs contain it already."""
    directions = traces[0].directions
    if directions is None:
        return {}
    grams = (gram.astype(np.float64) for t in traces for gram in t.gram[t.last(window)])
    found = sketched_mean(grams, directions)
    return {"directions": directions, "sketch_error": found.root_mean_square}


def _logged_throughout(traces: Sequence[Trace]) -> bool:
    return all(len(trace.steps) == trace.scheduled for trace in traces)


def mean_cosine(
    traces: Sequence[Trace], *, window: float, of: Literal["gram", "errors"] = "gram"
) -> MeanCosine:
    """Average the cosines over the last logs of some trainings of the same tasks.

    Parameters
    ----------
    traces
        One per seed; their logs are pooled.
    window
        Fraction of each training's logs, from its end, above 0 and up to 1.
    of
        Whose cosines: of the gradients, or of the errors behind them.

    Raises
    ------
    UsageError
        The window is not such a fraction, or nothing was logged.
    """
    logs = [trace_cosines(t, t.last(window), of) for t in traces if len(getattr(t, of))]
    if not sum(len(log) for log in logs):
        raise UsageError("no gradients were logged", hint="train for more epochs")
    pooled = np.concatenate(logs)  # (k, t, t)
    count = np.isfinite(pooled).sum(axis=0)
    values, deviation = _moments(pooled, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = deviation / np.sqrt(count)
    halves = [_moments(half, np.isfinite(half).sum(axis=0))[0] for half in (pooled[::2], pooled[1::2])]
    return MeanCosine(values, error, deviation, count, len(pooled), _pearson(*map(upper, halves)))


def trace_cosines(
    trace: Trace, logs: NDArray[Any], of: Literal["gram", "errors"] = "gram"
) -> NDArray[np.float64]:
    """Return the cosines of some logs of a training (k, t, t), without the bias that a sketch gives them.

    Parameters
    ----------
    logs
        Places of the logs, or which of them count.
    """
    found = cosines(np.asarray(getattr(trace, of)[logs], dtype=np.float64))
    if of == "gram" and trace.directions is not None:
        return unbiased(found, trace.directions)
    return found


def cosines(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosines behind Gram matrices (k, t, t): NaN stays NaN, the diagonal is exactly 1."""
    norms = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))  # (k, t)
    values: NDArray[np.float64] = np.clip(gram / (norms[:, :, None] * norms[:, None, :]), -1, 1)
    tasks = np.arange(gram.shape[1])
    values[:, tasks, tasks] = np.where(np.isfinite(norms), 1.0, np.nan)
    return values


def _moments(
    values: NDArray[np.float64], count: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation over logs, leaving out NaN; NaN where too few are left."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(values, axis=0) if len(values) else np.full(count.shape, np.nan)
        deviation = np.nanstd(values, axis=0, ddof=1) if len(values) else mean
    return mean, np.where(count > 1, deviation, np.nan)


def _pearson(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if len(x) < 3 or x.std() == 0 or y.std() == 0:
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _about(
    found: MeanCosine, everything: MeanCosine | None, *, seeds: int, window: float
) -> dict[str, Any]:
    spread = upper(found.deviation)
    about = {
        "seeds": seeds,
        "window": window,
        "logs": found.logs,
        "split_half": found.half_correlation,
        "reliability": found.reliability,
        "sd_per_log": float(np.nanmean(spread)) if np.isfinite(spread).any() else math.nan,
    }
    if everything is None:
        return about
    return {
        **about,
        "logs_in_total": everything.logs,
        "reliability_of_all_logs": everything.reliability,
        "all_logs": everything.values.tolist(),
    }
