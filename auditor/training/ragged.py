"""Pieces of different lengths, kept end to end in flat arrays and cut out by index arithmetic."""

from __future__ import annotations

import torch


def positions(starts: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return where the entries of some pieces stand in the flat array, piece after piece.

    Parameters
    ----------
    starts, lengths
        First position and number of entries of each piece, both (b,) int64.

    Returns
    -------
    Positions (sum of lengths,) int64.
    """
    ends = lengths.cumsum(0)
    shift = torch.repeat_interleave(starts - (ends - lengths), lengths)
    return shift + torch.arange(len(shift), device=shift.device)


def owners(lengths: torch.Tensor) -> torch.Tensor:
    """Return, for every entry of the pieces laid end to end, which piece it belongs to."""
    return torch.repeat_interleave(torch.arange(len(lengths), device=lengths.device), lengths)


def chosen(compounds: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return the compounds of a batch as indices on a device.

    Raises
    ------
    ValueError
        The batch is empty: no encoder has an embedding for it.
    """
    if compounds.numel() == 0:
        raise ValueError("an empty batch has no embedding: give at least one compound")
    return compounds.to(device=device, dtype=torch.int64)
