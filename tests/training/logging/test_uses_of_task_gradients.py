"""Recording in the loops that people write: half precision with a scaler, micro-batches, checkpointing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from auditor.errors import UsageError
from auditor.training.logging.task_gradients import GradientLog

TASKS = ("a", "b", "c")
STEPS = 12


class Net(nn.Module):
    """A trunk and a head for three tasks; the trunk's activations may be computed again on the way back."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.trunk = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 8))
            self.heads = nn.Linear(8, 3)

    def terms(self, x: torch.Tensor, trunk: Callable[[torch.Tensor], torch.Tensor] | None = None) -> Any:
        """Return the loss of every row and task (b, 3), in single precision as autocast wants it."""
        target = torch.stack([x[:, 0], -x[:, 1], x[:, 0] + x[:, 2]], dim=1)
        return (self.heads((trunk or self.trunk)(x)).float() - target).square()


@dataclass(frozen=True)
class Run:
    """What a training left: its weights, the random state, the scales, and what was logged."""

    weights: torch.Tensor
    state: torch.Tensor
    scales: tuple[float, ...]
    log: GradientLog


def inputs(step: int, rows: int = 16) -> torch.Tensor:
    return torch.randn(rows, 5, generator=torch.Generator().manual_seed(step))


def in_half(kind: torch.dtype, *, record: str, first_scale: float = 1.0) -> Run:
    """Train in mixed precision with a scaler; record the losses before or after they are scaled, or not."""
    net = Net().train()
    log = GradientLog(net.trunk.parameters(), TASKS)
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    scaler = torch.amp.GradScaler("cpu", init_scale=first_scale, growth_interval=4)
    scales = []
    with torch.random.fork_rng():
        torch.manual_seed(3)
        for step in range(STEPS):
            with torch.autocast("cpu", dtype=kind):
                losses = net.terms(inputs(step)).mean(dim=0)
            if record == "before":
                log.record(losses)
            scaled = scaler.scale(losses)
            if record == "after":
                log.record(scaled, scale=scaler.get_scale())
            optimiser.zero_grad()
            scaled.mean().backward()
            scaler.step(optimiser)
            scaler.update()
            scales.append(scaler.get_scale())
        state = torch.random.get_rng_state()
    weights = torch.cat([parameter.detach().flatten() for parameter in net.parameters()])
    return Run(weights, state, tuple(scales), log)


def cosines(log: GradientLog) -> Any:
    gram = log.traces()[0].gram
    norms = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    return gram / (norms[:, :, None] * norms[:, None, :])


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("record", ["before", "after"])
def test_mixed_precision_with_a_scaler_is_left_alone(kind: torch.dtype, record: str) -> None:
    plain, recorded = (in_half(kind, record=how, first_scale=256.0) for how in ("no", record))
    assert torch.equal(plain.weights, recorded.weights) and torch.equal(plain.state, recorded.state)
    assert plain.scales == recorded.scales and len(set(plain.scales)) > 1  # the scaler did grow
    assert len(recorded.log) == STEPS and recorded.log.skipped == 0


def test_scaled_losses_give_the_products_of_those_before_the_scaler() -> None:
    before, after = (
        in_half(torch.float16, record=how, first_scale=256.0).log for how in ("before", "after")
    )
    first, second = before.traces()[0], after.traces()[0]
    np.testing.assert_allclose(second.gram, first.gram, rtol=0.02)
    np.testing.assert_allclose(second.losses, first.losses, rtol=1e-6)


def test_half_precision_gives_the_cosines_of_single_precision() -> None:
    single, half = Net().eval(), Net().eval()
    logs = [GradientLog(net.trunk.parameters(), TASKS) for net in (single, half)]
    for step in range(4):
        logs[0].record(single.terms(inputs(step)).mean(dim=0))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            losses = half.terms(inputs(step)).mean(dim=0)
        logs[1].record(losses)
    assert np.abs(cosines(logs[0]) - cosines(logs[1])).max() < 0.02
    assert not np.array_equal(cosines(logs[0]), cosines(logs[1]))  # half precision was used at all


def test_no_step_that_the_scaler_skipped_is_in_the_logs() -> None:
    run = in_half(torch.float16, record="after", first_scale=2.0**22)
    scales = zip((2.0**22, *run.scales), run.scales, strict=False)
    skipped = {step for step, (before, now) in enumerate(scales) if now < before}
    assert 0 < len(skipped) <= run.log.skipped < STEPS
    assert not skipped & set(run.log.traces()[0].steps.tolist())
    assert len(run.log) + run.log.skipped == STEPS


def test_the_sum_over_micro_batches_is_the_gradient_of_the_step() -> None:
    """Of a loss that is a sum, the pooled products of the micro-batches of a step are those of its batch."""
    net, x = Net().eval(), inputs(0, rows=48)
    parts, whole = (GradientLog(net.trunk.parameters(), TASKS, pool=pool) for pool in (True, False))
    for part in x.split(16):
        parts.record(net.terms(part).sum(dim=0))
    parts.end_epoch()
    whole.record(net.terms(x).sum(dim=0))
    np.testing.assert_allclose(parts.traces()[0].pooled[0], whole.traces()[0].gram[0], rtol=1e-5)
    assert len(parts) == 3


def test_a_task_that_is_absent_in_some_micro_batches_is_logged_in_the_others() -> None:
    net = Net().eval()
    log = GradientLog(net.trunk.parameters(), TASKS)
    for step in range(4):
        losses = dict(zip(TASKS, net.terms(inputs(step)).mean(dim=0), strict=True))
        if step % 2:
            del losses["b"]
        log.record(losses)
    there = np.isfinite(log.traces()[0].gram[:, 1, 0])
    assert there.tolist() == [True, False, True, False]


def test_activations_that_are_computed_again_give_the_same_products() -> None:
    net = Net().train()

    def again(x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = checkpoint(net.trunk, x, use_reentrant=False)
        return found

    logs = []
    for trunk in (None, again):
        with torch.random.fork_rng():
            torch.manual_seed(1)  # the dropout mask is drawn once, and kept for the way back
            log = GradientLog(net.trunk.parameters(), TASKS)
            log.record(net.terms(inputs(0), trunk).mean(dim=0))
        logs.append(log.traces()[0].gram)
    assert np.array_equal(*logs)


def test_checkpointing_that_hides_layers_is_refused_with_the_way_out() -> None:
    """Autograd gives nothing for the layers inside: their gradients would be taken for 0."""
    net = Net().eval()

    def again(x: torch.Tensor) -> torch.Tensor:
        hidden = net.trunk[:3](x)
        found: torch.Tensor = checkpoint(net.trunk[3], hidden, use_reentrant=True)
        return found

    log = GradientLog(net.trunk.parameters(), TASKS)
    with pytest.raises(UsageError, match="checkpoint") as caught:
        log.record(net.terms(inputs(0), again).mean(dim=0))
    assert "use_reentrant=False" in caught.value.hint
