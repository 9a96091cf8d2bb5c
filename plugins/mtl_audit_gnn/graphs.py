"""Molecular graphs: atoms as 37 features, bonds as a normalised adjacency, packed flat.

The features of an atom are one-hot: element (10, the last for any other), number of bonded atoms
(7), formal charge (6), hydrogens (6), hybridisation (6), aromatic (1), in a ring (1).

Reference: Cheng & Zhang 2026, arXiv 2604.07848, as its released code has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from auditor.training.ragged import chosen, owners, positions

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Atom, Mol

ELEMENTS = (6, 7, 8, 16, 9, 15, 17, 35, 53)
HYBRIDISATIONS = ("SP", "SP2", "SP3", "SP3D", "SP3D2")
BLOCKS = (len(ELEMENTS) + 1, 7, 6, 6, len(HYBRIDISATIONS) + 1, 1, 1)
FEATURES = sum(BLOCKS)

_ELEMENT = {number: index for index, number in enumerate(ELEMENTS)}
_HYBRIDISATION = {name: index for index, name in enumerate(HYBRIDISATIONS)}


@dataclass(frozen=True)
class Graph:
    """One molecule: a code per block of features (atoms, 7) and its bonds, once each (bonds, 2)."""

    codes: NDArray[np.uint8]
    bonds: NDArray[np.int64]


@dataclass(frozen=True)
class GraphBatch:
    """Molecules of a batch, as one graph of `a` atoms.

    Parameters
    ----------
    atoms
        Features (a, 37).
    crow, columns, weights
        The adjacency D^-1/2 (A + I) D^-1/2 by rows: row starts (a + 1,), neighbours and weights.
    molecule, sizes
        Which molecule each atom belongs to (a,); atoms per molecule (b,).
    """

    atoms: torch.Tensor
    crow: torch.Tensor
    columns: torch.Tensor
    weights: torch.Tensor
    molecule: torch.Tensor
    sizes: torch.Tensor


@dataclass(frozen=True)
class Graphs:
    """The graphs of all compounds, end to end.

    Atoms with equal features are stored once, in ``kinds``; neighbours are counted from the first
    atom of their molecule, so a molecule's entries are the same wherever it lands in a batch.
    """

    kinds: torch.Tensor  # (distinct atoms, 37)
    kind: torch.Tensor  # (atoms,)
    degrees: torch.Tensor  # entries in each atom's row (atoms,)
    columns: torch.Tensor  # (entries,)
    weights: torch.Tensor  # (entries,)
    atom_starts: torch.Tensor  # (n + 1,)
    entry_starts: torch.Tensor  # (n + 1,)

    def batch(self, compounds: torch.Tensor) -> GraphBatch:
        """Return the graph of some compounds, given by index (b,).

        Raises
        ------
        ValueError
            No compound is given.
        """
        compounds = chosen(compounds, self.kind.device)
        starts = self.atom_starts[compounds]
        sizes = self.atom_starts[compounds + 1] - starts
        atoms = positions(starts, sizes)
        entry_starts = self.entry_starts[compounds]
        entries = self.entry_starts[compounds + 1] - entry_starts
        at = positions(entry_starts, entries)
        shift = torch.repeat_interleave(sizes.cumsum(0) - sizes, entries)
        crow = torch.zeros(len(atoms) + 1, dtype=torch.int64, device=atoms.device)
        torch.cumsum(self.degrees[atoms], 0, out=crow[1:])
        return GraphBatch(
            atoms=self.kinds[self.kind[atoms]],
            crow=crow,
            columns=self.columns[at] + shift,
            weights=self.weights[at],
            molecule=owners(sizes),
            sizes=sizes,
        )


def featurize(mol: Mol) -> Graph:
    """Return the graph of a molecule.

    Raises
    ------
    ValueError
        The molecule has no atom.
    """
    if mol.GetNumAtoms() == 0:
        raise ValueError("a molecule without atoms has no graph")
    codes = np.array([_codes(atom) for atom in mol.GetAtoms()], dtype=np.uint8)
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    return Graph(codes, np.array(bonds, dtype=np.int64).reshape(-1, 2))


def pack(graphs: Sequence[Graph], device: torch.device) -> Graphs:
    """Return all graphs end to end, each adjacency normalised, on a device."""
    if not graphs:
        raise ValueError("there is no molecule to pack")
    sizes = np.array([len(graph.codes) for graph in graphs], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    kinds, kind = np.unique(np.concatenate([g.codes for g in graphs]), axis=0, return_inverse=True)
    bonds = np.concatenate([g.bonds + start for g, start in zip(graphs, starts, strict=False)])
    loops = np.arange(starts[-1])
    rows = np.concatenate([bonds[:, 0], bonds[:, 1], loops])
    columns = np.concatenate([bonds[:, 1], bonds[:, 0], loops])
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    degrees = np.bincount(rows, minlength=starts[-1])
    first = np.repeat(starts[:-1], sizes)  # (atoms,)
    entry_starts = np.concatenate([[0], np.cumsum(degrees)])[starts]
    return Graphs(
        kinds=torch.from_numpy(_one_hot(kinds)).to(device),
        kind=torch.from_numpy(kind.reshape(-1).astype(np.int32)).to(device),
        degrees=torch.from_numpy(degrees.astype(np.int32)).to(device),
        columns=torch.from_numpy((columns - first[rows]).astype(np.int32)).to(device),
        weights=torch.from_numpy((1 / np.sqrt(degrees[rows] * degrees[columns])).astype(np.float32)).to(
            device
        ),
        atom_starts=torch.from_numpy(starts).to(device),
        entry_starts=torch.from_numpy(entry_starts).to(device),
    )


def _codes(atom: Atom) -> tuple[int, ...]:
    return (
        _ELEMENT.get(atom.GetAtomicNum(), len(ELEMENTS)),
        min(atom.GetDegree(), 6),
        _place(atom.GetFormalCharge() + 2, 5),
        min(atom.GetTotalNumHs(), 5),
        _HYBRIDISATION.get(str(atom.GetHybridization()), len(HYBRIDISATIONS)),
        int(atom.GetIsAromatic()),
        int(atom.IsInRing()),
    )


def _place(value: int, other: int) -> int:
    return value if 0 <= value < other else other


def _one_hot(codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the features of atoms (a, 37) from their codes (a, 7); a block of one is its code."""
    blocks = [
        codes[:, [index]].astype(np.float32)
        if size == 1
        else np.eye(size, dtype=np.float32)[codes[:, index]]
        for index, size in enumerate(BLOCKS)
    ]
    return np.concatenate(blocks, axis=1)
