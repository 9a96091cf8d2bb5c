"""SMILES as characters, packed flat, with gaps between molecules as wide as a kernel reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from auditor.training.ragged import chosen, owners, positions

VOCABULARY = "#$%()*+-./0123456789:=@ABCDEFGHIKLMNOPRSTUVWXYZ[\\]abcdefghiklmnoprstuvxyz"
GAP, UNKNOWN = 0, 1
CODES = len(VOCABULARY) + 2

_CODE = np.full(256, UNKNOWN, dtype=np.uint8)
_CODE[np.frombuffer(VOCABULARY.encode(), dtype=np.uint8)] = np.arange(2, CODES)


@dataclass(frozen=True)
class CharacterBatch:
    """The molecules of a batch as one row of characters.

    Parameters
    ----------
    codes
        Characters with gaps before, between and after the molecules (l,).
    real
        Where in ``codes`` the molecules' own characters stand (c,).
    molecule, lengths
        Which molecule each of those belongs to (c,); characters per molecule (b,).
    """

    codes: torch.Tensor
    real: torch.Tensor
    molecule: torch.Tensor
    lengths: torch.Tensor


@dataclass(frozen=True)
class Characters:
    """The characters of all compounds, end to end, and how many compounds were cut short."""

    codes: torch.Tensor  # (characters,)
    starts: torch.Tensor  # (n + 1,)
    gap: int
    truncated: int

    def batch(self, compounds: torch.Tensor) -> CharacterBatch:
        """Return the characters of some compounds, given by index (b,).

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.codes.device)
        starts = self.starts[compounds]
        lengths = self.starts[compounds + 1] - starts
        molecule = owners(lengths)
        at = positions(starts, lengths)
        real = torch.arange(len(at), device=at.device) + self.gap * (molecule + 1)
        codes = torch.full(
            (len(at) + self.gap * (len(lengths) + 1),), GAP, dtype=torch.int64, device=at.device
        )
        codes[real] = self.codes[at].long()
        return CharacterBatch(codes, real, molecule, lengths)


def encode(smiles: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return the codes of a SMILES, one per character.

    Raises
    ------
    ValueError
        The SMILES is empty.
    """
    if not smiles:
        raise ValueError("a molecule without atoms has no SMILES")
    return _CODE[np.frombuffer(smiles.encode("ascii", "replace"), dtype=np.uint8)]


def pack(
    codes: Sequence[np.ndarray[tuple[int], np.dtype[np.uint8]]],
    *,
    length: int,
    gap: int,
    device: torch.device,
) -> Characters:
    """Return all characters end to end, each molecule cut after ``length``, on a device."""
    if not codes:
        raise ValueError("there is no molecule to pack")
    cut = [code[:length] for code in codes]
    starts = np.concatenate([[0], np.cumsum([len(code) for code in cut])])
    return Characters(
        codes=torch.from_numpy(np.concatenate(cut)).to(device),
        starts=torch.from_numpy(starts).to(device),
        gap=gap,
        truncated=sum(len(code) > length for code in codes),
    )
