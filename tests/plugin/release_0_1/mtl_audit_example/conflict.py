"""The estimator: how often two tasks pull the shared parameters in agreeing directions."""

from __future__ import annotations

import numpy as np

from auditor.affinity import AffinityMatrix
from auditor.context import AuditContext


def estimate(context: AuditContext, *, window: float | None = None) -> AffinityMatrix:
    """Return the mean sign of the tasks' gradient products over the last logs of every seed.

    ``window`` is the fraction of the last logs; that of the audit if None.
    """
    window = context.window if window is None else window
    signs = np.concatenate([np.sign(trace.gram[trace.last(window)]) for trace in context.traces()])
    count = np.isfinite(signs).sum(axis=0)
    enough = count > 1
    values = np.where(enough, np.nansum(signs, axis=0) / np.maximum(count, 1), np.nan)
    error = np.sqrt((1 - values**2) / np.maximum(count, 1))
    return AffinityMatrix(
        estimator="example-conflict",
        tasks=context.benchmark.task_names,
        values=values,
        standard_error=error,
        count=np.where(enough, count, 0),
        meaning="Share of batches in which two tasks' gradients agree, less the share in which they conflict.",
        about={"window": window, "logs": len(signs)},
    )
