"""The encoder: how often each letter stands in a molecule's SMILES, through two dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from auditor.errors import UsageError
from auditor.seeding import seeded

if TYPE_CHECKING:
    from rdkit.Chem import Mol

LETTERS = "#()+-=123456BCFHINOPS[]clnorsai@/\\"


def build(*, seed: int, width: int = 32, hidden: int = 64) -> Letters:
    """Return the encoder."""
    if min(width, hidden) < 1:
        raise UsageError(f"width={width}, hidden={hidden} is not a network", hint="both at least 1")
    return Letters(width=width, hidden=hidden, seed=seed)


@dataclass(frozen=True)
class Table:
    """Counts of letters (n, letters)."""

    counts: torch.Tensor

    def batch(self, compounds: torch.Tensor) -> torch.Tensor:
        """Return the counts of some compounds (b, letters)."""
        if not len(compounds):
            raise ValueError("an empty batch has no letters")
        return self.counts[compounds]


class Letters(nn.Module):
    """A perceptron; its parameters are the shared parameters."""

    def __init__(self, *, width: int, hidden: int, seed: int) -> None:
        super().__init__()
        self.width = width
        with seeded(seed):
            self.layers = nn.Sequential(
                nn.Linear(len(LETTERS), hidden, bias=False),
                nn.BatchNorm1d(hidden),
                nn.ReLU(),
                nn.Linear(hidden, width, bias=False),
            )

    def featurize(self, mol: Mol) -> list[float]:
        """Return the logarithm of each letter's count, plus one."""
        from rdkit.Chem import MolToSmiles

        text = MolToSmiles(mol)
        if not text:
            raise ValueError("a molecule without atoms has no letters")
        return [float(text.count(letter)) for letter in LETTERS]

    def pack(self, features: Sequence[list[float]]) -> Table:
        """Return the features of all molecules."""
        if not features:
            raise ValueError("there is no molecule to pack")
        return Table(torch.tensor(features, device=self.layers[0].weight.device).log1p())

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of a batch (b, width)."""
        return self.layers(batch)
