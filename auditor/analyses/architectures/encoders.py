"""How far affinity depends on the encoder, against how far it depends on the seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.gradient.halves import disattenuated, halves_of
from auditor.statistics.replication import spearman_brown
from auditor.statistics.resampling import Pairs, draws, interval, r_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.trace import Trace


@dataclass(frozen=True)
class Replicates:
    """Repeated measurements of one encoder's affinity.

    Parameters
    ----------
    mean
        Over all logs (t, t).
    singles
        One affinity per seed, or, of a single seed, one per half of its logs: (s, t, t).
    """

    mean: NDArray[np.float64]
    singles: NDArray[np.float64]

    def reliability(self, pairs: Pairs) -> float:
        """Return the reliability of the mean over pairs, from how its measurements correlate."""
        return spearman_brown(within(self.singles, pairs), len(self.singles))


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval over resampled tasks."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PairOfEncoders:
    """How the affinities of two encoders agree, as measured and without the noise of either."""

    encoders: tuple[str, str]
    r: Estimate
    without_noise: Estimate
    pairs: int


@dataclass(frozen=True)
class Comparison:
    """Some encoders held against one another.

    Parameters
    ----------
    pairs
        Of encoders, in the order given.
    reliability
        By encoder.
    within, between
        Mean r of two single measurements of one encoder, and of two encoders.
    gap
        ``within - between``: what another encoder costs beyond another seed (or another half).
    """

    pairs: tuple[PairOfEncoders, ...]
    reliability: Mapping[str, Estimate]
    within: Estimate
    between: Estimate
    gap: Estimate


def replicates_of(traces: Sequence[Trace], window: float) -> Replicates:
    """Return an encoder's affinity over the final window, and its repeated measurements."""
    whole = halves_of([(trace, trace.last(window)) for trace in traces])
    if len(traces) > 1:
        singles = [halves_of([(trace, trace.last(window))]).mean for trace in traces]
    else:
        singles = [whole.even, whole.odd]
    return Replicates(whole.mean, np.array(singles))


def compare(found: Mapping[str, Replicates], usable: NDArray[np.bool_], *, seed: int) -> Comparison:
    """Return how the encoders' affinities agree over the usable pairs of tasks (t, t)."""
    rows, columns = np.triu_indices(len(usable), 1)
    keep = usable[rows, columns]
    everything = (rows[keep], columns[keep])
    whole = _statistics(found, everything)
    sample = [
        _statistics(found, (i[usable[i, j]], j[usable[i, j]])) for i, j in draws(len(usable), seed=seed)
    ]
    drawn = np.array(sample).reshape(-1, len(whole))
    ends = [Estimate(float(value), *interval(drawn[:, k])) for k, value in enumerate(whole)]
    two = list(combinations(found, 2))
    m = len(two)
    pairs = [
        PairOfEncoders(names, ends[k], ends[m + k], _count(found, names, everything))
        for k, names in enumerate(two)
    ]
    rest = ends[2 * m :]
    own = dict(zip(found, rest, strict=False))
    return Comparison(tuple(pairs), own, *rest[len(found) :])


def within(singles: NDArray[np.float64], pairs: Pairs) -> float:
    """Return the mean correlation of repeated measurements (s, t, t) over pairs; NaN of fewer than two."""
    return _mean([r_over(a, b, pairs) for a, b in combinations(singles, 2)])


def _statistics(found: Mapping[str, Replicates], pairs: Pairs) -> list[float]:
    """Return r and r without noise of every two encoders, reliabilities, within, between and gap."""
    own = {name: part.reliability(pairs) for name, part in found.items()}
    two = list(combinations(found, 2))
    plain = [r_over(found[a].mean, found[b].mean, pairs) for a, b in two]
    clean = [disattenuated(r, own[a], own[b]) for r, (a, b) in zip(plain, two, strict=True)]
    inside = _mean([within(part.singles, pairs) for part in found.values()])
    across = _mean(
        [r_over(x, y, pairs) for a, b in two for x in found[a].singles for y in found[b].singles]
    )
    return [*plain, *clean, *own.values(), inside, across, inside - across]


def _count(found: Mapping[str, Replicates], names: tuple[str, str], pairs: Pairs) -> int:
    first, second = (found[name].mean[pairs] for name in names)
    return int((np.isfinite(first) & np.isfinite(second)).sum())


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else math.nan
