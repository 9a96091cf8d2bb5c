"""The graph encoders: convolutions from PyTorch Geometric, mean pooling, a projection."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

from auditor.errors import UsageError
from auditor.seeding import derive, seeded
from auditor.training.dropout import Dropout
from auditor.training.frozen import freeze_bias
from mtl_audit_gnn.convolution import Convolution
from mtl_audit_gnn.graphs import FEATURES, Graph, GraphBatch, Graphs, featurize, pack
from mtl_audit_gnn.layers import GATConv
from mtl_audit_gnn.templates import delete_templates

if TYPE_CHECKING:
    from rdkit.Chem import Mol

with warnings.catch_warnings():  # torch says once per process that CSR tensors are young
    warnings.simplefilter("ignore")
    torch.sparse_csr_tensor([0, 0], [], [], (1, 1), check_invariants=False)


def gcn(*, seed: int, layers: int = 3, width: int = 256, dropout: float = 0.3) -> GraphEncoder:
    """Return a graph convolutional network (Kipf & Welling 2017).

    Parameters
    ----------
    layers, width, dropout
        Convolutions, embedding width h, and the fraction dropped after each convolution.
    """
    _check(layers=layers, width=width)
    return GraphEncoder(
        lambda size: Convolution(size, width, normalize=False, add_self_loops=False),
        adjacency,
        layers=layers,
        width=width,
        dropout=dropout,
        seed=seed,
    )


def gat(
    *, seed: int, layers: int = 3, width: int = 256, heads: int = 4, dropout: float = 0.3
) -> GraphEncoder:
    """Return a graph attention network (Velickovic et al. 2018).

    Parameters
    ----------
    layers, width, dropout
        Convolutions, embedding width h, and the fraction dropped after each convolution.
    heads
        Attention heads; they share the width.
    """
    _check(layers=layers, width=width, heads=heads)
    if width % heads:
        raise UsageError(
            f"a width of {width} cannot be shared by {heads} attention heads",
            hint="choose a width that is a multiple of heads",
        )
    return GraphEncoder(
        lambda size: GATConv(size, width // heads, heads=heads, add_self_loops=False),
        edges,
        layers=layers,
        width=width,
        dropout=dropout,
        seed=seed,
    )


class GraphEncoder(nn.Module):
    """Graph convolutions, each with batch normalisation, ReLU and dropout; mean pool; projection.

    Parameters
    ----------
    convolution
        Builds one convolution from its input width.
    links
        Turns a batch into what the convolutions take for its bonds.
    """

    def __init__(
        self,
        convolution: Callable[[int], nn.Module],
        links: Callable[[GraphBatch], torch.Tensor],
        *,
        layers: int,
        width: int,
        dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        self.width = width
        self.links = links
        with seeded(seed):
            sizes = [FEATURES] + [width] * (layers - 1)
            self.convolutions = nn.ModuleList([convolution(size) for size in sizes])
            delete_templates()
            self.norms = nn.ModuleList([nn.BatchNorm1d(width) for _ in sizes])
            self.projection = nn.Linear(width, width)
            self.projection_norm = nn.BatchNorm1d(width)
        for layer in (*self.convolutions, self.projection, self.projection_norm):
            freeze_bias(layer)
        self.dropouts = nn.ModuleList(
            [Dropout(dropout, seed=derive(seed, "dropout", layer)) for layer in range(layers)]
        )

    def featurize(self, mol: Mol) -> Graph:
        """Return the graph of a molecule; a ValueError if it has no atom."""
        return featurize(mol)

    def pack(self, features: Sequence[Graph]) -> Graphs:
        """Return all graphs end to end, on the encoder's device."""
        return pack(features, self.projection.weight.device)

    def forward(self, batch: GraphBatch) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        links = self.links(batch)
        atoms = batch.atoms
        for convolution, norm, dropout in zip(self.convolutions, self.norms, self.dropouts, strict=True):
            atoms = dropout(norm(convolution(atoms, links)).relu())  # (a, h)
        sums = atoms.new_zeros(len(batch.sizes), self.width).index_add_(0, batch.molecule, atoms)
        pooled = sums / batch.sizes.unsqueeze(1)  # (b, h)
        embeddings: torch.Tensor = self.projection_norm(self.projection(pooled))
        return embeddings


def adjacency(batch: GraphBatch) -> torch.Tensor:
    """Return the normalised adjacency as a sparse (a, a) tensor, with which the convolution multiplies."""
    size = len(batch.atoms)
    return torch.sparse_csr_tensor(
        batch.crow, batch.columns, batch.weights, (size, size), check_invariants=False
    )


def edges(batch: GraphBatch) -> torch.Tensor:
    """Return the bonds in both directions and one self-loop per atom (2, e), targets ascending."""
    rows = torch.repeat_interleave(
        torch.arange(len(batch.atoms), device=batch.crow.device), batch.crow.diff()
    )
    return torch.stack([batch.columns, rows])


def _check(**counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
