"""The fingerprint encoder: Morgan bits of radius 2, two dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from auditor.errors import UsageError
from auditor.training.ragged import chosen, owners, positions
from mtl_audit_ecfp.trunk import trunk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol


def ecfp(
    *,
    seed: int,
    width: int = 256,
    hidden: int = 512,
    radius: int = 2,
    bits: int = 2048,
    dropout: float = 0.3,
) -> FingerprintEncoder:
    """Return a perceptron over Morgan fingerprints; the defaults are those of ECFP4.

    Parameters
    ----------
    width, hidden
        Embedding width h and width of the layer before it.
    radius, bits
        Of the fingerprint.
    dropout
        Fraction dropped after each layer.
    """
    if bits < 1:
        raise UsageError(f"bits={bits} is not a network", hint="bits must be at least 1")
    if radius < 0:
        raise UsageError(f"radius={radius} is not a fingerprint", hint="radius must be at least 0")
    return FingerprintEncoder(
        width=width, hidden=hidden, radius=radius, bits=bits, dropout=dropout, seed=seed
    )


@dataclass(frozen=True)
class Fingerprints:
    """The bits that are on in each compound, end to end."""

    on: torch.Tensor  # (bits on,)
    starts: torch.Tensor  # (n + 1,)
    bits: int

    def batch(self, compounds: torch.Tensor) -> torch.Tensor:
        """Return the fingerprints of some compounds, given by index (b,), as ones and zeros (b, bits).

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.on.device)
        starts = self.starts[compounds]
        counts = self.starts[compounds + 1] - starts
        dense = torch.zeros(len(compounds), self.bits, device=self.on.device)
        dense[owners(counts), self.on[positions(starts, counts)].long()] = 1
        return dense


class FingerprintEncoder(nn.Module):
    """Two dense layers over fingerprint bits, each with batch normalisation, ReLU and dropout."""

    def __init__(
        self, *, width: int, hidden: int, radius: int, bits: int, dropout: float, seed: int
    ) -> None:
        super().__init__()
        from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

        self.width = width
        self.radius = radius
        self.bits = bits
        self._generator = GetMorganGenerator(radius=radius, fpSize=bits)
        self.layers = trunk(bits, hidden=hidden, width=width, dropout=dropout, seed=seed)

    def featurize(self, mol: Mol) -> NDArray[np.int32]:
        """Return the bits that are on; a ValueError if the molecule has no atom."""
        if mol.GetNumAtoms() == 0:
            raise ValueError("a molecule without atoms has no fingerprint")
        return np.array(self._generator.GetFingerprint(mol).GetOnBits(), dtype=np.int32)

    def pack(self, features: Sequence[NDArray[np.int32]]) -> Fingerprints:
        """Return all fingerprints end to end, on the encoder's device."""
        if not features:
            raise ValueError("there is no molecule to pack")
        device = next(self.parameters()).device
        starts = np.concatenate([[0], np.cumsum([len(on) for on in features])])
        return Fingerprints(
            on=torch.from_numpy(np.concatenate(features)).to(device),
            starts=torch.from_numpy(starts).to(device),
            bits=self.bits,
        )

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        embeddings: torch.Tensor = self.layers(batch)
        return embeddings

    def extra_repr(self) -> str:
        """Return what `repr` shows: which fingerprint is read."""
        return f"radius={self.radius}, bits={self.bits}"
