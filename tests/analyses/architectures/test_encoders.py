"""Encoders held against one another."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses.architectures.encoders import Replicates, compare, replicates_of
from tests.traces import affinity, noisy_trace

T = 14
USABLE: NDArray[np.bool_] = ~np.eye(T, dtype=bool)


def measured(truth: NDArray[np.float64], *, noise: float, seeds: int, first: int) -> Replicates:
    """Return some seeds' noisy measurements of one affinity."""
    rng = np.random.default_rng(first)
    singles = []
    for _ in range(seeds):
        error = np.triu(rng.normal(0, noise, truth.shape), 1)
        singles.append(truth + error + error.T)
    return Replicates(np.mean(singles, axis=0), np.array(singles))


def test_encoders_of_one_truth_agree_once_their_noise_is_taken_out() -> None:
    truth = affinity(T, seed=1)
    found = {
        name: measured(truth, noise=0.2, seeds=4, first=first) for first, name in enumerate(("gcn", "ecfp"))
    }
    compared = compare(found, USABLE, seed=0)
    assert compared.pairs[0].r.value < 0.85
    assert compared.pairs[0].without_noise.value == pytest.approx(1, abs=0.2)
    assert abs(compared.gap.value) < 0.15 and compared.gap.low < 0 < compared.gap.high


def test_encoders_of_two_truths_differ_beyond_their_seeds() -> None:
    found = {
        name: measured(affinity(T, seed=first), noise=0.03, seeds=3, first=first)
        for first, name in enumerate(("gcn", "ecfp"))
    }
    compared = compare(found, USABLE, seed=0)
    assert compared.gap.low > 0.3
    assert abs(compared.pairs[0].without_noise.value) < 0.5


def test_unusable_pairs_play_no_part() -> None:
    truth = affinity(T, seed=1)
    usable = USABLE.copy()
    usable[0, :] = usable[:, 0] = False
    other = truth.copy()
    other[0, 1:] = other[1:, 0] = 100
    found = {"a": Replicates(truth, np.array([truth] * 2)), "b": Replicates(other, np.array([other] * 2))}
    compared = compare(found, usable, seed=0)
    assert compared.pairs[0].r.value == pytest.approx(1)
    assert compared.pairs[0].pairs == (T - 1) * (T - 2) // 2


def test_a_single_seed_is_measured_by_its_halves_several_by_themselves() -> None:
    traces = [noisy_trace([affinity(6, seed=1)] * 5, per_epoch=4, noise=0.1, seed=s) for s in range(3)]
    assert len(replicates_of(traces[:1], 0.5).singles) == 2
    several = replicates_of(traces, 0.5)
    assert len(several.singles) == 3
    np.testing.assert_allclose(several.singles.mean(axis=0), several.mean)
