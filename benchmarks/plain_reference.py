"""Gradient logging as it is plainly written: what the auditor's training loop is compared with.

One network per head, PyTorch Geometric's convolutions and loader as they come, one backward pass
through the whole network per task, and a loop over ordered pairs of tasks for the cosines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCNConv, global_mean_pool

from auditor.training.frozen import freeze_bias
from mtl_audit_gnn.graphs import BLOCKS, FEATURES, featurize

WIDTH, LAYERS, DROPOUT, HIDDEN, BATCH = 256, 3, 0.3, 128, 32


class Encoder(nn.Module):
    """Graph convolutions with batch normalisation, ReLU and dropout; mean pool; projection."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [FEATURES] + [WIDTH] * (LAYERS - 1)
        self.convolutions = nn.ModuleList([GCNConv(size, WIDTH) for size in sizes])
        self.norms = nn.ModuleList([nn.BatchNorm1d(WIDTH) for _ in sizes])
        self.projection = nn.Linear(WIDTH, WIDTH)
        self.projection_norm = nn.BatchNorm1d(WIDTH)

    def forward(self, batch: Data) -> torch.Tensor:
        """Return the embeddings (b, h)."""
        atoms = batch.x
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            atoms = functional.relu(norm(convolution(atoms, batch.edge_index)))
            atoms = functional.dropout(atoms, DROPOUT, training=self.training)
        pooled = global_mean_pool(atoms, batch.batch)
        embeddings: torch.Tensor = self.projection_norm(self.projection(pooled))
        return embeddings


class Reference:
    """A network in training, a step at a time."""

    def __init__(self, smiles: Sequence[str], labels: NDArray[np.float64], *, seed: int) -> None:
        """Take molecules and 0/1 labels (n, t), NaN = not measured."""
        torch.manual_seed(seed)
        self.encoder = Encoder()
        self.heads = nn.ModuleList([_head() for _ in range(labels.shape[1])])
        freeze_biases_before_normalisation(self.encoder, self.heads)
        self.parameters = [
            parameter
            for parameter in (*self.encoder.parameters(), *self.heads.parameters())
            if parameter.requires_grad
        ]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=1e-3, weight_decay=1e-2)
        self.loader: Any = DataLoader(_graphs(smiles, labels), batch_size=BATCH, shuffle=True)

    def epoch(self, *, log: bool) -> list[NDArray[np.float64]]:
        """Take a step per batch; return the cosines (t, t) of every step if they are to be logged."""
        logs = []
        for batch in self.loader:
            self.optimiser.zero_grad()
            embeddings = self.encoder(batch)
            losses = list(self._losses(embeddings, batch.y, batch.measured))
            if log:
                logs.append(self._cosines(losses))
            present = [loss for loss in losses if loss is not None]
            torch.stack(present).mean().backward()
            nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimiser.step()
        return logs

    def _losses(
        self, embeddings: torch.Tensor, labels: torch.Tensor, measured: torch.Tensor
    ) -> Iterator[torch.Tensor | None]:
        for task, head in enumerate(self.heads):
            output = head(embeddings).squeeze(1)
            mask = measured[:, task]
            if mask.sum() == 0:
                yield None
                continue
            terms = functional.binary_cross_entropy_with_logits(output, labels[:, task], reduction="none")
            yield (terms * mask).sum() / mask.sum()

    def _cosines(self, losses: Sequence[torch.Tensor | None]) -> NDArray[np.float64]:
        shared = [parameter for parameter in self.encoder.parameters() if parameter.requires_grad]
        rows: dict[int, torch.Tensor] = {}
        for task, loss in enumerate(losses):
            if loss is not None:
                gradients = torch.autograd.grad(loss, shared, retain_graph=True)
                rows[task] = torch.cat([gradient.flatten() for gradient in gradients])
        cosines = np.full((len(losses), len(losses)), np.nan)
        for i, first in rows.items():
            for j, second in rows.items():
                cosines[i, j] = (torch.dot(first, second) / (first.norm() * second.norm())).item()
        return cosines


def freeze_biases_before_normalisation(encoder: Encoder, heads: nn.ModuleList) -> None:
    """Leave out of the training what has no effect, as the audited network does."""
    layers = [*encoder.convolutions, encoder.projection, encoder.projection_norm]
    for layer in (*layers, *(head[0] for head in heads)):  # type: ignore[index]
        freeze_bias(layer)


def _head() -> nn.Module:
    return nn.Sequential(
        nn.Linear(WIDTH, HIDDEN),
        nn.BatchNorm1d(HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, 1),
    )


def _graphs(smiles: Sequence[str], labels: NDArray[np.float64]) -> list[Data]:
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mols = [Chem.MolFromSmiles(text) for text in smiles]
    found = []
    for mol, row in zip(mols, labels, strict=True):
        graph = featurize(mol)
        codes = torch.from_numpy(graph.codes).long()
        blocks = [
            codes[:, [i]] if size == 1 else functional.one_hot(codes[:, i], size)
            for i, size in enumerate(BLOCKS)
        ]
        bonds = torch.from_numpy(graph.bonds).t()
        measured = torch.from_numpy(~np.isnan(row)).float().unsqueeze(0)
        found.append(
            Data(
                x=torch.cat(blocks, dim=1).float(),
                edge_index=torch.cat([bonds, bonds.flip(0)], dim=1),
                y=torch.from_numpy(np.nan_to_num(row)).float().unsqueeze(0),
                measured=measured,
            )
        )
    return found
