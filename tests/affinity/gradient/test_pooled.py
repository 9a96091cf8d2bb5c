"""Averaged gradients lose the noise of batches; crossing batches loses that of shared compounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.affinity.gradient import pooled
from auditor.affinity.gradient.cross_batch import epoch_products
from auditor.audit.context import AuditContext
from auditor.errors import UsageError
from auditor.training.trace import Trace
from tests.traces import trace_of

T, D = 4, 60


def epochs_of(gradients: Any, logs: int, absent: Any = None) -> Trace:
    """Return the trace of gradients (k, t, d) that came `logs` to an epoch."""
    k = len(gradients)
    absent = np.zeros(gradients.shape[:2], bool) if absent is None else absent
    kept = np.where(absent[:, :, None], 0.0, gradients)
    gram = kept @ kept.transpose(0, 2, 1)
    gram[absent] = np.nan
    gram.transpose(0, 2, 1)[absent] = np.nan
    sums = kept.reshape(-1, logs, *gradients.shape[1:]).sum(axis=1)
    return trace_of(
        gram,
        epochs=np.arange(k) // logs,
        pooled=sums @ sums.transpose(0, 2, 1),
        pooled_epochs=np.arange(k // logs),
    )


def directions(seed: int = 0) -> Any:
    """Return unit expected gradients (t, d), the first two with cosine 0.8, the others at right angles."""
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(D, D)))[0][:T]
    basis[1] = 0.8 * basis[0] + 0.6 * basis[1]
    return basis


def noisy(k: int, *, shared: float, own: float = 1.0, seed: int = 0) -> Any:
    """Return gradients (k, t, d) with noise of each task and noise that tasks 2 and 3 have in common."""
    rng = np.random.default_rng(seed)
    found = directions() + own * rng.normal(size=(k, T, D)) / np.sqrt(D)
    found[:, 2:] += shared * rng.normal(size=(k, 1, D)) / np.sqrt(D)
    return found


class Given(AuditContext):
    """A context whose traces are given."""

    def __init__(self, *traces: Trace, window: float = 1.0) -> None:
        self.given, self.window = traces, window

    def traces(self) -> tuple[Trace, ...]:
        return self.given


def test_crossing_batches_is_free_of_noise_that_tasks_share_in_a_batch() -> None:
    context = Given(epochs_of(noisy(400, shared=2.0), logs=20))
    found = pooled.estimate_split_half(context)
    assert abs(found.values[0, 1] - 0.8) < 0.05
    assert abs(found.values[2, 3]) < 4 * found.standard_error[2, 3] + 0.02
    within = pooled.estimate_accumulated(context)
    assert within.values[2, 3] > 0.1


def test_the_products_are_the_mean_over_all_pairs_of_different_batches() -> None:
    gradients = noisy(6, shared=1.0)
    found = epoch_products([epochs_of(gradients, logs=6)], window=1.0)
    pairs = [(a, b) for a in range(6) for b in range(6) if a != b]
    expected = np.mean([gradients[a] @ gradients[b].T for a, b in pairs], axis=0)
    np.testing.assert_allclose(found.crossed[0], expected, rtol=1e-10)
    assert (found.pairs == 30).all()


def test_absent_tasks_count_only_where_they_are_present() -> None:
    gradients = noisy(5, shared=1.0)
    absent = np.zeros((5, T), bool)
    absent[[0, 3], 2] = True
    absent[:, 3] = True
    found = epoch_products([epochs_of(gradients, 5, absent)], window=1.0)
    pairs = [(a, b) for a in range(5) for b in range(5) if a != b and b not in (0, 3)]
    expected = np.mean([gradients[a, 0] @ gradients[b, 2] for a, b in pairs])
    assert found.crossed[0, 0, 2] == pytest.approx(expected)
    assert found.pairs[0, 0, 2] == len(pairs)
    assert np.isnan(found.crossed[0, 3]).all()


def test_the_standard_error_covers_the_truth() -> None:
    inside, runs = 0, 60
    for seed in range(runs):
        found = pooled.estimate_split_half(Given(epochs_of(noisy(200, shared=1.0, seed=seed), logs=20)))
        inside += abs(found.values[0, 1] - 0.8) < 2.262 * found.standard_error[0, 1]
    assert inside >= 0.86 * runs


def test_a_task_whose_gradient_is_only_noise_is_refused_and_named() -> None:
    gradients = noisy(100, shared=0.0)
    gradients[:, 3] -= directions()[3]
    found = pooled.estimate_split_half(Given(epochs_of(gradients, logs=10)))
    assert found.about["refused"] == ["task-3"]
    assert np.isnan(found.values[3]).all()
    assert np.isfinite(found.values[:3, :3]).all()


def test_one_epoch_gives_no_error_and_no_estimate() -> None:
    found = pooled.estimate_split_half(Given(epochs_of(noisy(10, shared=0.0), logs=10)))
    assert np.isnan(found.values).all()


def test_opposite_expected_gradients_give_minus_one() -> None:
    gradients = noisy(200, shared=0.0)
    gradients[:, 1] = -gradients[:, 0] + np.random.default_rng(1).normal(size=(200, D)) / np.sqrt(D)
    found = pooled.estimate_split_half(Given(epochs_of(gradients, logs=20)))
    assert abs(found.values[0, 1] + 1) < 0.15


def test_accumulated_cosines_approach_the_expected_ones_as_batches_are_added() -> None:
    few = pooled.estimate_accumulated(Given(epochs_of(noisy(200, shared=0.0), logs=2)))
    many = pooled.estimate_accumulated(Given(epochs_of(noisy(200, shared=0.0), logs=50)))
    assert abs(many.values[0, 1] - 0.8) < abs(few.values[0, 1] - 0.8)
    assert (many.count == 4).all()


def test_without_pooled_gradients_there_is_a_clear_error() -> None:
    trace = trace_of(noisy(4, shared=0.0) @ directions().T, pooled=np.empty((0, T, T)))
    bare = Given(Trace(**{**vars(trace), "pooled_epochs": np.empty(0, dtype=np.int64)}))
    with pytest.raises(UsageError, match="no epoch has pooled gradients"):
        pooled.estimate_split_half(bare)
