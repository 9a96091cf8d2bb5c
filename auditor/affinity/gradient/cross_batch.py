"""Inner products of expected gradients, from batches that share no compound.

Within an epoch every compound is in one batch. The inner product of gradients of two different
batches is therefore free of what a compound's own errors put into both gradients of one batch. The
sum of all such products follows from the gradients summed over an epoch's logs and from the Gram
matrices of the single logs: the one holds every pair of logs, the others the pairs of a log with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from auditor.training.trace import Trace


@dataclass(frozen=True)
class EpochProducts:
    """Mean inner products per epoch.

    Parameters
    ----------
    pooled
        Of the epoch's summed gradients (e, t, t): batches with themselves included.
    crossed
        Mean over pairs of different batches of the epoch (e, t, t); NaN where there is none.
    pairs
        How many such ordered pairs (e, t, t).
    """

    pooled: NDArray[np.float64]
    crossed: NDArray[np.float64]
    pairs: NDArray[np.int64]


def epoch_products(traces: Sequence[Trace], *, window: float) -> EpochProducts:
    """Return the inner products of every epoch whose logs all lie in the last fraction of the logs.

    Raises
    ------
    UsageError
        No gradients were pooled: none were asked for, or there are too many tasks and parameters.
    """
    found = [
        _of_epoch(trace, place, epoch)
        for trace in traces
        for place, epoch in enumerate(trace.pooled_epochs)
        if trace.last(window)[trace.epochs == epoch].all()
    ]
    if not found:
        raise UsageError(
            "no epoch has pooled gradients",
            hint="a larger --window, more --epochs, or fewer --tasks if all gradients are too large",
        )
    pooled, crossed, pairs = zip(*found, strict=True)
    return EpochProducts(np.array(pooled), np.array(crossed), np.array(pairs))


def _of_epoch(
    trace: Trace, place: int, epoch: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    gram = trace.gram[trace.epochs == epoch]
    present = np.isfinite(np.diagonal(gram, axis1=1, axis2=2)).astype(np.int64)  # (logs, t)
    logs = present.sum(axis=0)
    pairs = np.outer(logs, logs) - present.T @ present
    pooled = np.where(np.minimum.outer(logs, logs) > 0, trace.pooled[place], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = (pooled - np.nansum(gram, axis=0)) / pairs
    return pooled, np.where(pairs > 0, crossed, np.nan), pairs
