"""A file of vectors: one key and one vector per row, or one line that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.cache.arrays import arrays_in
from auditor.errors import DataError, UsageError
from auditor.source.table.columns import ROW_NUMBERS, no_task
from auditor.source.table.opening import Columns, read_columns
from auditor.source.table.smiles import candidates
from auditor.source.table.values import to_text, to_values
from mtl_audit_embeddings.lists import list_column, read_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
KEY_NAMES = re.compile(r"(std|standard)?[\s_.-]?inchi[\s_.-]?key", re.I)
OF_ARRAYS = "write it by numpy.savez(path, smiles=numpy.array(texts, dtype=str), vectors=numbers)"
NAME_IT = "name the column of SMILES or InChIKeys with --encoder-option column=NAME"


@dataclass(frozen=True)
class VectorFile:
    """The rows of a file of vectors.

    Parameters
    ----------
    keys
        SMILES or InChIKeys as written (m,).
    vectors
        Finite numbers in single precision (m, d).
    """

    path: Path
    keys: tuple[str, ...]
    vectors: NDArray[np.float32]

    @property
    def by_inchikey(self) -> bool:
        """Whether the keys are InChIKeys."""
        return INCHIKEY.fullmatch(self.keys[0]) is not None


def read_vector_file(path: Path, key: str = "") -> VectorFile:
    """Return the vectors of a file.

    Parameters
    ----------
    path
        A table that `read_columns` reads, with a key column and one column per entry of the vector, or a
        Parquet file with a key column and one column of lists, or an ``.npz`` with an array of texts
        (m,) and one of numbers (m, d).
    key
        Name of the key column, or of the array of texts; empty to find it.

    Raises
    ------
    DataError
        It cannot be read, or a vector is not finite, or of another length than the others.
    UsageError
        No column is the key, or the one that is named is not there.
    """
    if path.suffix.lower() == ".npz":
        keys, vectors = _from_arrays(path, key)
    else:
        keys, vectors = _from_columns(read_columns(path), key)
    if not len(keys):
        raise DataError(f"{path} holds no vector", hint="it needs one row per compound")
    return VectorFile(path, tuple(text.strip() for text in keys), _in_single_precision(path, vectors))


def _from_columns(columns: Columns, wanted: str) -> tuple[Sequence[str], NDArray[np.float64]]:
    name = _key_column(columns, wanted)
    keys = to_text(columns.arrays[name])
    if keys is None:
        raise UsageError(f"column '{name}' of {columns.path} holds no text", hint=NAME_IT)
    lists = list_column(columns)
    if lists:
        return keys, read_lists(columns.path, lists)
    numbers = [_entry(columns, other) for other in columns.arrays if other != name]
    kept = [column for column in numbers if column is not None]
    if not kept:
        raise DataError(
            f"{columns.path} has no column of numbers beside '{name}'",
            hint="one column per entry of the vector, or one column of lists in Parquet",
        )
    return keys, np.stack(kept, axis=1)


def _key_column(columns: Columns, wanted: str) -> str:
    names = list(columns.arrays)
    if wanted:
        if wanted not in columns.arrays:
            raise UsageError(f"{columns.path} has no column '{wanted}'", hint=NAME_IT)
        return wanted
    found = next((found for found in candidates(names) if found), [])
    found = found or [name for name in names if KEY_NAMES.fullmatch(name.strip())]
    if len(found) != 1:
        said = f"several columns that may be the key: {', '.join(found)}" if found else "no column of keys"
        raise UsageError(f"{columns.path} has {said}", hint=NAME_IT)
    return found[0]


def _entry(columns: Columns, name: str) -> NDArray[np.float64] | None:
    """Return one entry of all vectors (m,); None for a column that numbers the rows."""
    values = to_values(columns.arrays[name])
    if no_task(columns, name, values) == ROW_NUMBERS:
        return None
    if values.foreign or values.texts or values.doubt or values.ways:
        shown = f" {values.texts[0][:40]!r}" if values.texts else ""
        raise DataError(
            f"column '{name}' of {columns.path} holds what is no number{shown}",
            hint="leave out all columns but the key and the vector",
        )
    return values.numbers


def _from_arrays(path: Path, wanted: str) -> tuple[Sequence[str], NDArray[np.float64]]:
    arrays = arrays_in(path, hint=OF_ARRAYS)
    texts = {name: array for name, array in arrays.items() if array.ndim == 1 and array.dtype.kind in "US"}
    numbers = [array for array in arrays.values() if array.ndim == 2 and array.dtype.kind in "fiu"]
    if wanted and wanted not in texts:
        raise UsageError(f"{path} has no array of texts '{wanted}'", hint=NAME_IT)
    keys = [texts[wanted]] if wanted else list(texts.values())
    if len(keys) != 1 or len(numbers) != 1 or len(keys[0]) != len(numbers[0]):
        held = ", ".join(f"{name} {array.dtype} {array.shape}" for name, array in arrays.items())
        raise DataError(
            f"{path} holds {held or 'nothing'}",
            hint="one array of texts (n,), SMILES or InChIKeys, and one of numbers (n, d)",
        )
    plain = np.char.decode(keys[0]) if keys[0].dtype.kind == "S" else keys[0]
    return [str(text) for text in plain], numbers[0].astype(np.float64)


def _in_single_precision(path: Path, vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        single = vectors.astype(np.float32)
    wrong = np.argwhere(~np.isfinite(single))
    if len(wrong):
        row, entry = (int(place) + 1 for place in wrong[0])
        rows = len(np.unique(wrong[:, 0]))
        raise DataError(
            f"{path} has vectors that are not finite in {rows:,} of {len(single):,} rows: the first is "
            f"entry {entry} of row {row}",
            hint="leave out the rows of compounds without a vector",
        )
    return np.ascontiguousarray(single)
