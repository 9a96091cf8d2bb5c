"""E, the correlation of labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.overlap.label_correlation import empirical_correlation
from tests.making import labels_of


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_e_equals_scipy_on_every_pair(seed: int, binary: bool) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.normal(3, 2, (60, 4)) @ rng.normal(size=(4, 4))
    if binary:
        dense = (dense > np.median(dense, axis=0)).astype(float)
    dense[rng.random(dense.shape) < 0.4] = np.nan
    found = empirical_correlation(labels_of(dense), min_support=10)
    for i in range(4):
        for j in range(4):
            both = ~np.isnan(dense[:, i]) & ~np.isnan(dense[:, j])
            if both.sum() >= 10 and np.ptp(dense[both, i]) and np.ptp(dense[both, j]):
                expected = stats.pearsonr(dense[both, i], dense[both, j]).statistic
                assert found.values[i, j] == pytest.approx(expected, abs=1e-9)
            else:
                assert np.isnan(found.values[i, j])


def test_a_negated_task_has_correlation_minus_one() -> None:
    y = np.arange(30.0)
    assert empirical_correlation(labels_of(np.c_[y, -y])).values[0, 1] == pytest.approx(-1)


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.2, 1e6])
def test_a_task_constant_on_the_shared_compounds_is_not_estimable(constant: float) -> None:
    y = np.r_[np.full(30, constant), np.nan * np.ones(30), [7.0, 9.0]]
    other = np.r_[np.random.default_rng(0).normal(size=60), np.nan, np.nan]
    found = empirical_correlation(labels_of(np.c_[y, other]))
    assert np.isnan(found.values[0, 1]) and found.constant[0, 1] and not found.constant[1, 0]


def test_too_few_shared_compounds_are_not_estimable() -> None:
    y = np.random.default_rng(1).normal(size=(19, 2))
    assert np.isnan(empirical_correlation(labels_of(y)).values[0, 1])
