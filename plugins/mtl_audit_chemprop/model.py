"""chemprop's encoder: its featurizer, its message passing along bonds, its aggregation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from chemprop.featurizers import SimpleMoleculeMolGraphFeaturizer
from chemprop.nn import BondMessagePassing, NormAggregation
from torch import nn

from auditor.errors import UsageError
from auditor.seeding import derive, seeded
from auditor.training.dropout import Dropout
from mtl_audit_chemprop.graphs import GraphBatch, Graphs, pack

if TYPE_CHECKING:
    from chemprop.data.molgraph import MolGraph
    from rdkit.Chem import Mol

NORM = 100.0
"""What `chemprop train` divides the sum over a molecule's atoms by."""


def chemprop(*, seed: int, width: int = 300, depth: int = 3, dropout: float = 0.0) -> MessagePassing:
    """Return the encoder of `chemprop train`, with the defaults of that command.

    Parameters
    ----------
    width, depth
        Numbers per bond, atom and molecule, and rounds of messages.
    dropout
        Fraction dropped after each round.
    """
    for name, value in {"width": width, "depth": depth}.items():
        if value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
    return MessagePassing(width=width, depth=depth, dropout=dropout, seed=seed)


class MessagePassing(nn.Module):
    """chemprop's layers; only the dropout is ours, because theirs draws from torch's global generator."""

    def __init__(self, *, width: int, depth: int, dropout: float, seed: int) -> None:
        super().__init__()
        self.width = width
        self._featurizer = SimpleMoleculeMolGraphFeaturizer()
        atoms, bonds = self._featurizer.shape
        with seeded(seed):
            self.passing = BondMessagePassing(d_v=atoms, d_e=bonds, d_h=width, depth=depth)
        self.passing.dropout = Dropout(dropout, seed=derive(seed, "dropout"))
        self.aggregation = NormAggregation(norm=NORM)

    def featurize(self, mol: Mol) -> MolGraph:
        """Return chemprop's graph of a molecule; a ValueError if it has no atom."""
        if mol.GetNumAtoms() == 0:
            raise ValueError("a molecule without atoms has no graph")
        return self._featurizer(mol)

    def pack(self, features: Sequence[MolGraph]) -> Graphs:
        """Return all graphs end to end, on the encoder's device."""
        return pack(features, self.passing.W_i.weight.device)

    def forward(self, batch: GraphBatch) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        embeddings: torch.Tensor = self.aggregation(self.passing(batch), batch.batch)
        return embeddings
