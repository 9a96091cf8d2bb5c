"""The graphs that chemprop makes of molecules, end to end, from which its batches are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from auditor.training.ragged import chosen, owners, positions

if TYPE_CHECKING:
    from chemprop.data.molgraph import MolGraph


@dataclass(frozen=True)
class GraphBatch:
    """Molecules of a batch as one graph, by the names that chemprop's layers ask for.

    Parameters
    ----------
    V, E
        Features of atoms (a, d_v) and of bonds, once in each direction (e, d_e).
    edge_index
        From which atom to which each bond leads (2, e).
    rev_edge_index
        The same bond in the other direction (e,).
    batch
        Which molecule each atom belongs to (a,).
    """

    V: torch.Tensor
    E: torch.Tensor
    edge_index: torch.Tensor
    rev_edge_index: torch.Tensor
    batch: torch.Tensor


@dataclass(frozen=True)
class Graphs:
    """The graphs of all compounds; atoms and bonds are counted from the first of their molecule."""

    atoms: torch.Tensor  # (atoms, d_v)
    bonds: torch.Tensor  # (directed bonds, d_e)
    ends: torch.Tensor  # (directed bonds, 2)
    reverse: torch.Tensor  # (directed bonds,)
    atom_starts: torch.Tensor  # (n + 1,)
    bond_starts: torch.Tensor  # (n + 1,)

    def batch(self, compounds: torch.Tensor) -> GraphBatch:
        """Return the graph of some compounds, given by index (b,).

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.atoms.device)
        atom_starts, bond_starts = self.atom_starts[compounds], self.bond_starts[compounds]
        sizes = self.atom_starts[compounds + 1] - atom_starts
        bonds = self.bond_starts[compounds + 1] - bond_starts
        on = positions(bond_starts, bonds)
        return GraphBatch(
            V=self.atoms[positions(atom_starts, sizes)],
            E=self.bonds[on],
            edge_index=(self.ends[on] + _before(sizes, bonds)[:, None]).T.contiguous(),
            rev_edge_index=self.reverse[on] + _before(bonds, bonds),
            batch=owners(sizes),
        )


def pack(graphs: Sequence[MolGraph], device: torch.device) -> Graphs:
    """Return all graphs end to end, on a device."""
    if not graphs:
        raise ValueError("there is no molecule to pack")

    def flat(parts: Sequence[Any], kind: torch.dtype) -> torch.Tensor:
        return torch.from_numpy(np.concatenate(parts)).to(device=device, dtype=kind)

    def starts(sizes: Sequence[int]) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([[0], np.cumsum(sizes)])).to(device)

    return Graphs(
        atoms=flat([graph.V for graph in graphs], torch.float32),
        bonds=flat([graph.E for graph in graphs], torch.float32),
        ends=flat([graph.edge_index.T for graph in graphs], torch.int64),
        reverse=flat([graph.rev_edge_index for graph in graphs], torch.int64),
        atom_starts=starts([len(graph.V) for graph in graphs]),
        bond_starts=starts([len(graph.E) for graph in graphs]),
    )


def _before(sizes: torch.Tensor, bonds: torch.Tensor) -> torch.Tensor:
    """Return, for each bond of a batch, how many items the molecules before its own have."""
    return torch.repeat_interleave(sizes.cumsum(0) - sizes, bonds)
