"""A network in training and one batch, with its exact gradient rows."""

from __future__ import annotations

import copy

import numpy as np
import torch

from auditor.training.features import pack_features
from auditor.training.loss import masked_losses, target_table, total_loss
from auditor.training.network import Network
from tests.networks import SMALL, benchmark_of, random_table

ENCODERS = tuple(SMALL)
BATCH = 24


class Logging:
    """One training forward with dropout, the tasks' cotangents and their rows (p, d), one pass each."""

    def __init__(self, name: str, *, tasks: int = 6) -> None:
        self.name = name
        benchmark = benchmark_of(random_table(40, tasks, seed=0))
        self.network = Network(SMALL[name], benchmark.t, seed=1)
        packed = pack_features(self.network.encoder, benchmark.smiles)
        self.batch = packed.batch(torch.arange(BATCH))
        self.targets = target_table(benchmark, np.arange(benchmark.n)).batch(torch.arange(BATCH))
        self.shared = self.network.shared
        self.start = copy.deepcopy(self.network.state_dict())
        self.embeddings = self.forward()
        self.cotangents = self._cotangents()
        self.rows = torch.stack([self._row(cotangent) for cotangent in self.cotangents])

    def forward(self) -> torch.Tensor:
        """Return the embeddings of a training forward, always the same one."""
        self.network.load_state_dict(self.start)
        embeddings: torch.Tensor = self.network.encoder(self.batch)
        return embeddings

    def gram(self) -> torch.Tensor:
        """Return the exact inner products (p, p)."""
        return self.rows.double() @ self.rows.double().T

    def _cotangents(self) -> torch.Tensor:
        heads = self.network.heads
        hidden = heads.first(self.embeddings.detach())
        losses, counts = masked_losses(heads.finish(hidden), self.targets)
        assert bool((counts > 0).all())
        (by_hidden,) = torch.autograd.grad(total_loss(losses, counts), [hidden])
        return heads.cotangents(by_hidden) * len(counts)

    def _row(self, cotangent: torch.Tensor) -> torch.Tensor:
        gradients = torch.autograd.grad(self.embeddings, self.shared, cotangent, retain_graph=True)
        return torch.cat([gradient.flatten() for gradient in gradients])
