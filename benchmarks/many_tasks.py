"""One training on hundreds of tasks, and the ways to get the inner products of its gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from auditor.training.logging.batched_rows import fill_rows
from auditor.training.logging.sketch import project
from auditor.training.loss import masked_losses, target_table, total_loss
from auditor.training.network import Network

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.loss import Targets


def steps_of(benchmark: Benchmark, steps: int) -> Iterator[tuple[Network, torch.Tensor, Targets]]:
    """Train: yield the network, a batch's embeddings and labels; the caller leaves gradients."""
    from auditor.training.features import pack_features
    from mtl_audit_gnn.models import gcn

    network = Network(gcn, benchmark.t, seed=0)
    network.train()
    packed: Any = pack_features(network.encoder, benchmark.smiles)
    labels = target_table(benchmark, np.arange(benchmark.n))
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
    order = torch.Generator().manual_seed(0)
    for _ in range(steps):
        compounds = torch.randperm(benchmark.n, generator=order)[:32]
        optimiser.zero_grad()
        yield network, network.encoder(packed.batch(compounds)), labels.batch(compounds)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()


def cotangents_of(
    network: Network, embeddings: torch.Tensor, targets: Targets
) -> tuple[torch.Tensor, NDArray[np.int64]]:
    """Return the cotangents (p, b, h) of the tasks with a label in the batch, and these tasks (p,)."""
    heads = network.heads
    state = heads.dropout.generator.get_state()
    statistics = [buffer.clone() for buffer in heads.norm.buffers()]
    hidden = heads.first(embeddings.detach())
    losses, counts = masked_losses(heads.finish(hidden), targets)
    (by_hidden,) = torch.autograd.grad(total_loss(losses, counts), [hidden])
    heads.dropout.generator.set_state(state)  # the exact log draws the same masks again
    for buffer, value in zip(heads.norm.buffers(), statistics, strict=True):
        buffer.copy_(value)
    present = torch.nonzero(counts > 0).flatten()
    return heads.cotangents(by_hidden)[present] * len(present), present.numpy()


def batched_rows(
    embeddings: torch.Tensor, cotangents: torch.Tensor, shared: Any, *, keep: bool
) -> torch.Tensor:
    """Return the exact gradients (p, d), in chunks of tasks."""
    rows = cotangents.new_empty(len(cotangents), sum(parameter.numel() for parameter in shared))
    fill_rows(rows, embeddings, cotangents, shared, keep=keep)
    return rows


def sketched(
    embeddings: torch.Tensor, cotangents: torch.Tensor, shared: Any, seed: int, directions: int
) -> NDArray[np.float64]:
    """Return the inner products (p, p) of the gradients, estimated along random directions."""
    y = project(embeddings, cotangents, shared, seed=seed, directions=directions).double()
    return (y @ y.T / directions).numpy()


def count_sketched(rows: torch.Tensor, buckets: int, *, seed: int) -> NDArray[np.float64]:
    """Return the Gram matrix of rows whose entries were added up, with random signs, in buckets."""
    generator = torch.Generator().manual_seed(seed)
    length = rows.shape[1]
    bucket = torch.randint(buckets, (length,), generator=generator)
    sign = torch.randint(2, (length,), generator=generator).float() * 2 - 1
    small = rows.new_zeros(len(rows), buckets).index_add_(1, bucket, rows * sign).double()
    return (small @ small.T).numpy()


def spread(products: NDArray[np.float64], present: NDArray[np.int64], t: int = 617) -> NDArray[np.float64]:
    """Return the (t, t) matrix with NaN for tasks that are absent."""
    gram = np.full((t, t), np.nan)
    gram[np.ix_(present, present)] = products
    return gram
