"""A log measures what it says, on the steps that are needed, and changes nothing in the training."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from auditor.affinity.gradient.cosine import affinity_of
from auditor.affinity.gradient.tag import first_order
from auditor.errors import UsageError
from auditor.training.config import TrainingConfig
from auditor.training.features import pack_features
from auditor.training.logging.recorder import Recorder
from auditor.training.loss import masked_losses, output_errors, target_table
from auditor.training.network import Network
from auditor.training.trace import Trace
from auditor.training.train import train
from tests.networks import SMALL, benchmark_of, random_table, split_of
from tests.trained_networks import WithoutKinks, trace_in_double_precision

SHORT = TrainingConfig(epochs=3, batch_size=8, log_every=2)
TINY = benchmark_of(random_table(60, 4, seed=0))
ENCODERS = pytest.mark.parametrize("name", SMALL)


def trace(config: TrainingConfig = SHORT, name: str = "ecfp") -> Trace:
    return train(TINY, split_of(TINY), SMALL[name], config, seed=0).trace()


@ENCODERS
def test_looking_ahead_changes_nothing_in_the_training(name: str) -> None:
    plain, ahead = trace(name=name), trace(replace(SHORT, measures="lookahead"), name)
    assert ahead.gram.tobytes() == plain.gram.tobytes()
    assert ahead.validation_loss == plain.validation_loss
    assert ahead.lookahead.shape == plain.gram.shape
    assert plain.lookahead.shape == (0, 4, 4)


@ENCODERS
def test_a_short_look_ahead_is_its_first_order_term(name: str) -> None:
    left = []
    with WithoutKinks():
        for length in (1e-4, 1e-6):
            config = replace(SHORT, measures="lookahead", lookahead_lr=length)
            far = trace_in_double_precision(TINY, name, config)
            linear = first_order(far)
            both = np.isfinite(far.lookahead)
            assert np.array_equal(both, np.isfinite(linear))
            left.append(np.abs(far.lookahead - linear)[both].max() / np.abs(linear[both]).max())
    assert left[1] < 5e-4
    assert left[1] == pytest.approx(left[0] / 100, rel=0.1)  # what is not linear falls with the step


def test_errors_are_the_derivatives_of_the_loss_by_the_outputs() -> None:
    benchmark = benchmark_of(random_table(40, 3, seed=1), ("classification", "regression", "regression"))
    targets = target_table(benchmark, np.arange(40)).batch(torch.arange(40))
    outputs = torch.randn(40, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    losses, counts = masked_losses(outputs, targets)
    (slopes,) = torch.autograd.grad((losses * counts).sum(), outputs)
    torch.testing.assert_close(output_errors(outputs, targets), slopes)


def test_logging_errors_alone_gives_the_errors_that_logging_gradients_gives() -> None:
    errors, gradients = (
        trace_in_double_precision(TINY, "ecfp", config)
        for config in (replace(SHORT, measures="errors"), SHORT)
    )
    assert errors.gram.shape == (0, 4, 4)
    assert np.array_equal(errors.steps, gradients.steps)
    np.testing.assert_allclose(errors.errors, gradients.errors, rtol=1e-9)


def test_losses_of_absent_tasks_are_nan() -> None:
    table = random_table(60, 3, seed=0)
    table[:, 1] = np.nan
    table[:3, 1] = 1.0
    sparse = benchmark_of(table)
    found = train(sparse, split_of(sparse), SMALL["ecfp"], SHORT, seed=0).trace()
    assert np.array_equal(np.isnan(found.losses), found.labels == 0)
    assert np.isnan(found.losses[:, 1]).any()


def test_pooled_products_are_those_of_the_summed_gradients() -> None:
    steps = math.ceil(len(split_of(TINY).train) / SHORT.batch_size)
    single = trace(replace(SHORT, log_every=steps))  # one log per epoch: its sum is itself
    np.testing.assert_allclose(single.pooled, single.gram, rtol=1e-5, atol=1e-9)
    assert np.array_equal(single.pooled_epochs, single.epochs)
    every = trace(replace(SHORT, log_every=1))
    totals = np.sqrt(np.diagonal(every.pooled, axis1=1, axis2=2))  # (e, t)
    norms = np.sqrt(np.nan_to_num(np.diagonal(every.gram, axis1=1, axis2=2)))  # (k, t)
    for place, epoch in enumerate(every.pooled_epochs):
        longest = norms[every.epochs == epoch].sum(axis=0)
        assert (totals[place] <= longest * (1 + 1e-5)).all()
        assert (totals[place] < longest * 0.999).any()


def test_rows_beyond_the_limit_are_not_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.training.logging.recorder.ROW_BYTES", 100)
    assert trace().pooled.shape == (0, 4, 4)


def test_a_lookahead_without_rows_is_refused() -> None:
    network = Network(SMALL["ecfp"], 4, seed=0)
    packed = pack_features(network.encoder, TINY.smiles)
    recorder = Recorder(network, replace(SHORT, measures="lookahead"), seed=0)
    recorder.buffer.limit = 100
    targets = target_table(TINY, np.arange(TINY.n)).batch(torch.arange(20))
    with pytest.raises(UsageError, match="too large"):
        recorder.step(packed.batch(torch.arange(20)), targets, step=0, epoch=0, end=3)


@given(
    improves=st.lists(st.booleans(), min_size=40, max_size=40),
    epochs=st.integers(1, 40),
    patience=st.integers(1, 30),
    window=st.floats(0.05, 1.0),
    per_epoch=st.integers(1, 7),
)
def test_no_log_that_the_window_needs_is_left_out(
    improves: list[bool], epochs: int, patience: int, window: float, per_epoch: int
) -> None:
    config = TrainingConfig(epochs=epochs, patience=patience, log_window=window, log_every=1)
    logged, best, done = [], 0, 0
    while done < epochs and not (done > 0 and done - 1 - best >= patience):
        end = config.earliest_end(done, best)
        if config.in_window(done, end):
            logged += range(done * per_epoch, (done + 1) * per_epoch)
        best = done if improves[done] else best
        done += 1
    total = done * per_epoch
    needed = range(total - math.ceil(window * total), total)
    assert set(needed) <= set(logged)


def test_a_window_saves_the_logs_that_it_does_not_need() -> None:
    config = replace(SHORT, epochs=10, patience=10, log_window=0.2)
    windowed, whole = trace(config), trace(replace(config, log_window=1.0))
    assert len(windowed.steps) < 0.45 * len(whole.steps)
    assert windowed.scheduled == whole.scheduled == len(whole.steps)
    last = whole.last(0.2)
    assert set(whole.steps[last]) <= set(windowed.steps)
    assert np.array_equal(windowed.steps[windowed.last(0.2)], whole.steps[last])


@pytest.mark.parametrize("window", [0.0, -1.0, 1.1])
def test_an_impossible_window_is_refused(window: float) -> None:
    with pytest.raises(UsageError):
        trace().last(window)


def test_a_sketched_training_estimates_what_an_exact_one_measures_and_learns_the_same() -> None:
    config = replace(SHORT, epochs=6, log_every=1)
    exact, sketched = (
        trace_in_double_precision(TINY, "ecfp", found)
        for found in (config, replace(config, engine="sketch", directions=256))
    )
    assert exact.directions is None
    assert sketched.directions == 256
    assert sketched.pooled.shape == (0, 4, 4)
    np.testing.assert_allclose(sketched.losses, exact.losses, rtol=1e-9)
    found = affinity_of([sketched], window=1.0)
    expected = affinity_of([exact], window=1.0)
    off = ~np.eye(4, dtype=bool)
    error = found.about["sketch_error"]
    assert 0 < error < 0.05
    assert np.abs(found.values - expected.values)[off].max() < 5 * error
    assert "sketch_error" not in expected.about


def test_a_sketch_is_the_same_bytes_again() -> None:
    config = replace(SHORT, engine="sketch", directions=16)
    assert trace(config).gram.tobytes() == trace(config).gram.tobytes()


def test_many_tasks_are_sketched_unless_exact_gradients_are_asked_for() -> None:
    network = Network(SMALL["ecfp"], 80, seed=0)
    few = replace(SHORT, directions=16)
    assert Recorder(network, few, seed=0).sketched
    assert not Recorder(network, SHORT, seed=0).sketched
    assert not Recorder(network, replace(few, engine="exact"), seed=0).sketched
    assert not Recorder(network, replace(few, measures="lookahead"), seed=0).sketched
