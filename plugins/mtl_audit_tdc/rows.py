"""The rows of one TDC set, read by PyTDC or, to the same rows, from the published file itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from auditor.errors import DataError
from auditor.source.library import bad_copy, quietly, read_published
from mtl_audit_tdc.published import LABELS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mtl_audit_tdc.catalog import TdcSet

COMPOUND = ("Drug_ID", "ID", "Drug", "X")
"""What the files call a compound's name and its SMILES."""
HUMAN = "Homo sapiens"


@dataclass(frozen=True)
class Column:
    """A label column: SMILES (m,) and values (m,) of the rows that have a value."""

    smiles: tuple[str, ...]
    values: NDArray[np.float64]


class Reader(Protocol):
    """Reads one set; its label columns are read one by one, None stands for the only one."""

    def labels(self) -> Sequence[str | None]:
        """Return the label columns, in the order of reports."""

    def column(self, label: str | None) -> Column:
        """Return the rows that have a label."""


Open = Callable[["TdcSet", Path], Reader]


@dataclass(frozen=True)
class ByPyTDC:
    """A set as PyTDC reads it."""

    row: TdcSet
    path: Path

    def labels(self) -> Sequence[str | None]:
        """Return the label columns that PyTDC knows."""
        if self.row.labels == 1:
            return [None]
        with quietly("PyTDC", reading=str(self.path), extra="tdc"):
            from tdc.utils import retrieve_label_name_list

            return list(retrieve_label_name_list(self.row.name))

    def column(self, label: str | None) -> Column:
        """Return what PyTDC's loader gives."""
        folder, hint = str(self.path.parent), bad_copy(self.path)
        with quietly("PyTDC", reading=str(self.path), extra="tdc", hint=hint):
            from tdc import single_pred

            family = getattr(single_pred, self.row.family)
            loader = family(name=self.row.name, path=folder, label_name=label)
            frame = loader.get_data()
            column, smiles = getattr(loader.y, "name", label), frame["Drug"].astype(str)
            values = frame["Y"].to_numpy(dtype=np.float64)
        if label is not None and column != label:
            raise DataError(f"PyTDC gave column '{column}' of {self.path} for '{label}'", hint=hint)
        return Column(tuple(smiles), values)


class OfTheFile:
    """A set as its published file holds it, by the rules of PyTDC.

    Rows that repeat another one in full are left out, and rows without a value; of ``ppbr_az`` all rows
    of human plasma stay. An empty SMILES is the text "nan", which no chemistry reads.
    """

    def __init__(self, row: TdcSet, path: Path) -> None:
        self.row, self.path = row, path
        frame = read_published(path, separator="\t")
        if row.name == "ppbr_az":
            self.frame = frame[self._of(frame, "Species") == HUMAN]
        else:
            self.frame = frame.drop_duplicates()

    def labels(self) -> Sequence[str | None]:
        """Return the label columns of the file."""
        if self.row.labels == 1:
            return [None]
        known = LABELS.get(self.row.name)
        return list(known or (name for name in self.frame.columns if name not in COMPOUND))

    def column(self, label: str | None) -> Column:
        """Return the rows of the file that have a value."""
        found = self._of(self.frame, label or "Y")
        measured = found.notna().to_numpy()
        smiles = self._of(self.frame, "X" if "X" in self.frame else "Drug")[measured].astype(str)
        try:
            values = found[measured].to_numpy(dtype=np.float64)
        except ValueError as error:
            said = f"column '{label or 'Y'}' of {self.path} holds a text: {error}"
            raise DataError(said, hint=bad_copy(self.path)) from error
        return Column(tuple(smiles), values)

    def _of(self, frame: pd.DataFrame, name: str) -> pd.Series:
        if name not in frame:
            raise DataError(f"{self.path} has no column '{name}'", hint=bad_copy(self.path))
        return frame[name]
