"""The tokens of all molecules end to end, from which padded batches are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from auditor.training.ragged import chosen, owners, positions

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class TokenBatch:
    """The molecules of a batch: codes (b, l), and where they are a molecule's own and no padding (b, l)."""

    codes: torch.Tensor
    real: torch.Tensor


@dataclass(frozen=True)
class Tokens:
    """The tokens of all compounds, start and end included, and how many compounds were cut short."""

    codes: torch.Tensor  # (tokens,)
    starts: torch.Tensor  # (n + 1,)
    pad: int
    truncated: int
    source: str = ""  # which trained weights the encoder begins with

    def batch(self, compounds: torch.Tensor) -> TokenBatch:
        """Return the tokens of some compounds, given by index (b,), padded to the longest.

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.codes.device)
        starts = self.starts[compounds]
        lengths = self.starts[compounds + 1] - starts
        row, place = owners(lengths), positions(torch.zeros_like(starts), lengths)
        shape = (len(compounds), int(lengths.max()))
        codes = torch.full(shape, self.pad, dtype=torch.int64, device=self.codes.device)
        codes[row, place] = self.codes[positions(starts, lengths)].long()
        return TokenBatch(codes, torch.arange(shape[1], device=codes.device) < lengths[:, None])


def pack(
    molecules: Sequence[NDArray[np.int32]],
    length: int,
    *,
    ends: tuple[int, int],
    pad: int,
    device: torch.device,
    source: str = "",
) -> Tokens:
    """Return all tokens end to end, on a device.

    Parameters
    ----------
    molecules
        Codes of each molecule.
    length
        Codes that are read of a molecule; what is beyond is cut off.
    ends, pad
        Codes of start and end, and of padding.
    source
        A sentence on the weights that the encoder begins with.
    """
    if not molecules:
        raise ValueError("there is no molecule to pack")
    first, last = (np.array([code], dtype=np.int32) for code in ends)
    whole = [np.concatenate([first, codes[:length], last]) for codes in molecules]
    starts = np.concatenate([[0], np.cumsum([len(codes) for codes in whole])])
    return Tokens(
        codes=torch.from_numpy(np.concatenate(whole)).to(device),
        starts=torch.from_numpy(starts).to(device),
        pad=pad,
        truncated=sum(len(codes) > length for codes in molecules),
        source=source,
    )
