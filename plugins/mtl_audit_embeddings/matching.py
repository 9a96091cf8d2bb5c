"""Which row of a file of vectors is a compound's, by what this program counts as the same compound."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.chemistry.levels import canonical, parent_inchikey
from auditor.chemistry.named import Named, name_one
from auditor.chemistry.naming import HARMLESS
from auditor.errors import DataError
from mtl_audit_embeddings.vector_file import INCHIKEY, VectorFile, read_vector_file

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol

DIFFERENT = -1
"""In the place of a row: rows with different vectors have that name."""


@dataclass(frozen=True, eq=False)
class KnownVectors:
    """The vectors of a file, standardised, and the names by which compounds find theirs.

    Parameters
    ----------
    vectors
        Each entry with mean 0 and standard deviation 1 over the rows of the file; entries that are the
        same in all rows are 0 (m, d).
    file
        As it was read.
    named
        The row of each exact name: an InChIKey, or a canonical SMILES with salts, charges and stereo.
    """

    vectors: NDArray[np.float32]
    file: VectorFile
    named: Mapping[str, int]

    @functools.cached_property
    def parents(self) -> Mapping[str, int]:
        """The row of each parent compound by its InChIKey; computed when a compound has no exact row."""
        if self.file.by_inchikey:
            return self.named
        texts = ((text, _parent_of(text)) for text in self.file.keys)
        return _rows((named.name for _, named in texts), self.vectors)

    def row_of(self, mol: Mol) -> int | None:
        """Return the row of a compound; None where no row is that compound, or rows disagree on it.

        The row with the same structure is taken. Where there is none, the one whose parent, without
        counter-ions and charges, is the compound's.
        """
        from rdkit import Chem

        text = Chem.MolToCXSmiles(mol) if mol.GetStereoGroups() else Chem.MolToSmiles(mol)
        exact = Chem.MolToInchiKey(mol) if self.file.by_inchikey else name_one(text, canonical).name
        found = self.named.get(exact or "")
        if found is None:
            found = self.parents.get(_parent_of(text).name or "", DIFFERENT)
        return None if found == DIFFERENT else found


@functools.lru_cache(maxsize=2)
def known_vectors(path: Path, key: str, digest: str) -> KnownVectors:
    """Return the vectors of a file with that content, read once per process.

    Raises
    ------
    DataError
        No key is a SMILES or an InChIKey, or one compound has different vectors.
    """
    file = read_vector_file(path, key)
    names = _exact_names(file)
    if all(named.name is None for named in names):
        raise DataError(
            f"the keys of {path} are neither SMILES nor InChIKeys: {file.keys[0][:60]!r}",
            hint="name their column with --encoder-option column=NAME",
        )
    rows = _rows((named.name for named in names), file.vectors)
    _refuse_different(file, names, rows)
    return KnownVectors(_standardised(file.vectors), file, rows)


def _exact_names(file: VectorFile) -> list[Named]:
    if file.by_inchikey:
        return [Named(text if INCHIKEY.fullmatch(text) else None) for text in file.keys]
    return _each(file.keys, canonical)


def _each(texts: Iterable[str], level: Callable[[str, Mol], str]) -> list[Named]:
    from rdkit import rdBase

    with rdBase.BlockLogs():
        return [name_one(text, level) for text in texts]


def _parent_of(text: str) -> Named:
    """Return the parent's InChIKey; none for texts so long that only a process apart may name them."""
    return _each([text], parent_inchikey)[0] if len(text) <= HARMLESS else Named(None)


def _rows(names: Iterable[str | None], vectors: NDArray[np.float32]) -> dict[str, int]:
    """Return the first row of each name, and `DIFFERENT` where its rows hold different vectors."""
    found: dict[str, int] = {}
    for row, name in enumerate(names):
        if name is None:
            continue
        first = found.setdefault(name, row)
        if first != DIFFERENT and not np.array_equal(vectors[first], vectors[row]):
            found[name] = DIFFERENT
    return found


def _refuse_different(file: VectorFile, names: list[Named], rows: Mapping[str, int]) -> None:
    wrong = [name for name, row in rows.items() if row == DIFFERENT]
    if not wrong:
        return
    places = [row for row, named in enumerate(names) if named.name == wrong[0]]
    first, second = (
        places[0],
        next(row for row in places if not np.array_equal(file.vectors[row], file.vectors[places[0]])),
    )
    raise DataError(
        f"{file.path} has different vectors for {len(wrong):,} of its compounds: rows {first + 1} and "
        f"{second + 1} are both '{wrong[0][:60]}'",
        hint="keep one row per compound",
    )


def _standardised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    wide = vectors.astype(np.float64)
    mean, scale = wide.mean(axis=0), wide.std(axis=0)
    varies = wide.max(axis=0) > wide.min(axis=0)
    centred = np.where(varies, wide - mean, 0.0)
    found: NDArray[np.float32] = (centred / np.where(varies, scale, 1.0)).astype(np.float32)
    return found
