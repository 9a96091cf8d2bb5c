"""How early in a training the affinity is what it will be at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.gradient.halves import Halves, disattenuated, halves_of
from auditor.analyses.dynamics.stages import Part, logs_by_stage
from auditor.statistics.resampling import Pairs, draws, interval, r_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.trace import Trace

STATISTICS = ("agreement", "reliability", "stability", "with_labels")


@dataclass(frozen=True)
class Value:
    """An estimate and its 95 % interval over resampled tasks."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Stage:
    """The affinity from one part of the trainings, held against that of their end.

    Parameters
    ----------
    epoch
        Counted from 1.
    part
        ``"up to"``: all logs of the epochs up to this one. ``"around"``: the logs since the stage
        before.
    logs
        How many, over all seeds.
    agreement
        Pearson's r, over pairs, with the affinity of the final window.
    reliability
        Split-half reliability over pairs.
    stability
        The agreement corrected for the noise of both sides; NaN where either is noise.
    with_labels
        Pearson's r with E.
    """

    epoch: int
    part: Part
    logs: int
    agreement: Value
    reliability: Value
    stability: Value
    with_labels: Value


@dataclass(frozen=True)
class Dynamics:
    """Stages of some trainings, and the epoch after which the affinity has settled.

    Parameters
    ----------
    stages
        By part, then by epoch.
    final_logs, final_reliability, final_with_labels
        Of the final window; the last is its r with E.
    settled
        The first stage (of those ``"up to"``) from which on stability and reliability are high
        enough; infinite where none is. Its interval resamples tasks.
    last
        The last epoch that was compared with the end.
    """

    stages: tuple[Stage, ...]
    final_logs: int
    final_reliability: Value
    final_with_labels: Value
    settled: Value
    last: int


@dataclass(frozen=True)
class Wanted:
    """What it takes for the affinity to count as settled."""

    stability: float = 0.9
    reliability: float = 0.8


def follow(
    traces: Sequence[Trace],
    labels: NDArray[np.float64],
    usable: NDArray[np.bool_],
    *,
    window: float,
    marks: Sequence[int],
    wanted: Wanted,
    seed: int,
) -> Dynamics | None:
    """Return how the affinity came to be what it is at the end; None where no early log was kept.

    No log is on both sides: a stage that reaches into the final window is left out, so that no part
    is compared with itself.

    Parameters
    ----------
    traces
        Trainings of the same tasks.
    labels
        E (t, t).
    usable
        Pairs that count (t, t).
    window
        Fraction of the last logs that are the end.
    marks
        Epochs to look at, counted from 1; the last whole one before the end is looked at in any case.
    """
    parts = logs_by_stage(traces, window, marks)
    if not parts:
        return None
    final = halves_of([(trace, trace.last(window)) for trace in traces])
    halves = [halves_of(chosen) for _, _, chosen in parts]
    rows, columns = np.triu_indices(len(usable), 1)
    keep = usable[rows, columns]
    everything = _measured(halves, final, labels, (rows[keep], columns[keep]))
    sample = [
        _measured(halves, final, labels, (i[usable[i, j]], j[usable[i, j]]))
        for i, j in draws(len(usable), seed=seed)
    ]
    drawn = np.array(sample).reshape(-1, *everything.shape)  # (draws, stages + 1, statistics)
    ends = [
        [Value(float(everything[s, k]), *interval(drawn[:, s, k])) for k in range(len(STATISTICS))]
        for s in range(len(halves) + 1)
    ]
    up_to = [s for s, (_, part, _) in enumerate(parts) if part == "up to"]
    epochs = [parts[s][0] for s in up_to]
    found = [_settled(epochs, values[up_to], wanted) for values in (everything, *drawn)]
    return Dynamics(
        tuple(
            Stage(epoch, part, half.logs, *values)
            for (epoch, part, _), half, values in zip(parts, halves, ends, strict=False)
        ),
        final.logs,
        ends[-1][1],
        ends[-1][3],
        Value(found[0], *interval(np.array(found[1:]))),
        max(epochs),
    )


def _measured(
    halves: Sequence[Halves], final: Halves, labels: NDArray[np.float64], pairs: Pairs
) -> NDArray[np.float64]:
    """Return `STATISTICS` of every stage, and last of the end itself: (stages + 1, statistics)."""
    end = final.reliability(pairs)
    out = []
    for half in halves:
        r, own = r_over(half.mean, final.mean, pairs), half.reliability(pairs)
        out.append((r, own, disattenuated(r, own, end), r_over(half.mean, labels, pairs)))
    out.append((1.0, end, 1.0, r_over(final.mean, labels, pairs)))
    return np.array(out)


def _settled(epochs: Sequence[int], measured: NDArray[np.float64], wanted: Wanted) -> float:
    """Return the first epoch from which on every stage is good enough; infinite if none is."""
    found = math.inf
    for epoch, (_, own, stable, _) in zip(reversed(epochs), reversed(measured), strict=True):
        if not (stable >= wanted.stability and own >= wanted.reliability):
            return found
        found = epoch
    return found
