"""The correlation without each observation is that of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.statistics.leave_one_out import without_each


@given(st.integers(0, 10**6), st.integers(4, 60), st.floats(0.1, 2.5), st.sampled_from([1.0, 1e-9, 1e6]))
def test_it_is_the_correlation_of_the_others(seed: int, n: int, spread: float, unit: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = unit * np.exp(spread * rng.normal(size=n)), rng.normal(size=n)
    expected = [np.corrcoef(np.delete(x, at), np.delete(y, at))[0, 1] for at in range(n)]
    assert without_each(x, y) == pytest.approx(expected, abs=1e-6)


def test_an_observation_that_holds_nearly_all_of_a_sum_is_left_out_exactly() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 50))
    x[7] = 1e12
    assert without_each(x, y)[7] == pytest.approx(np.corrcoef(np.delete(x, 7), np.delete(y, 7))[0, 1])


def test_what_does_not_vary_without_one_has_no_correlation() -> None:
    found = without_each(np.array([1.0, 1, 1, 5]), np.array([1.0, 2, 3, 4]))
    assert np.isnan(found[3]) and np.isfinite(found[:3]).all()
    assert np.isnan(without_each(np.ones(5), np.arange(5.0))).all()
    assert np.isnan(without_each(np.array([1.0, 2]), np.array([1.0, 2]))).all()
