"""The heads are separate networks in one product; the loss is the masked mean of the paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from auditor.errors import PluginError
from auditor.training.heads import HIDDEN, MultiTaskHeads
from auditor.training.loss import masked_losses, target_table, total_loss
from auditor.training.network import Network
from mtl_audit_gnn.models import gcn
from tests.networks import benchmark_of, random_table


def embeddings(b: int, h: int) -> torch.Tensor:
    return torch.randn(b, h, generator=torch.Generator().manual_seed(3))


def separate(heads: MultiTaskHeads, task: int) -> nn.Sequential:
    """Return one head as a network of its own, with the same parameters."""
    one = nn.Sequential(
        nn.Linear(heads.first.in_features, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1)
    )
    part = slice(task * HIDDEN, (task + 1) * HIDDEN)
    with torch.no_grad():
        one[0].weight.copy_(heads.first.weight[part])
        one[0].bias.copy_(heads.first.bias[part])
        one[1].weight.copy_(heads.norm.weight[part])
        one[1].bias.copy_(heads.norm.bias[part])
        one[3].weight.copy_(heads.last_weight[task][None])
        one[3].bias.copy_(heads.last_bias[task])
    return one


def test_the_default_network_has_the_size_of_the_paper() -> None:
    assert sum(p.numel() for p in MultiTaskHeads(1, 256, seed=0).parameters()) == 33_281
    network = Network(gcn, 12, seed=0)
    assert sum(p.numel() for p in network.parameters()) == 608_524


def test_an_encoder_that_is_no_module_is_refused() -> None:
    with pytest.raises(PluginError, match="not a torch"):
        Network(lambda seed: object(), 2, seed=0)  # type: ignore[arg-type]


@pytest.mark.parametrize("training", [True, False])
def test_the_batched_heads_equal_separate_networks(training: bool) -> None:
    heads = MultiTaskHeads(5, 16, seed=0)
    heads.dropout.threshold = 0
    heads.train(training)
    with torch.no_grad():
        heads.norm.weight.uniform_(0.5, 2, generator=torch.Generator().manual_seed(1))
    z = embeddings(9, 16)
    out = heads(z)
    assert out.shape == (9, 5)
    for task in range(5):
        one = separate(heads, task).train(training)
        torch.testing.assert_close(out[:, [task]], one(z), rtol=1e-4, atol=1e-5)


def test_a_task_moves_no_other_task_s_head() -> None:
    heads = MultiTaskHeads(3, 8, seed=0)
    heads(embeddings(6, 8))[:, 1].sum().backward()
    gradient = heads.first.weight.grad
    assert gradient is not None
    by_task = gradient.view(3, HIDDEN, 8)
    assert by_task[1].abs().max() > 0
    assert (by_task[[0, 2]] == 0).all()


def test_heads_of_one_seed_are_equal_and_leave_the_global_state_alone() -> None:
    before = torch.get_rng_state()
    first, same, other = (MultiTaskHeads(2, 8, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.first.weight, same.first.weight)
    assert not torch.equal(first.first.weight, other.first.weight)


def loop_loss(outputs: torch.Tensor, labels: Any, kinds: Any) -> list[float]:
    """Equation (1), one label at a time."""
    losses = []
    for task, kind in enumerate(kinds):
        terms = []
        for output, label in zip(outputs[:, task], labels[:, task], strict=True):
            if not np.isnan(label):
                value = torch.tensor(label, dtype=torch.float32)
                terms.append(
                    functional.binary_cross_entropy_with_logits(output, value)
                    if kind == "classification"
                    else (output - value) ** 2
                )
        losses.append(float(sum(terms) / len(terms)) if terms else 0.0)
    return losses


@pytest.mark.parametrize(
    "kinds",
    [("classification",) * 4, ("regression",) * 4, ("regression", "classification") * 2],
)
def test_the_loss_of_a_task_is_the_mean_over_its_labels(kinds: Any) -> None:
    labels = random_table(40, 4, seed=0)
    labels[:30, 2] = np.nan  # absent from the batch
    benchmark = benchmark_of(labels, kinds)
    table = target_table(benchmark, np.arange(40))
    batch = torch.randperm(30, generator=torch.Generator().manual_seed(0))[:16]
    outputs = embeddings(16, 4)
    losses, counts = masked_losses(outputs, table.batch(batch))
    seen = labels.copy()
    for task, kind in enumerate(kinds):
        if kind == "regression":
            measured = labels[~np.isnan(labels[:, task]), task]
            seen[:, task] = (labels[:, task] - measured.mean()) / measured.std()
    expected = loop_loss(outputs, seen[batch.numpy()], kinds)
    np.testing.assert_allclose(losses.numpy(), expected, rtol=1e-5, atol=1e-6)
    assert counts.tolist() == (~np.isnan(labels[batch.numpy()])).sum(axis=0).tolist()
    assert float(total_loss(losses, counts)) == pytest.approx(np.mean(np.delete(expected, 2)), rel=1e-5)


def test_a_batch_without_any_label_costs_nothing() -> None:
    benchmark = benchmark_of([[np.nan, np.nan], [1, 0], [0, 1]])
    targets = target_table(benchmark, np.arange(3)).batch(torch.tensor([0]))
    losses, counts = masked_losses(torch.ones(1, 2, requires_grad=True), targets)
    assert counts.tolist() == [0, 0]
    assert total_loss(losses, counts).item() == 0


def test_an_unmeasured_label_has_no_gradient() -> None:
    labels = random_table(12, 3, seed=1, measured=0.5)
    targets = target_table(benchmark_of(labels), np.arange(12)).batch(torch.arange(12))
    outputs = torch.zeros(12, 3, requires_grad=True)
    total_loss(*masked_losses(outputs, targets)).backward()
    assert outputs.grad is not None
    assert torch.equal(outputs.grad != 0, torch.from_numpy(~np.isnan(labels)))


def test_regression_labels_are_standardised_by_training_compounds_alone() -> None:
    labels = np.array([[1.0], [3.0], [5.0], [100.0]])
    table = target_table(benchmark_of(labels, ["regression"]), np.array([0, 1, 2]))
    values = table.batch(torch.arange(4)).values.flatten()
    spread = np.std([1, 3, 5])
    np.testing.assert_allclose(values, [-2 / spread, 0, 2 / spread, 97 / spread], rtol=1e-6)


def test_a_constant_regression_task_is_centred() -> None:
    table = target_table(benchmark_of([[7.0], [7.0]], ["regression"]), np.arange(2))
    assert table.batch(torch.arange(2)).values.tolist() == [[0], [0]]


def test_labels_of_a_task_without_training_labels_are_left_out() -> None:
    labels = np.array([[1.0, np.nan], [0.0, np.nan], [1.0, 300.0]])
    kinds = ["classification", "regression"]
    table = target_table(benchmark_of(labels, kinds), np.array([0, 1]))
    assert table.batch(torch.arange(3)).measured.tolist() == [[1, 0], [1, 0], [1, 0]]
