"""The convolutional encoder: three convolutions over characters, masked mean pool, a projection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from auditor.errors import UsageError
from auditor.seeding import derive, seeded
from auditor.training.dropout import Dropout
from auditor.training.frozen import freeze_bias
from mtl_audit_cnn.characters import CODES, GAP, CharacterBatch, Characters, encode, pack

if TYPE_CHECKING:
    from rdkit.Chem import Mol

EMBEDDING = 64
KERNELS = (3, 5, 7)


def cnn(
    *, seed: int, width: int = 256, channels: int = 128, length: int = 200, dropout: float = 0.3
) -> CharacterEncoder:
    """Return a convolutional network over the characters of a molecule's canonical SMILES.

    Parameters
    ----------
    width, channels
        Embedding width h and channels of the convolutions.
    length
        Characters that are read of a SMILES; the pack counts the longer ones.
    dropout
        Fraction dropped after each convolution.
    """
    for name, value in {"width": width, "channels": channels, "length": length}.items():
        if value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
    return CharacterEncoder(width=width, channels=channels, length=length, dropout=dropout, seed=seed)


class CharacterEncoder(nn.Module):
    """Convolutions of kernels 3, 5 and 7, each with batch normalisation, ReLU and dropout.

    The molecules of a batch lie in one row with zeros between them, so every molecule meets the
    same zeros as if it were padded alone, and no padding is computed or normalised.
    """

    def __init__(self, *, width: int, channels: int, length: int, dropout: float, seed: int) -> None:
        super().__init__()
        self.width = width
        self.length = length
        with seeded(seed):
            self.embedding = nn.Embedding(CODES, EMBEDDING, padding_idx=GAP)
            sizes = [EMBEDDING] + [channels] * (len(KERNELS) - 1)
            self.convolutions = nn.ModuleList(
                nn.Conv1d(size, channels, kernel, padding=kernel // 2)
                for size, kernel in zip(sizes, KERNELS, strict=True)
            )
            self.norms = nn.ModuleList(nn.BatchNorm1d(channels) for _ in KERNELS)
            self.projection = nn.Linear(channels, width)
            self.projection_norm = nn.BatchNorm1d(width)
        for layer in (*self.convolutions, self.projection, self.projection_norm):
            freeze_bias(layer)
        self.dropouts = nn.ModuleList(
            Dropout(dropout, seed=derive(seed, "dropout", layer)) for layer in range(len(KERNELS))
        )

    def featurize(self, mol: Mol) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        """Return the character codes of a molecule's canonical SMILES."""
        from rdkit.Chem import MolToSmiles

        return encode(MolToSmiles(mol))

    def pack(self, features: Sequence[np.ndarray[tuple[int], np.dtype[np.uint8]]]) -> Characters:
        """Return all characters end to end, on the encoder's device."""
        device = self.projection.weight.device
        return pack(features, length=self.length, gap=max(KERNELS) // 2, device=device)

    def forward(self, batch: CharacterBatch) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        row = self.embedding(batch.codes)  # (l, 64), zeros in the gaps
        for convolution, norm, dropout in zip(self.convolutions, self.norms, self.dropouts, strict=True):
            seen = convolution(row.t().unsqueeze(0)).squeeze(0).t()  # (l, channels)
            own = dropout(norm(seen.index_select(0, batch.real)).relu())  # (c, channels)
            row = own.new_zeros(len(row), own.shape[1]).index_copy(0, batch.real, own)
        sums = own.new_zeros(len(batch.lengths), own.shape[1])
        pooled = sums.index_add_(0, batch.molecule, own) / batch.lengths.unsqueeze(1)
        embeddings: torch.Tensor = self.projection_norm(self.projection(pooled))  # (b, h)
        return embeddings

    def extra_repr(self) -> str:
        """Return what `repr` shows: how much of a SMILES is read."""
        return f"length={self.length}"
