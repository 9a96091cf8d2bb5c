"""Gradients in batches are those of one pass per task, for every encoder."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from auditor.errors import UsageError
from auditor.training.logging.batched_rows import fill_rows
from auditor.training.logging.engine import choose
from tests.sketching import ENCODERS, Logging


@pytest.fixture(params=ENCODERS)
def case(request: pytest.FixtureRequest) -> Logging:
    return Logging(request.param)


@pytest.mark.parametrize("chunk", [1, 2, 5, 32])
def test_rows_in_batches_are_those_of_one_pass_per_task(case: Logging, chunk: int) -> None:
    rows = torch.full_like(case.rows, torch.nan)
    fill_rows(rows, case.embeddings, case.cotangents, case.shared, chunk=chunk, keep=True)
    error = (rows - case.rows).norm(dim=1) / case.rows.norm(dim=1)
    assert float(error.max()) < 1e-5


def test_a_part_of_the_rows_is_that_part(case: Logging) -> None:
    part = slice(37, case.rows.shape[1] - 11)
    rows = torch.full((len(case.rows), part.stop - part.start), torch.nan)
    fill_rows(rows, case.embeddings, case.cotangents, case.shared, part=part, chunk=3)
    error = (rows - case.rows[:, part]).norm(dim=1) / case.rows.norm(dim=1)
    assert float(error.max()) < 1e-5


def test_batches_need_no_slow_path_of_torch(case: Logging) -> None:
    rows = torch.empty_like(case.rows)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fill_rows(rows, case.embeddings, case.cotangents, case.shared)
    assert [str(warning.message) for warning in said] == []


def test_the_graph_is_freed_unless_it_is_kept(case: Logging) -> None:
    rows = torch.empty_like(case.rows)
    fill_rows(rows, case.embeddings, case.cotangents, case.shared, chunk=2)
    with pytest.raises(RuntimeError, match="second time"):
        fill_rows(rows, case.embeddings, case.cotangents, case.shared)


def test_a_parameter_that_the_embeddings_do_not_use_has_a_zero_gradient() -> None:
    case = Logging("ecfp")
    unused = torch.nn.Parameter(torch.ones(7))
    rows = torch.full((len(case.rows), case.rows.shape[1] + 7), torch.nan)
    fill_rows(rows, case.embeddings, case.cotangents, [unused, *case.shared])
    assert (rows[:, :7] == 0).all()
    torch.testing.assert_close(rows[:, 7:], case.rows, rtol=1e-4, atol=1e-6)


def test_a_chunk_below_one_is_refused() -> None:
    case = Logging("ecfp")
    with pytest.raises(UsageError, match="chunk of 0"):
        fill_rows(torch.empty_like(case.rows), case.embeddings, case.cotangents, case.shared, chunk=0)


@pytest.mark.parametrize(
    ("device", "tasks", "options", "engine"),
    [
        ("cpu", 12, {}, "exact"),
        ("cpu", 256, {}, "exact"),
        ("cpu", 257, {}, "sketch"),
        ("cpu", 257, {"directions": 128}, "exact"),
        ("cuda", 12, {}, "exact"),
        ("cuda:1", 617, {}, "exact"),
        ("cuda", 617, {"memory_bytes": 100_000_000}, "sketch"),
    ],
)
def test_the_engine_follows_device_tasks_and_memory(
    device: str, tasks: int, options: dict[str, int], engine: str
) -> None:
    found = choose(device, tasks=tasks, parameters=210_000, **options)
    assert found.engine == engine
    assert str(tasks) in found.reason or device in found.reason


def test_a_choice_among_no_tasks_is_refused() -> None:
    with pytest.raises(UsageError, match="tasks is 0"):
        choose("cpu", tasks=0, parameters=1)


def test_the_graph_convolution_is_that_of_pytorch_geometric() -> None:
    from torch_geometric.nn import GCNConv

    from mtl_audit_gnn.convolution import Convolution

    case = Logging("gcn")
    encoder = case.network.encoder
    assert all(type(convolution) is Convolution for convolution in encoder.convolutions)
    found, row = case.embeddings, case.rows[0]
    for convolution in encoder.convolutions:
        convolution.__class__ = GCNConv
    again = case.forward()
    assert torch.equal(found, again)
    plain = torch.autograd.grad(again, case.shared, case.cotangents[0])
    flat = torch.cat([gradient.flatten() for gradient in plain])
    torch.testing.assert_close(row, flat, rtol=1e-5, atol=1e-7)


def test_the_adjacency_is_symmetric_as_the_neighbour_sum_assumes() -> None:
    from mtl_audit_gnn.models import adjacency

    dense = adjacency(Logging("gcn").batch).to_dense().numpy()
    assert dense.shape[0] > 50
    np.testing.assert_array_equal(dense, dense.T)
