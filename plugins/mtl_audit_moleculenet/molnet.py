"""Read MoleculeNet sets, by deepchem.molnet or, to the same rows, from the published files themselves.

DeepChem's molecular featurisers drop every SMILES that RDKit rejects. `DummyFeaturizer` hands the
text through untouched, so all published rows arrive and the core counts and names the rejects.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.errors import DataError
from auditor.source.library import bad_copy, quietly, read_published

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.files import SourceFiles
    from mtl_audit_moleculenet.catalog import MoleculeNetSet


COLUMNS = ("smiles", "mol")
"""What DeepChem's files call the column of SMILES."""
NO_LABELS = (*COLUMNS, "mol_id")
"""Columns of the compound, in the sets whose other columns are all labels."""


@dataclass(frozen=True)
class Rows:
    """The published rows of a set: SMILES (m,), values (m, t) with NaN where nothing was measured."""

    tasks: tuple[str, ...]
    smiles: tuple[str, ...]
    values: NDArray[np.float64]


def read_rows(files: SourceFiles, sets: Sequence[MoleculeNetSet]) -> list[Rows]:
    """Return the published rows of some sets, in order.

    Every file was verified before. DeepChem writes its featurised copy into a temporary folder below the
    cache, which is removed afterwards; nothing that was downloaded is unpickled.

    Raises
    ------
    DataError
        A file is not to be had, or cannot be read.
    """
    paths = [files.need(f"moleculenet/{row.file}", url=row.url, columns=COLUMNS) for row in sets]
    if files.reader == "own":
        return [_of_the_file(row, path) for row, path in zip(sets, paths, strict=True)]
    with (
        _scratch(files.folder),
        console.progress("reading with DeepChem", 1 + len(sets)) as advance,
    ):
        with quietly("DeepChem", reading="its loaders", extra="deepchem"):
            import deepchem  # noqa: F401  the first import takes seconds and prints
        advance(1)
        found = []
        for row, path in zip(sets, paths, strict=True):
            found.append(_read(row, path))
            advance(1)
    return found


def _of_the_file(row: MoleculeNetSet, path: Path) -> Rows:
    """Return what the published file holds: every column is a label but those of the compound."""
    frame = read_published(path)
    tasks = row.labels or tuple(name for name in frame.columns if name not in NO_LABELS)
    smiles = next((name for name in COLUMNS if name in frame), "")
    absent = [name for name in (smiles or COLUMNS[0], *tasks) if name not in frame]
    if absent:
        raise DataError(f"{path} has no column '{absent[0]}'", hint=bad_copy(path))
    try:
        values = frame[list(tasks)].to_numpy(dtype=np.float64)
    except ValueError as error:
        raise DataError(f"{path} holds a text among its labels: {error}", hint=bad_copy(path)) from error
    return Rows(tasks, tuple(frame[smiles].fillna("").astype(str)), values)


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Send temporary files to a folder below the cache that is removed in any case."""
    folder.mkdir(parents=True, exist_ok=True)
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=folder, prefix=".deepchem-") as scratch:
        tempfile.tempdir = scratch
        try:
            yield
        finally:
            tempfile.tempdir = before


def _read(row: MoleculeNetSet, path: Path) -> Rows:
    hint = bad_copy(path)
    with quietly("DeepChem", reading=str(path), extra="deepchem", hint=hint):
        tasks, dataset = _load(row, path)
        values = np.where(dataset.w > 0, dataset.y, np.nan).astype(np.float64)
        smiles = tuple("" if text is None else str(text) for text in dataset.ids)
    if values.shape != (len(smiles), len(tasks)):
        raise DataError(f"DeepChem read {path} as a table of shape {values.shape}", hint=hint)
    return Rows(tuple(tasks), smiles, values)


def _load(row: MoleculeNetSet, path: Path) -> tuple[list[str], Any]:
    """Return task names and dataset, through the set's own loader where it reads the published CSV.

    ``load_qm8`` reads an SDF archive only, and asks it for four columns twice; the CSV that DeepChem
    publishes beside it goes through the same CSVLoader as all other sets, under the names
    that pandas gives to repeated columns.
    """
    import deepchem as dc

    featurizer = dc.feat.DummyFeaturizer()
    if not row.loader:
        import pandas as pd

        tasks = [name for name in pd.read_csv(path, nrows=0).columns if name != "smiles"]
        loader = dc.data.CSVLoader(tasks=tasks, feature_field="smiles", featurizer=featurizer)
        return tasks, loader.create_dataset(str(path), shard_size=8192)
    tasks, (dataset,), _ = getattr(dc.molnet, row.loader)(
        featurizer=featurizer,
        splitter=None,
        transformers=[],
        reload=False,
        data_dir=str(path.parent),
        save_dir=tempfile.gettempdir(),
    )
    return list(tasks), dataset
