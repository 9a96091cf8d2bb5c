"""Task gradients recorded in a foreign loop are exact, leave the training alone, and refuse what is unsafe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from auditor.errors import DataError, UsageError
from auditor.training.logging.kept_logs import KeptLogs
from auditor.training.logging.task_gradients import GradientLog

TASKS = ("a", "b", "c")


class Net(nn.Module):
    """A trunk with dropout, a layer that no loss reaches, and a head for three tasks."""

    def __init__(self, kind: torch.dtype = torch.float32) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.trunk = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 4))
            self.unused = nn.Linear(2, 2)
            self.heads = nn.Linear(4, 3)
        self.to(kind)

    def shared(self) -> list[nn.Parameter]:
        return [*self.trunk.parameters(), *self.unused.parameters()]

    def losses(self, x: torch.Tensor) -> torch.Tensor:
        target = torch.stack([x[:, 0], -x[:, 1], x[:, 0] + x[:, 2]], dim=1)
        losses: torch.Tensor = (self.heads(self.trunk(x)) - target).square().mean(dim=0)
        return losses


def inputs(rows: int = 16, seed: int = 1, kind: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(rows, 5, generator=torch.Generator().manual_seed(seed)).to(kind)


def logged(record: Callable[[GradientLog, Net], None], **options: Any) -> GradientLog:
    net = Net()
    log = GradientLog(net.shared(), TASKS, **options)
    record(log, net)
    return log


def gram(log: GradientLog) -> np.ndarray[Any, Any]:
    return log.traces()[0].gram


def reference(losses: list[torch.Tensor], shared: list[nn.Parameter]) -> np.ndarray[Any, Any]:
    rows = [
        torch.cat(
            [
                gradient.reshape(-1)
                for gradient in torch.autograd.grad(
                    loss, shared, retain_graph=True, allow_unused=True, materialize_grads=True
                )
            ]
        )
        for loss in losses
    ]
    return (torch.stack(rows) @ torch.stack(rows).T).numpy()


def test_the_gram_matrix_is_that_of_autograd_in_double_precision() -> None:
    net = Net(torch.float64).eval()
    losses = net.losses(inputs(kind=torch.float64))
    log = GradientLog(iter(net.shared()), TASKS)
    log.record(losses)
    np.testing.assert_allclose(gram(log)[0], reference(list(losses), net.shared()), rtol=1e-12)
    single = Net().eval()
    near = GradientLog(single.shared(), TASKS)
    near.record(single.losses(inputs()))
    np.testing.assert_allclose(gram(near)[0], gram(log)[0], rtol=1e-5, atol=1e-6)


def test_rows_that_do_not_fit_are_worked_through_in_parts() -> None:
    def record(log: GradientLog, net: Net) -> None:
        log.record(net.eval().losses(inputs()))

    def in_parts(log: GradientLog, net: Net) -> None:
        log.buffer.limit = 3 * 7 * 4  # seven entries of three rows
        record(log, net)

    np.testing.assert_allclose(gram(logged(in_parts)), gram(logged(record)), rtol=1e-5, atol=1e-7)


def trained(*, record: bool, accumulate: int = 1) -> tuple[torch.Tensor, torch.Tensor, GradientLog]:
    """Train for some steps; return the parameters, the random state and the log."""
    net = Net().train()
    log = GradientLog(net.shared(), TASKS, every=2, pool=True)
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        for step in range(12):
            losses = net.losses(inputs(seed=step))
            if record:
                log.record(losses, errors=torch.randn(16, 3, generator=torch.Generator().manual_seed(step)))
            (losses.mean() / accumulate).backward()
            if step % accumulate == accumulate - 1:
                optimiser.step()
                optimiser.zero_grad()
        state = torch.random.get_rng_state()
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()]), state, log


@pytest.mark.parametrize("accumulate", [1, 3])
def test_recording_changes_neither_the_training_nor_the_random_state(accumulate: int) -> None:
    plain, plain_state, _ = trained(record=False, accumulate=accumulate)
    weights, state, log = trained(record=True, accumulate=accumulate)
    assert torch.equal(weights, plain)
    assert torch.equal(state, plain_state)
    assert log.traces()[0].steps.tolist() == [0, 2, 4, 6, 8, 10]  # one log per micro-batch that is due


@settings(max_examples=25, deadline=None)
@given(
    factors=st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3), scale=st.sampled_from([1.0, 2.0**16])
)
def test_cosines_do_not_depend_on_the_scale_of_the_losses(factors: list[float], scale: float) -> None:
    net = Net().eval()
    losses = net.losses(inputs())
    log = GradientLog(net.shared(), TASKS)
    log.record(losses)
    log.record(losses * torch.tensor(factors) * scale, scale=scale)
    plain, scaled = gram(log)
    np.testing.assert_allclose(
        scaled / np.outer(factors, factors), plain, rtol=1e-4, atol=1e-5 * np.diag(plain).max()
    )
    np.testing.assert_allclose(log.traces()[0].losses[1], log.traces()[0].losses[0] * factors, rtol=1e-5)


@pytest.mark.parametrize("way", ["counts", "constant NaN", "mapping", "zero"])
def test_an_absent_task_is_nan_and_leaves_the_others_alone(way: str) -> None:
    net = Net().eval()
    losses = net.losses(inputs())
    nan = torch.tensor(float("nan"))
    log = GradientLog(net.shared(), TASKS)
    if way == "counts":
        log.record(losses * torch.tensor([1.0, 0.0, 1.0]), counts=torch.tensor([16, 0, 16]))
    elif way == "constant NaN":
        log.record(torch.stack([losses[0], nan, losses[2]]))
    elif way == "mapping":
        log.record({"c": losses[2], "a": losses[0]})
    else:
        log.record(losses * torch.tensor([1.0, 0.0, 1.0]))
    found = gram(log)[0]
    assert np.isnan(found[1]).all() and np.isnan(found[:, 1]).all()
    np.testing.assert_allclose(found[::2, ::2], reference([losses[0], losses[2]], net.shared()), rtol=1e-4)


def test_a_batch_without_any_label_is_a_log_of_nothing() -> None:
    log = logged(lambda log, net: log.record([float("nan")] * 3))
    assert np.isnan(gram(log)).all() and len(log) == 1


@pytest.mark.parametrize("counted", [True, False])
def test_a_nan_loss_that_would_spoil_the_others_is_refused_with_the_way_out(counted: bool) -> None:
    net = Net()
    counts = torch.tensor([16.0, 0.0, 16.0])
    losses = net.losses(inputs()) * counts / counts  # 0 / 0
    with pytest.raises(UsageError, match="'b' is NaN") as caught:
        GradientLog(net.shared(), TASKS).record(losses, counts=counts if counted else None)
    assert "counts.clamp(min=1)" in caught.value.hint


def test_an_overflow_skips_the_log_and_is_counted() -> None:
    def record(log: GradientLog, net: Net) -> None:
        log.record(net.losses(inputs()) * 1e38 * 1e38, scale=1e38)
        log.record(net.losses(inputs()) * 2.0**10, scale=2.0**10)

    log = logged(record)
    assert (log.skipped, len(log)) == (1, 1)
    assert log.traces()[0].steps.tolist() == [1]


def test_losses_after_backward_are_refused() -> None:
    def record(log: GradientLog, net: Net) -> None:
        losses = net.losses(inputs())
        losses.mean().backward()
        log.record(losses)

    with pytest.raises(UsageError, match="gone") as caught:
        logged(record)
    assert "before backward()" in caught.value.hint


def test_losses_of_parameters_that_a_step_has_changed_are_refused() -> None:
    def record(log: GradientLog, net: Net) -> None:
        losses = net.losses(inputs())
        with torch.no_grad():
            net.heads.weight.add_(1.0)
        log.record(losses)

    with pytest.raises(UsageError, match="gone"):
        logged(record)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (lambda net: net.losses(inputs()).detach(), "no graph"),
        (lambda net: net.losses(inputs())[:2], "for 3 tasks"),
        (lambda net: net.losses(inputs()).mean(), "for 3 tasks"),
        (lambda net: [net.losses(inputs())] * 3, "for 3 tasks"),
        (lambda net: {"d": net.losses(inputs())[0]}, "no task named d"),
        (lambda net: Net().losses(inputs()), "do(es)? not depend|depends"),
    ],
)
def test_what_are_no_losses_of_the_tasks_is_refused(losses: Callable[[Net], Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        logged(lambda log, net: log.record(losses(net)))


def test_counts_and_errors_must_fit_the_tasks() -> None:
    with pytest.raises(UsageError, match="counts of shape"):
        logged(lambda log, net: log.record(net.losses(inputs()), counts=[1, 2]))
    with pytest.raises(UsageError, match="errors of shape"):
        logged(lambda log, net: log.record(net.losses(inputs()), errors=torch.zeros(16, 2)))

    def now_and_then(log: GradientLog, net: Net) -> None:
        log.record(net.losses(inputs()), errors=torch.ones(16, 3))
        log.record(net.losses(inputs()))

    with pytest.raises(UsageError, match="some logs only"):
        logged(now_and_then)


def test_a_log_of_nothing_to_share_is_refused() -> None:
    net = Net().requires_grad_(False)
    with pytest.raises(UsageError, match="no shared parameter"):
        GradientLog(net.shared(), TASKS)
    with pytest.raises(UsageError, match="distinct"):
        GradientLog(Net().shared(), ["a", "a"])
    with pytest.raises(UsageError, match="every is 0"):
        GradientLog(Net().shared(), TASKS, every=0)


def test_frozen_layers_are_left_out_whenever_they_were_frozen() -> None:
    net = Net().eval()
    net.trunk[0].requires_grad_(False)
    before = GradientLog(net.shared(), TASKS)
    net.trunk[0].requires_grad_(True)
    later = GradientLog(net.shared(), TASKS)
    net.trunk[0].requires_grad_(False)
    for log in (before, later):
        log.record(net.losses(inputs()))
    expected = reference(list(net.losses(inputs())), list(net.trunk[3].parameters()))
    np.testing.assert_allclose(gram(before)[0], expected, rtol=1e-4)
    np.testing.assert_allclose(gram(later)[0], expected, rtol=1e-4)


def test_autocast_around_a_record_does_not_round_the_products() -> None:
    net = Net().eval()
    log = GradientLog(net.shared(), TASKS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = net.losses(inputs())
        log.record(losses)
    log.record(losses)
    assert np.array_equal(gram(log)[0], gram(log)[1])


def test_half_precision_and_sparse_gradients_are_taken_in_single_precision() -> None:
    table = nn.Embedding(10, 4, sparse=True)
    outside = nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
    hidden = table(torch.tensor([1, 2, 2])).sum(dim=0) * outside.float()
    log = GradientLog([*table.parameters(), outside], ["a", "b"])
    log.record([hidden[0] + hidden[1], hidden[1]])
    weight = table.weight.detach()
    by_outside = (weight[1] + 2 * weight[2])[1].to(torch.bfloat16).double() ** 2
    assert gram(log)[0, 0, 1] == pytest.approx(1 + 4 + by_outside.item(), rel=1e-5)


def test_pooled_products_are_those_of_the_sum_over_an_epoch() -> None:
    net = Net().eval()
    log = GradientLog(net.shared(), TASKS, pool=True)
    batches = [net.losses(inputs(seed=seed)) for seed in range(3)]
    for losses in batches[:2]:
        log.record(losses * 4, scale=4)
    log.end_epoch()
    log.record(batches[2])
    with pytest.raises(UsageError, match="not closed"):
        log.state_dict()
    log.end_epoch()
    trace = log.traces()[0]
    total = [batches[0][task] + batches[1][task] for task in range(3)]
    np.testing.assert_allclose(trace.pooled[0], reference(total, net.shared()), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(trace.pooled[1], trace.gram[2], rtol=1e-5)
    assert trace.epochs.tolist() == [0, 0, 1] and trace.pooled_epochs.tolist() == [0, 1]


def test_a_log_goes_on_from_its_state() -> None:
    net = Net().eval()
    whole, first = (GradientLog(net.shared(), TASKS, every=2) for _ in range(2))
    for seed in range(3):
        whole.record(net.losses(inputs(seed=seed)))
        first.record(net.losses(inputs(seed=seed)))
    second = GradientLog(net.shared(), TASKS, every=2)
    second.load_state_dict(first.state_dict())
    for log in (whole, second):
        log.record(net.losses(inputs(seed=3)))
        log.record(net.losses(inputs(seed=4)))
    for name, array in whole.state_dict().items():
        assert np.array_equal(array, second.state_dict()[name]), name
    with pytest.raises(UsageError, match="other tasks"):
        GradientLog(net.shared(), ["a", "b", "d"]).load_state_dict(first.state_dict())
    with pytest.raises(DataError, match="not logs"):
        GradientLog(net.shared(), TASKS).load_state_dict({})


def test_merged_logs_are_kept_apart_and_survive_a_state() -> None:
    net = Net().eval()
    logs = [GradientLog(net.shared(), TASKS) for _ in range(3)]
    for seed, log in enumerate(logs):
        log.record(net.losses(inputs(seed=seed)))
    logs[0].merge(logs[1])
    logs[0].merge(logs[2].state_dict())
    again = GradientLog.reading(KeptLogs.of(logs[0].state_dict()))
    for log in (logs[0], again):
        assert [trace.gram.tolist() for trace in log.traces()] == [
            gram(logs[0]).tolist(), gram(logs[1]).tolist(), gram(logs[2]).tolist()
        ]  # fmt: skip
    with pytest.raises(UsageError, match="other tasks"):
        logs[0].merge(GradientLog(net.shared(), ["b", "a", "c"]))
    with pytest.raises(UsageError, match="to be read"):
        again.record(net.losses(inputs()))


def test_logs_beyond_the_room_are_thinned_out_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.training.logging.task_gradients.LOG_BYTES", 4 * 2 * 9 * 8)  # four logs
    net = Net().eval()
    log = GradientLog(net.shared(), TASKS, pool=True)
    for step in range(18):
        log.record(net.losses(inputs(seed=step)))
    trace = log.traces()[0]
    assert trace.steps.tolist() == [0, 8, 16] and trace.every == 8
    assert trace.scheduled == len(trace.steps)
    log.end_epoch()
    assert log.traces()[0].pooled.shape == (
        0,
        3,
        3,
    )  # an epoch of which logs are gone has no crosswise mean
