"""Read QM9 in full, through DeepChem's reader of tables or by ourselves, to the same rows.

Neither of the two dataset functions returns all 133,885 molecules: ``deepchem.molnet.load_qm9``
reads gdb9.sdf and drops what RDKit refuses to sanitise, which leaves 132,480;
``torch_geometric.datasets.QM9`` reads the same file and leaves out the 3,054 uncharacterised molecules,
which leaves 130,831, and turns energies into eV. DeepChem also publishes qm9.csv, the same molecules as
SMILES; its CSVLoader reads every row of that when the featurizer hands the text through, and so does
pandas alone. What RDKit refuses is then counted by the core.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.source.library import bad_copy, quietly, read_published
from auditor.source.rows import SourceData, TaskTable
from mtl_audit_qm9.catalog import CITATION, DEFECTS, LICENCE, ROWS, TARGETS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.files import SourceFiles

FILE = "moleculenet/qm9.csv"
SUBSET_FILE = "moleculenet/qm9_subset14862.csv"
URL = "https://deepchemdata.s3-us-west-1.amazonaws.com/datasets/qm9.csv"


def read_qm9(
    files: SourceFiles, *, compounds: int = 5_000, seed: int = 0, subset: bool = False
) -> SourceData:
    """Return the twelve targets for a random sample of the published rows, all labels present.

    Parameters
    ----------
    files
        Where the published file comes from.
    compounds
        How many rows to draw, without replacement and in published order; 0 for all.
    seed
        Seed of the draw; the same file, number and seed give the same rows.
    subset
        Read the part of QM9 that a mirror holds as ``moleculenet/qm9_subset14862.csv``.

    Raises
    ------
    DataError
        The file is not to be had, or cannot be read.
    UsageError
        A negative number.
    """
    if compounds < 0 or seed < 0:
        raise UsageError(f"compounds={compounds}, seed={seed}: below 0", hint="compounds=5000 seed=0")
    path = _path(files, subset)
    smiles, values = _by_deepchem(path) if files.reader == "library" else _of_the_file(path)
    drawn = _draw(len(smiles), compounds, seed)
    stamps = [
        "" if len(smiles) == ROWS else f"SUBSET: {len(smiles):,} of {ROWS:,} rows.",
        "" if len(drawn) == len(smiles) else _sample_note(len(drawn), len(smiles), seed),
    ]
    return SourceData(
        tables=tuple(_tables(smiles, values, drawn)),
        notes=tuple(DEFECTS),
        stamps=tuple(stamp for stamp in stamps if stamp),
        licence=LICENCE,
        citation=CITATION,
    )


def _path(files: SourceFiles, subset: bool) -> Path:
    if subset:
        path = files.find(SUBSET_FILE)
        if path is None:
            raise DataError(f"{SUBSET_FILE} is not in the mirror", hint="leave out subset=true")
        return path
    try:
        return files.need(FILE, url=URL, columns=("smiles",))
    except DataError as error:
        if files.find(SUBSET_FILE) is None:
            raise
        hint = f"{error.hint}; the mirror holds a part of it: --dataset-option subset=true"
        raise DataError(error.message, hint=hint) from error


def _of_the_file(path: Path) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return SMILES (m,) and values (m, 12) of the published table."""
    frame, names = read_published(path), [task.name for task in TARGETS]
    absent = [name for name in ("smiles", *names) if name not in frame]
    if absent:
        raise DataError(f"{path} has no column '{absent[0]}'", hint=bad_copy(path))
    try:
        return frame["smiles"].fillna("").astype(str).to_numpy(object), frame[names].to_numpy(np.float64)
    except ValueError as error:
        raise DataError(f"{path} holds a text among its values: {error}", hint=bad_copy(path)) from error


def _by_deepchem(path: Path) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return SMILES (m,) and values (m, 12) of a table, NaN where a value is missing."""
    names = [task.name for task in TARGETS]
    hint = bad_copy(path)
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".deepchem-") as scratch,
        quietly("DeepChem", reading=str(path), extra="deepchem", hint=hint),
    ):
        import deepchem as dc

        loader = dc.data.CSVLoader(
            tasks=names, feature_field="smiles", featurizer=dc.feat.DummyFeaturizer()
        )
        read = loader.create_dataset(str(path), data_dir=scratch, shard_size=8_192)
        smiles = np.array([str(text) for text in read.X], dtype=object)
        values = np.where(read.w > 0, read.y, np.nan).astype(np.float64)
    if values.shape != (len(smiles), len(names)):
        raise DataError(f"DeepChem read {path} as a table of shape {values.shape}", hint=hint)
    return smiles, values


def _draw(rows: int, wanted: int, seed: int) -> NDArray[np.intp]:
    """Return the indices of the rows to use, ascending."""
    if not wanted or wanted >= rows:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, wanted, replace=False))


def _sample_note(drawn: int, rows: int, seed: int) -> str:
    return f"{drawn:,} of {rows:,} rows were drawn with seed {seed}."


def _tables(
    smiles: NDArray[np.object_], values: NDArray[np.float64], drawn: NDArray[np.intp]
) -> list[TaskTable]:
    tables = []
    for column, task in enumerate(TARGETS):
        measured = drawn[~np.isnan(values[drawn, column])]
        own = replace(task, domain="qm9")
        tables.append(TaskTable(own, tuple(smiles[measured]), values[measured, column]))
    return tables
