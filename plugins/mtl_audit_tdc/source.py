"""Read TDC sets, from files that were fetched and verified before PyTDC is asked for their rows."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.errors import DataError
from auditor.source.library import quietly, read_published
from auditor.source.rows import SourceData, Task, TaskTable
from mtl_audit_tdc.catalog import SETS, TDC, TdcSet
from mtl_audit_tdc.published import url_of
from mtl_audit_tdc.rows import ByPyTDC, OfTheFile, Open

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles

COLUMNS = ("Drug", "X")
"""What PyTDC's files call the column of SMILES."""


def read_sets(files: SourceFiles, names: Sequence[str]) -> SourceData:
    """Return the published rows of some TDC sets, one task per label column.

    Every file is in the cache and verified before PyTDC looks for it there, so that PyTDC neither
    downloads nor keeps an error page. PyTDC leaves out rows that repeat another row in full, rows
    without a value, and the animal rows of ``ppbr_az``, and so does the reading without it; the
    notes count them.

    Raises
    ------
    DataError
        A file is not to be had, or PyTDC cannot read it.
    """
    rows = [SETS[name] for name in names]
    paths = [files.need(f"tdc/{row.name}.tab", url=url_of(row.name), columns=COLUMNS) for row in rows]
    how, who = _reader(files, rows)
    tables: list[TaskTable] = []
    notes: list[str] = []
    with console.progress(f"reading with {who}", sum(row.labels for row in rows)) as advance:
        for row, path in zip(rows, paths, strict=True):
            reader = how(row, path)
            for label in reader.labels():
                found = reader.column(label)
                tables.append(TaskTable(_task(row, label), found.smiles, found.values))
                advance(1)
            notes.append(_size_note(row, path, tables[-1]))
    notes += [f"{row.name}: {defect}." for row in rows for defect in row.defects]
    return SourceData(
        tables=tuple(tables),
        notes=tuple(note for note in notes if note),
        licence="; ".join(_grouped((row.name, row.licence) for row in rows)),
        citation="; ".join(dict.fromkeys([TDC, *(row.citation for row in rows)])),
    )


def _reader(files: SourceFiles, rows: Sequence[TdcSet]) -> tuple[Open, str]:
    """Return what reads the rows of a set, and its name."""
    if files.reader == "own":
        return OfTheFile, "pandas"
    with quietly("PyTDC", reading="its list of files", extra="tdc"):
        from tdc.metadata import name2type
    _refuse_pickles(rows, name2type)
    return ByPyTDC, "PyTDC"


def _refuse_pickles(rows: Sequence[TdcSet], kinds: Mapping[str, str]) -> None:
    """Refuse a set that PyTDC would download itself and, where it is no table, unpickle."""
    for row in rows:
        if kinds.get(row.name) != "tab":
            raise DataError(
                f"this PyTDC takes {row.name} from a .{kinds.get(row.name)} file, which is not loaded",
                hint="pip install 'PyTDC==1.1.15'",
            )


def _task(row: TdcSet, label: str | None) -> Task:
    kind = row.kinds.get(label or "", row.kind)
    number = kind == "regression"
    return Task(
        name=label or row.name,
        kind=kind,
        unit=row.unit if number else "",
        description=row.description,
        low=row.low if number else -np.inf,
        high=row.high if number else np.inf,
        assay=_assay(row, label),
        domain=f"tdc/{row.name}",
    )


def _assay(row: TdcSet, label: str | None) -> str:
    if label is None:
        return row.name
    if row.name == "toxcast":
        from mtl_audit_moleculenet.toxcast import assay_of

        return assay_of(label)
    return row.name if row.kinds else label


def _size_note(row: TdcSet, path: Path, table: TaskTable) -> str:
    """Return a sentence where what was read differs from the file or from what TDC states."""
    if row.labels > 1:
        return ""
    lines = len(read_published(path, separator="\t"))
    read, distinct = len(table.values), len(set(table.smiles))
    said = []
    if read != lines:
        said.append(f"PyTDC keeps {read:,} of the {lines:,} rows of the file")
    if row.drugs and row.drugs not in (read, distinct):
        said.append(f"TDC states {row.drugs:,} drugs, the file has {distinct:,} distinct SMILES")
    return f"{row.name}: {'; '.join(said)}." if said else ""


def _grouped(pairs: Any) -> list[str]:
    """Return "what: names" for each distinct second element, "what" alone if there is only one."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    groups = {what: [n for n, _ in some] for what, some in itertools.groupby(ordered, lambda p: p[1])}
    if len(groups) == 1:
        return list(groups)
    return [f"{what} ({', '.join(names)})" for what, names in groups.items()]
