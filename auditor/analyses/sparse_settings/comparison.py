"""How well each proposal finds what the full table says, and whether it beats plain gradients."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.pairs import upper
from auditor.statistics.resampling import Pairs, all_pairs, draws, interval, r_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 400


@dataclass(frozen=True)
class Score:
    """A method at one overlap; triples are an estimate and its 95 % interval.

    Parameters
    ----------
    r
        Pearson's r with E of the full table, over the pairs that the method has.
    error
        Root mean square of the difference from it.
    gain
        r less that of the baseline, both over the pairs that both have.
    pairs
        On average over repeats.
    """

    method: str
    overlap: float
    r: tuple[float, float, float]
    error: tuple[float, float, float]
    gain: tuple[float, float, float]
    pairs: float

    @property
    def helps(self) -> bool:
        """Whether it is established that the method beats the baseline."""
        return self.gain[1] > 0


def compare(
    estimates: Mapping[str, Sequence[NDArray[np.float64]]],
    target: NDArray[np.float64],
    *,
    baseline: str,
    overlap: float,
    seed: int,
) -> list[Score]:
    """Return the score of every method; estimates are (t, t) per repeat, on the scale of E."""
    repeats = len(estimates[baseline])
    whole = _statistics(estimates, target, baseline, all_pairs(len(target)), range(repeats))
    rng = np.random.default_rng([seed, 1])
    sample = [
        _statistics(estimates, target, baseline, pairs, rng.integers(0, repeats, repeats).tolist())
        for pairs in draws(len(target), seed=seed, most=DRAWS)
    ]
    drawn = np.array(sample).reshape(-1, *whole.shape)
    scores = []
    for place, (method, values) in enumerate(estimates.items()):
        r, error, gain = ((float(whole[place, k]), *interval(drawn[:, place, k])) for k in range(3))
        pairs = [float(np.isfinite(upper(value)).sum()) for value in values]
        scores.append(Score(method, overlap, r, error, gain, float(np.mean(pairs))))
    return scores


def _statistics(
    estimates: Mapping[str, Sequence[NDArray[np.float64]]],
    target: NDArray[np.float64],
    baseline: str,
    pairs: Pairs,
    repeats: Sequence[int],
) -> NDArray[np.float64]:
    """Return r, error and gain per method (methods, 3), averaged over some repeats."""
    rows = []
    for values in estimates.values():
        found = [_one(values[repeat], estimates[baseline][repeat], target, pairs) for repeat in repeats]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            rows.append(np.nanmean(found, axis=0))
    return np.array(rows)


def _one(
    values: NDArray[np.float64],
    baseline: NDArray[np.float64],
    target: NDArray[np.float64],
    pairs: Pairs,
) -> tuple[float, float, float]:
    difference = values[pairs] - target[pairs]
    difference = difference[np.isfinite(difference)]
    error = float(np.sqrt((difference**2).mean())) if len(difference) else float("nan")
    both = np.isfinite(values) & np.isfinite(baseline)
    gain = r_over(np.where(both, values, np.nan), target, pairs) - r_over(
        np.where(both, baseline, np.nan), target, pairs
    )
    return r_over(values, target, pairs), error, gain
