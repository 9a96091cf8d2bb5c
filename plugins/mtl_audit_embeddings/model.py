"""The encoder over vectors of a file: two dense layers, as over fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from auditor import console
from auditor.cache.store import sha256_file
from auditor.errors import DataError, UsageError
from auditor.seeding import derive, seeded
from auditor.text import count_of
from auditor.training.dropout import Dropout
from auditor.training.ragged import chosen
from mtl_audit_embeddings.matching import KnownVectors, known_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol

MOST_MISSING = 0.05
"""Largest share of compounds without a vector: they are given the mean of the file."""
SHOWN = 3


def embeddings(
    *,
    seed: int,
    file: str = "",
    column: str = "",
    width: int = 256,
    hidden: int = 512,
    dropout: float = 0.3,
) -> VectorEncoder:
    """Return a perceptron over vectors that are read from a file and not trained.

    Parameters
    ----------
    file
        CSV or Parquet (a key column and one column per entry, or one of lists), or ``.npz``.
    column
        Name of the column of SMILES or InChIKeys; empty to find it.
    width, hidden
        Embedding width h and width of the layer before it.
    dropout
        Fraction dropped after each layer.
    """
    for name, value in {"width": width, "hidden": hidden}.items():
        if value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
    if not file:
        raise UsageError(
            "the encoder embeddings needs a file of vectors", hint="--encoder-option file=vectors.parquet"
        )
    path = Path(file).expanduser()
    return VectorEncoder(path, column=column, width=width, hidden=hidden, dropout=dropout, seed=seed)


@dataclass(frozen=True)
class Unknown:
    """A molecule without a vector in the file."""

    smiles: str


@dataclass(frozen=True)
class Vectors:
    """The vectors of all compounds (n, d), where they come from, and which compounds have none."""

    table: torch.Tensor
    source: str
    lacking: str
    examples: str

    def batch(self, compounds: torch.Tensor) -> torch.Tensor:
        """Return the vectors of some compounds (b, d), given by index.

        Raises
        ------
        ValueError
            No compound is given.
        """
        return self.table[chosen(compounds, self.table.device)]


class VectorEncoder(nn.Module):
    """Two dense layers over vectors, each with batch normalisation, ReLU and dropout."""

    def __init__(
        self, path: Path, *, column: str, width: int, hidden: int, dropout: float, seed: int
    ) -> None:
        super().__init__()
        self.width = width
        self.file, self.column, self.sha256 = str(path), column, _digest(path)
        size = self._known().vectors.shape[1]
        with seeded(seed):
            self.layers = nn.Sequential(
                nn.Linear(size, hidden, bias=False),  # the norm has one
                nn.BatchNorm1d(hidden),
                nn.ReLU(),
                Dropout(dropout, seed=derive(seed, "dropout", 0)),
                nn.Linear(hidden, width, bias=False),
                nn.BatchNorm1d(width),
                nn.ReLU(),
                Dropout(dropout, seed=derive(seed, "dropout", 1)),
            )

    def featurize(self, mol: Mol) -> NDArray[np.float32] | Unknown:
        """Return a molecule's vector, if the file has one."""
        from rdkit.Chem import MolToSmiles

        if mol.GetNumAtoms() == 0:
            raise ValueError("a molecule without atoms has no vector")
        known = self._known()
        row = known.row_of(mol)
        return Unknown(MolToSmiles(mol)) if row is None else known.vectors[row]

    def pack(self, features: Sequence[NDArray[np.float32] | Unknown]) -> Vectors:
        """Return all vectors, on the encoder's device; compounds without one have the file's mean.

        Raises
        ------
        DataError
            More than `MOST_MISSING` of the compounds have none.
        """
        if not features:
            raise ValueError("there is no molecule to pack")
        weight: torch.Tensor = self.layers[0].weight  # type: ignore[assignment]
        mean = np.zeros(weight.shape[1], dtype=np.float32)
        rows = [mean if isinstance(one, Unknown) else one for one in features]
        unknown = [one.smiles for one in features if isinstance(one, Unknown)]
        name = Path(self.file).name
        source = f"It reads {weight.shape[1]:,} numbers per compound from {name} (SHA-256 {self.sha256})."
        lacking = _lacking(name, unknown, len(features))
        table = torch.from_numpy(np.stack(rows)).to(weight.device)
        return Vectors(table, source, lacking, _examples(unknown))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        embedded: torch.Tensor = self.layers(batch)
        return embedded

    def extra_repr(self) -> str:
        """Return what `repr` shows: which vectors are read."""
        return f"file={Path(self.file).name}, sha256={self.sha256[:12]}"

    def _known(self) -> KnownVectors:
        return known_vectors(Path(self.file), self.column, self.sha256)


def _digest(path: Path) -> str:
    if path.is_dir() or path.is_char_device() or path.is_block_device() or path.is_fifo():
        raise DataError(f"{path} is no file", hint="name a CSV, Parquet or .npz file of vectors")
    try:
        return sha256_file(path)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint="check --encoder-option file=") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be opened: {error.strerror}", hint="check its permissions"
        ) from error


def _lacking(name: str, unknown: Sequence[str], count: int) -> str:
    """Return what is to be said of compounds without a vector, no structure among it; empty if none is.

    Raises
    ------
    DataError
        Too many are without one. Examples are told on stderr alone: a report may have to withhold them.
    """
    if not unknown:
        return ""
    said = f"{name} has no vector for {len(unknown):,} of {count_of(count, 'compound')}"
    if len(unknown) > MOST_MISSING * count:
        console.warn(f"compounds without a vector: {_examples(unknown)}")
        raise DataError(
            f"{said}; at most {MOST_MISSING:.0%} may have none",
            hint="add them to the file, or take them out of the data",
        )
    return f"{said}; they are given the mean vector of the file, and their labels count as all others."


def _examples(unknown: Sequence[str]) -> str:
    return ", ".join(f"'{text[:60]}'" for text in unknown[:SHOWN]) + ", …" * (len(unknown) > SHOWN)
