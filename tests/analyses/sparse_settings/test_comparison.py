"""Methods for sparse settings, scored."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses.sparse_settings.comparison import compare
from tests.traces import affinity

T = 16
E = affinity(T, seed=1)


def noisy(noise: float, seed: int) -> NDArray[np.float64]:
    """Return E with noise on every pair."""
    error = np.triu(np.random.default_rng(seed).normal(0, noise, (T, T)), 1)
    return E + error + error.T


def test_a_better_method_helps_and_an_equal_one_does_not() -> None:
    estimates = {
        "plain": [noisy(0.6, s) for s in range(3)],
        "better": [noisy(0.05, 10 + s) for s in range(3)],
        "alike": [noisy(0.6, 20 + s) for s in range(3)],
    }
    plain, better, alike = compare(estimates, E, baseline="plain", overlap=0.1, seed=0)
    assert better.helps and not alike.helps and not plain.helps
    assert plain.gain[0] == 0
    assert better.r[0] > 0.9 and better.error[0] == pytest.approx(0.05, abs=0.01)


def test_a_gain_is_over_the_pairs_that_both_have() -> None:
    """A method that knows only the pairs on which the baseline errs least gains nothing by that."""
    plain = noisy(0.3, 1)
    partly = np.where(np.abs(plain - E) < 0.1, plain, np.nan)
    _, score = compare({"plain": [plain], "partly": [partly]}, E, baseline="plain", overlap=0.1, seed=0)
    assert score.r[0] > 0.8 and score.gain[0] == pytest.approx(0)
    assert score.pairs == np.isfinite(partly[np.triu_indices(T, 1)]).sum()
