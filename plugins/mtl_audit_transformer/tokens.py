"""The tokens of all molecules end to end, from which batches are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from auditor.training.ragged import chosen, owners, positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUPS, LEAST = 8, 4
"""Most groups of molecules by length in a batch, and the fewest molecules of a group but the last."""


@dataclass(frozen=True)
class Rows:
    """Molecules of about the same length, one to a row of length l.

    Parameters
    ----------
    first, last
        Which of the batch's tokens they are.
    at
        Where each token stands in the rows laid end to end (last - first,).
    real
        Which places of the rows hold a token (b, l).
    """

    first: int
    last: int
    at: torch.Tensor
    real: torch.Tensor

    def of(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the batch's tokens (r, h) as rows (b, l, h), 0 where there is none."""
        b, longest = self.real.shape
        rows = tokens.new_zeros(b * longest, tokens.shape[1])
        return rows.index_copy(0, self.at, tokens[self.first : self.last]).view(b, longest, -1)

    def back(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the tokens (last - first, h) of rows (b, l, h)."""
        return rows.flatten(0, 1).index_select(0, self.at)


@dataclass(frozen=True)
class TokenBatch:
    """The tokens of a batch, molecule after molecule, the shortest first.

    Dense layers are computed without padding. Attention needs rows of one length, whose cost grows with its
    square: so molecules of about the same length have rows of their own.

    Parameters
    ----------
    codes, place
        Code of each token, and its place in its molecule (r,).
    molecule, lengths
        Which molecule of the batch each token belongs to (r,); tokens per molecule (b,).
    rows
        All molecules, by length.
    """

    codes: torch.Tensor
    place: torch.Tensor
    molecule: torch.Tensor
    lengths: torch.Tensor
    rows: tuple[Rows, ...]

    def mean(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the mean over the tokens of each molecule (b, h)."""
        sums = tokens.new_zeros(len(self.lengths), tokens.shape[1])
        return sums.index_add_(0, self.molecule, tokens) / self.lengths.unsqueeze(1)


@dataclass(frozen=True)
class Tokens:
    """The tokens of all compounds, start and end included, and how many compounds were cut short."""

    codes: torch.Tensor  # (tokens,)
    starts: torch.Tensor  # (n + 1,)
    truncated: int
    source: str = ""  # which trained weights the encoder begins with

    def batch(self, compounds: torch.Tensor) -> TokenBatch:
        """Return the tokens of some compounds, given by index (b,).

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.codes.device)
        starts = self.starts[compounds]
        lengths = self.starts[compounds + 1] - starts
        ordered, order = lengths.sort(stable=True)
        return TokenBatch(
            codes=self.codes[positions(starts[order], ordered)].long(),
            place=positions(torch.zeros_like(ordered), ordered),
            molecule=order[owners(ordered)],
            lengths=lengths,
            rows=_rows(ordered),
        )


def pack(
    molecules: Sequence[NDArray[np.int32]],
    length: int,
    *,
    ends: tuple[int, int],
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
    ends
        Codes of start and end.
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
        truncated=sum(len(codes) > length for codes in molecules),
        source=source,
    )


def _rows(lengths: torch.Tensor) -> tuple[Rows, ...]:
    """Return molecules of ascending lengths (b,) in rows, at most `GROUPS` times."""
    found: list[Rows] = []
    first = 0
    for part in torch.split(lengths, max(LEAST, -(-len(lengths) // GROUPS))):
        longest, size = int(part[-1]), int(part.sum())
        at = owners(part) * longest + positions(torch.zeros_like(part), part)
        real = torch.arange(longest, device=part.device) < part[:, None]
        found.append(Rows(first, first + size, at, real))
        first += size
    return tuple(found)
