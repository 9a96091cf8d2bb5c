"""Gradient affinity from some of the logs, with the two halves that tell how far it is noise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.gradient.cosine import trace_cosines
from auditor.statistics.replication import spearman_brown
from auditor.statistics.resampling import Pairs, r_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.trace import Trace

RELIABLE_ENOUGH = 0.1
"""A reliability below this says too little for a correlation to be corrected by it."""
_LOGS_AT_ONCE = 16


@dataclass(frozen=True)
class Halves:
    """Mean cosine over logs, and over every other one of them; all (t, t), NaN = not estimable."""

    mean: NDArray[np.float64]
    even: NDArray[np.float64]
    odd: NDArray[np.float64]
    logs: int

    def reliability(self, pairs: Pairs) -> float:
        """Return the split-half reliability of the mean over some pairs, by Spearman and Brown."""
        return spearman_brown(r_over(self.even, self.odd, pairs), 2)


def halves_of(chosen: Iterable[tuple[Trace, NDArray[np.bool_]]]) -> Halves:
    """Return the affinity over chosen logs of some trainings, pooled; logs alternate between the halves.

    Parameters
    ----------
    chosen
        Trainings of the same tasks, each with which of its logs (k,) count.
    """
    sums: NDArray[np.float64] | None = None
    seen = 0
    for trace, mask in chosen:
        if sums is None:
            sums = np.zeros((2, 2, len(trace.tasks), len(trace.tasks)))  # half, (sum, count), t, t
        places = np.flatnonzero(mask)
        for start in range(0, len(places), _LOGS_AT_ONCE):
            values = trace_cosines(trace, places[start : start + _LOGS_AT_ONCE])
            for value in values:
                finite = np.isfinite(value)
                sums[seen % 2, 0] += np.where(finite, value, 0.0)
                sums[seen % 2, 1] += finite
                seen += 1
    if sums is None:
        raise ValueError("no training was given")
    return Halves(_mean(sums.sum(axis=0)), _mean(sums[0]), _mean(sums[1]), seen)


def disattenuated(r: float, first: float, second: float) -> float:
    """Return the correlation that two estimates would have without noise; it can exceed 1 by chance.

    NaN where a reliability is below `RELIABLE_ENOUGH`.

    Reference: Spearman 1904, Am. J. Psychol. 15:72.
    """
    if not (first >= RELIABLE_ENOUGH and second >= RELIABLE_ENOUGH):
        return float("nan")
    return r / math.sqrt(first * second)


def _mean(part: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = np.where(part[1] > 0, part[0] / part[1], np.nan)
    return mean
