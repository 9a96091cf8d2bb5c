"""Seeds share compounds, and splits share labels: neither makes an error vanish."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.statistics.replication import (
    between_seeds,
    jackknife_error,
    pooled,
    reliability,
    resampled_error,
    spearman_brown,
)


def symmetric(seed: int, t: int = 12) -> np.ndarray:  # type: ignore[type-arg]
    values = np.random.default_rng(seed).normal(size=(t, t))
    return (values + values.T) / 2


def test_more_seeds_do_not_lessen_the_error_of_the_compounds() -> None:
    values = np.repeat(symmetric(0)[None], 9, axis=0)
    mean, error = pooled(values, np.full(values.shape, 0.3))
    np.testing.assert_allclose(mean, values[0])
    np.testing.assert_allclose(error, 0.3)


def test_seeds_that_differ_add_to_the_error() -> None:
    values = np.array([[[1.0]], [[3.0]]])
    mean, error = pooled(values, np.full(values.shape, 0.5))
    assert mean[0, 0] == 2
    assert error[0, 0] == pytest.approx(np.sqrt(0.25 + 2 / 2))


def test_an_entry_that_one_seed_lacks_is_the_others_and_one_that_all_lack_is_nan() -> None:
    values = np.array([[[np.nan, np.nan]], [[3.0, np.nan]]])
    mean, error = pooled(values, np.where(np.isnan(values), np.nan, 0.1))
    np.testing.assert_allclose([mean[0, 0], error[0, 0]], [3, 0.1])
    assert np.isnan([mean[0, 1], error[0, 1]]).all()


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    sample = np.random.default_rng(0).normal(size=30)
    left_out = np.array([np.delete(sample, i).mean() for i in range(30)]).reshape(30, 1, 1)
    assert jackknife_error(left_out)[0, 0] == pytest.approx(sample.std(ddof=1) / np.sqrt(30))


def test_splits_of_the_same_labels_keep_an_error_however_many() -> None:
    found = np.random.default_rng(0).normal(size=(10_000, 1, 1))
    assert resampled_error(found, 0.2)[0, 0] == pytest.approx(0.5, rel=0.05)
    assert np.isnan(resampled_error(found[:1], 0.2)).all()


def test_reliability_is_the_share_that_is_no_error() -> None:
    truth = symmetric(1, 60)
    noisy = truth + 0.5 * symmetric(2, 60)
    error = np.full(truth.shape, 0.5 * np.sqrt(0.5))
    assert reliability(noisy, error) == pytest.approx(0.8, abs=0.05)
    assert reliability(0.5 * symmetric(2, 60), error) == pytest.approx(0, abs=0.1)


def test_seeds_that_agree_correlate() -> None:
    assert between_seeds(np.array([symmetric(0), 2 * symmetric(0)])) == pytest.approx(1)
    assert np.isnan(between_seeds(symmetric(0)[None]))


@given(st.floats(-1, 1, allow_nan=False), st.integers(1, 50))
def test_a_reliability_is_between_0_and_1(r: float, parts: int) -> None:
    assert 0 <= spearman_brown(r, parts) <= 1


def test_spearman_brown_is_the_textbook_value() -> None:
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert spearman_brown(0.5, 1) == 0.5
    assert math.isnan(spearman_brown(math.nan, 2))


def test_halves_that_disagree_have_no_reliability() -> None:
    assert spearman_brown(-0.85, 2) == spearman_brown(-1.0, 2) == spearman_brown(0.0, 2) == 0
