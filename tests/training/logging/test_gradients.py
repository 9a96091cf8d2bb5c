"""The Gram matrix is that of the plain gradients, and logging changes nothing in the training."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

from auditor.training.features import pack_features
from auditor.training.logging.gradients import RowBuffer, backward, logged_backward
from auditor.training.loss import masked_losses, target_table
from auditor.training.network import Network
from tests.networks import SMALL, benchmark_of, random_table

ENCODERS = pytest.mark.parametrize("name", SMALL)


class Case:
    """A network in train mode and one batch, run as often as wanted with the same dropout masks."""

    def __init__(self, name: str, labels: Any = None) -> None:
        labels = random_table(40, 5, seed=0) if labels is None else labels
        benchmark = benchmark_of(labels)
        self.network = Network(SMALL[name], benchmark.t, seed=1)
        packed = pack_features(self.network.encoder, benchmark.smiles)
        self.batch = packed.batch(torch.arange(24))
        self.targets = target_table(benchmark, np.arange(benchmark.n)).batch(torch.arange(24))
        self.shared = self.network.shared
        self.start = copy.deepcopy(self.network.state_dict())

    def forward(self) -> torch.Tensor:
        """Return the embeddings, after the dropout generators were set back."""
        self.network.load_state_dict(self.start)
        self.network.zero_grad()
        embeddings: torch.Tensor = self.network.encoder(self.batch)
        return embeddings

    def plain_rows(self) -> torch.Tensor:
        """Return one gradient per task (t, d), by one pass through the whole network each."""
        embeddings = self.forward()
        outputs = self.network.heads(embeddings)
        losses, _ = masked_losses(outputs, self.targets)
        rows = []
        for loss in losses:
            parts = torch.autograd.grad(loss, self.shared, retain_graph=True)
            rows.append(torch.cat([part.flatten() for part in parts]).double())
        return torch.stack(rows)

    def log(self, limit: int = 1 << 30) -> Any:
        return logged_backward(
            self.network.heads, self.forward(), self.targets, self.shared, RowBuffer(limit)
        )

    def gradients(self) -> dict[str, torch.Tensor]:
        return {
            name: parameter.grad.clone()
            for name, parameter in self.network.named_parameters()
            if parameter.grad is not None
        }


def assert_same_gram(found: Any, expected: Any) -> None:
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_array_less(np.abs(found - expected) / scale, 1e-5)


@ENCODERS
def test_the_gram_matrix_is_that_of_one_pass_per_task(name: str) -> None:
    case = Case(name)
    rows = case.plain_rows()
    logged = case.log()
    assert logged.gram.dtype == np.float64
    assert_same_gram(logged.gram, (rows @ rows.T).numpy())
    assert np.array_equal(logged.gram, logged.gram.T)


@ENCODERS
def test_working_through_the_parameters_in_parts_gives_the_same_matrix(name: str) -> None:
    case = Case(name)
    whole = case.log()
    gradients = case.gradients()
    parts = case.log(limit=5 * 4 * 700)  # 700 of the parameters at a time
    assert_same_gram(parts.gram, whole.gram)
    torch.testing.assert_close(case.gradients(), gradients)


@ENCODERS
def test_a_logged_step_leaves_the_gradients_of_a_plain_step(name: str) -> None:
    case = Case(name)
    losses, counts = backward(case.network.heads, case.forward(), case.targets)
    plain = case.gradients()
    logged = case.log()
    found = case.gradients()
    assert found.keys() == plain.keys()
    for label, gradient in plain.items():
        torch.testing.assert_close(found[label], gradient, rtol=1e-4, atol=1e-6, msg=label)
    assert torch.equal(logged.losses, losses)
    assert torch.equal(logged.counts, counts)


def test_a_task_without_a_label_in_the_batch_is_nan_not_zero() -> None:
    labels = random_table(40, 4, seed=0)
    labels[:24, 2] = np.nan
    gram = Case("ecfp", labels).log().gram
    assert np.isnan(gram[2]).all()
    assert np.isnan(gram[:, 2]).all()
    others = [0, 1, 3]
    assert np.isfinite(gram[np.ix_(others, others)]).all()


def test_a_vanishing_gradient_is_nan() -> None:
    case = Case("ecfp")
    with torch.no_grad():
        case.network.heads.last_weight[1] = 0
    case.start = copy.deepcopy(case.network.state_dict())
    gram = case.log().gram
    assert np.isnan(gram[1]).all()
    assert np.isfinite(gram[0, 2])


def test_a_batch_without_any_label_logs_nan_and_moves_nothing() -> None:
    labels = random_table(40, 3, seed=0)
    labels[:24] = np.nan
    case = Case("ecfp", labels)
    assert np.isnan(case.log().gram).all()
    assert all((gradient == 0).all() for gradient in case.gradients().values())


def test_the_row_buffer_is_reused() -> None:
    buffer = RowBuffer()
    first = buffer.take(3, 10, torch.empty(0))
    assert buffer.take(2, 12, torch.empty(0)).data_ptr() == first.data_ptr()
