"""Read the training part of the OpenADMET ExpansionRx challenge from its published table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.source.library import read_published
from auditor.source.rows import SourceData, TaskTable
from mtl_audit_expansionrx.catalog import CITATION, DEFECTS, END_POINTS, LICENCE, LOGGED, EndPoint

if TYPE_CHECKING:
    import pandas as pd

    from auditor.source.files import SourceFiles

FILE = "openadmet/expansion_data_train.csv"
REVISION = "6b898ccc43d10d25b230fb09e22a6e30c30022b5"
URL = (
    "https://huggingface.co/datasets/openadmet/openadmet-expansionrx-challenge-data/resolve/"
    f"{REVISION}/expansion_data_train.csv"
)
SHA256 = "c5214ad8c8a4d7d4d09082fcce24fe16c97a980a1e0873b91b8c8e474b79f6e4"
SMILES = "SMILES"


def read_expansionrx(files: SourceFiles, *, scale: Literal["log", "published"] = "log") -> SourceData:
    """Return the nine end points of the published table.

    The challenge scored all but LogD as logarithms, since they span three to five orders of magnitude.
    So labels are log10(1 + value), which keeps the zeros that stand for values below an assay's limit.

    Parameters
    ----------
    files
        Where the published file comes from.
    scale
        ``published`` hands over the values as they stand in the file.

    Raises
    ------
    DataError
        The file is not to be had, or is not the published one.
    """
    frame = read_published(files.need(FILE, url=URL, sha256=SHA256, columns=(SMILES,)))
    published = scale == "published"
    return SourceData(
        tables=tuple(_table(frame, one, published=published) for one in END_POINTS),
        notes=(*(() if published else (LOGGED,)), *DEFECTS),
        licence=LICENCE,
        citation=CITATION,
    )


def _table(frame: pd.DataFrame, one: EndPoint, *, published: bool) -> TaskTable:
    rows = frame[frame[one.column].notna()]
    values = rows[one.column].to_numpy(dtype=np.float64)
    if one.logged and not published:
        values = np.log10(1 + values)
    return TaskTable(one.task(published=published), tuple(rows[SMILES].astype(str)), values)
