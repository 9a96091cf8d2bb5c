"""Every label's gradient is that of its compound alone, for every encoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from auditor.affinity.probe import per_sample
from auditor.affinity.probe.per_sample import cell_gradients, head_slopes, outputs_of, training_cells
from auditor.source.rows import Kind
from auditor.training.trained import Trained
from tests.networks import SMALL, benchmark_of
from tests.trained_networks import in_double_precision, trained_network

ENCODERS = pytest.mark.parametrize("name", SMALL)


def gradients_of(trained: Trained) -> torch.Tensor:
    return torch.cat([rows.clone() for _, rows in cell_gradients(trained, training_cells(trained))])


def plain(trained: Trained, company: list[int]) -> torch.Tensor:
    """Return the same gradients by one pass through the whole network each, in a batch of several."""
    cells, rows = training_cells(trained), []
    for compound, task in zip(cells.compounds, cells.tasks, strict=True):
        outputs = trained.network(trained.packed.batch(torch.tensor([*company, int(compound)])))
        parts = torch.autograd.grad(outputs[-1, task], trained.network.shared)
        rows.append(torch.cat([part.flatten() for part in parts]))
    return torch.stack(rows)


@ENCODERS
def test_gradients_are_those_of_one_compound_after_the_other(name: str) -> None:
    trained = trained_network(name)
    torch.testing.assert_close(gradients_of(trained), plain(trained, []), rtol=1e-5, atol=1e-6)


@ENCODERS
def test_other_compounds_in_the_batch_change_no_gradient(name: str) -> None:
    trained = in_double_precision(trained_network(name))  # a batch is rounded otherwise: no ReLU may flip
    found, expected = gradients_of(trained), plain(trained, [3, 7]).float()
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = trained_network()
    whole = gradients_of(trained)
    monkeypatch.setattr(per_sample, "CHUNK_BYTES", 4 * whole.shape[1] * 3)
    assert torch.equal(gradients_of(trained), whole)


def test_only_labels_of_training_compounds_count_and_each_once() -> None:
    trained = trained_network()
    cells = training_cells(trained)
    dense = trained.benchmark.labels.dense(trained.split.train)
    assert len(cells) == np.isfinite(dense).sum() < dense.size
    assert set(cells.compounds) <= set(trained.split.train)
    place = np.searchsorted(trained.split.train, cells.compounds)
    assert np.array_equal(dense[place, cells.tasks], cells.labels)
    assert (np.diff(cells.compounds) >= 0).all()


def test_regression_labels_are_standardised() -> None:
    table = np.random.default_rng(0).normal(50, 9, size=(40, 2))
    kinds: tuple[Kind, Kind] = ("regression", "regression")
    labels = training_cells(trained_network(benchmark=benchmark_of(table, kinds))).labels
    assert abs(labels.mean()) < 1e-5
    assert labels.std() == pytest.approx(1, abs=1e-5)


def test_slopes_are_the_heads_derivatives() -> None:
    trained = trained_network()
    heads = trained.network.heads
    at = torch.randn(5, trained.network.encoder.width, generator=torch.Generator().manual_seed(0))
    found = head_slopes(trained.network, at)
    for task in range(4):
        point = at.clone().requires_grad_()
        (slope,) = torch.autograd.grad(heads(point)[:, task].sum(), point)
        torch.testing.assert_close(found[:, task], slope)


def test_outputs_are_the_networks() -> None:
    trained = trained_network()
    cells = training_cells(trained)
    found = outputs_of(trained, cells)
    at = int(cells.compounds[5])
    alone = trained.network(trained.packed.batch(torch.tensor([at])))[0, int(cells.tasks[5])]
    assert found[5] == pytest.approx(float(alone.detach()), abs=1e-5)
