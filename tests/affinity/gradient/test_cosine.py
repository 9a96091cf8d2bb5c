"""The mean cosine leaves out what was not measured, and states its error and its reliability."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditor.affinity.gradient.cosine import affinity_of, cosines, mean_cosine
from auditor.errors import UsageError
from tests.traces import trace_of


def gram_of(gradients: NDArray[np.float64], absent: float = 0.0, seed: int = 0) -> NDArray[np.float64]:
    """Return Gram matrices (k, t, t) of gradients (k, t, d), some tasks absent from some logs."""
    gram = gradients @ gradients.transpose(0, 2, 1)
    away = np.random.default_rng(seed).random(gram.shape[:2]) < absent
    gram[away] = np.nan
    gram.transpose(0, 2, 1)[away] = np.nan
    return gram


def random_gram(k: int = 50, t: int = 5, absent: float = 0.3, seed: int = 0) -> NDArray[np.float64]:
    gradients = np.random.default_rng(seed).normal(size=(k, t, 8)) + np.linspace(0, 1, t)[None, :, None]
    return gram_of(gradients, absent, seed)


def test_the_cosine_of_known_gradients() -> None:
    gradients = np.array([[[2.0, 0.0], [0.5, 0.5], [-3.0, 0.0]]])
    root = np.sqrt(0.5)
    expected = [[1, root, -1], [root, 1, -root], [-1, -root, 1]]
    np.testing.assert_allclose(cosines(gram_of(gradients))[0], expected)


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_length_of_a_gradient_does_not_matter(seed: int, factor: float) -> None:
    gradients = np.random.default_rng(seed).normal(size=(4, 3, 6))
    longer = gradients * np.array([1, factor, 1])[None, :, None]
    np.testing.assert_allclose(cosines(gram_of(longer)), cosines(gram_of(gradients)), atol=1e-9)


def test_absent_tasks_are_left_out_of_mean_error_and_count() -> None:
    gram = random_gram()
    found = mean_cosine([trace_of(gram)], window=1.0)
    values = cosines(gram)
    for i in range(5):
        for j in range(5):
            seen = values[:, i, j][np.isfinite(values[:, i, j])]
            assert found.count[i, j] == len(seen) < 50
            assert found.values[i, j] == pytest.approx(seen.mean())
            error = seen.std(ddof=1) / np.sqrt(len(seen))
            assert found.standard_error[i, j] == pytest.approx(error, abs=1e-12)


def test_the_diagonal_is_exactly_one_and_the_matrix_symmetric() -> None:
    found = mean_cosine([trace_of(random_gram())], window=0.5)
    assert (np.diag(found.values) == 1).all()
    assert np.array_equal(found.values, found.values.T)


def test_a_pair_never_in_one_batch_is_nan_with_count_zero() -> None:
    gram = random_gram(k=20, t=3, absent=0)
    gram[::2, 0] = gram[::2, :, 0] = np.nan
    gram[1::2, 1] = gram[1::2, :, 1] = np.nan
    found = mean_cosine([trace_of(gram)], window=1.0)
    assert found.count[0, 1] == 0
    assert np.isnan(found.values[0, 1])
    assert np.isnan(found.standard_error[0, 1])
    assert np.isfinite(found.values[0, 2])


def test_the_window_is_the_end_of_each_training() -> None:
    gram = random_gram(k=50)
    windowed = mean_cosine([trace_of(gram)], window=0.2)
    assert windowed.logs == 10
    assert np.array_equal(windowed.values, mean_cosine([trace_of(gram[40:])], window=1.0).values)


def test_seeds_are_pooled_log_by_log() -> None:
    first, second = random_gram(k=10, seed=1), random_gram(k=30, seed=2)
    pooled = mean_cosine([trace_of(first), trace_of(second, 1)], window=0.5)
    together = mean_cosine([trace_of(np.concatenate([first[5:], second[15:]]))], window=1.0)
    assert np.array_equal(pooled.values, together.values)
    assert pooled.logs == 20


def test_reliability_is_high_for_a_steady_signal_and_near_zero_for_noise() -> None:
    rng = np.random.default_rng(0)
    fixed = rng.normal(size=(1, 8, 40))
    steady = gram_of(fixed + 0.1 * rng.normal(size=(100, 8, 40)))
    noise = gram_of(rng.normal(size=(100, 8, 40)))
    assert mean_cosine([trace_of(steady)], window=1.0).reliability > 0.98
    assert abs(mean_cosine([trace_of(noise)], window=1.0).half_correlation) < 0.5


def test_reliability_is_the_spearman_brown_correction() -> None:
    found = mean_cosine([trace_of(random_gram())], window=1.0)
    half = found.half_correlation
    assert found.reliability == pytest.approx(2 * half / (1 + half))
    assert found.reliability > half > 0


@pytest.mark.parametrize("window", [0.0, -0.1, 1.1, float("nan")])
def test_a_window_that_is_no_fraction_is_refused(window: float) -> None:
    with pytest.raises(UsageError, match="window"):
        mean_cosine([trace_of(random_gram())], window=window)


def test_a_single_log_has_values_but_no_error_and_no_reliability() -> None:
    found = mean_cosine([trace_of(random_gram(k=1, absent=0))], window=0.2)
    assert np.isfinite(found.values).all()
    assert np.isnan(found.standard_error).all()
    assert np.isnan(found.reliability)


def test_no_log_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="no gradients"):
        mean_cosine([trace_of(random_gram()[:0])], window=0.2)


def test_the_estimator_states_what_it_rests_on() -> None:
    traces = (trace_of(random_gram(k=50, seed=1)), trace_of(random_gram(k=50, seed=2), 1))
    affinity = affinity_of(traces, window=0.2)
    assert affinity.estimator == "gradient-cosine"
    assert affinity.orientation == "symmetric"
    assert not affinity.signed
    about = affinity.about
    assert (about["seeds"], about["logs"], about["logs_in_total"]) == (2, 20, 100)
    everything = mean_cosine(traces, window=1.0)
    np.testing.assert_allclose(np.array(about["all_logs"]), everything.values)
    assert about["reliability_of_all_logs"] == pytest.approx(everything.reliability)
    json.dumps(dict(about))


def test_the_order_of_the_tasks_does_not_matter() -> None:
    gram = random_gram()
    order = [3, 1, 4, 0, 2]
    turned = mean_cosine([trace_of(gram[:, order][:, :, order])], window=0.5)
    plain = mean_cosine([trace_of(gram)], window=0.5)
    np.testing.assert_allclose(turned.values, plain.values[np.ix_(order, order)])
