"""From the rows that DeepChem returns to one table per task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.source.rows import SourceData, Task, TaskTable
from mtl_audit_moleculenet.catalog import MOLECULENET, PANEL, SETS, MoleculeNetSet
from mtl_audit_moleculenet.molnet import Rows, read_rows
from mtl_audit_moleculenet.toxcast import PAPER_17, assay_of

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles


def read_set(files: SourceFiles, name: str) -> SourceData:
    """Return all tasks of one MoleculeNet set."""
    row = SETS[name]
    (rows,) = read_rows(files, [row])
    return _source_data([row], _tables(row, rows, rows.tasks), [_size_note(row, rows)])


def read_toxcast_17(files: SourceFiles) -> SourceData:
    """Return the 17 ToxCast tasks that Cheng & Zhang 2026 audited, all compounds kept."""
    row = SETS["toxcast"]
    (rows,) = read_rows(files, [row])
    note = "toxcast-17 is 17 of the 617 ToxCast columns, as chosen by Cheng & Zhang 2026."
    return _source_data([row], _tables(row, rows, PAPER_17), [note, _size_note(row, rows)])


def read_panel(files: SourceFiles, *, every_task: bool = False) -> SourceData:
    """Return nine sets side by side, to see what compounds they share.

    Parameters
    ----------
    files
        Where the published files come from.
    every_task
        Take every task of every set, named ``set:task``; otherwise one task per set. Where a set
        has several, that one is tox21's best covered task (NR-AR), sider's first (all are
        complete) and clintox's CT_TOX.
    """
    sets = [SETS[name] for name in PANEL]
    tables: list[TaskTable] = []
    notes: list[str] = []
    for row, rows in zip(sets, read_rows(files, sets), strict=True):
        notes.append(_size_note(row, rows))
        several = len(rows.tasks) > 1
        if several and not every_task:
            notes.append(_panel_note(row, rows))
        names = (row.shown,) if several and not every_task else rows.tasks
        for table in _tables(row, rows, names):
            label = f"{row.name}:{table.task.name}" if several and every_task else row.name
            tables.append(TaskTable(_renamed(table.task, label), table.smiles, table.values))
    return _source_data(sets, tables, notes)


def _tables(row: MoleculeNetSet, rows: Rows, names: Sequence[str]) -> list[TaskTable]:
    """Return one table per named task, rows without a value left out."""
    tables = []
    for name in names:
        values = rows.values[:, rows.tasks.index(name)]
        measured = np.flatnonzero(~np.isnan(values))
        smiles = tuple(rows.smiles[index] for index in measured)
        tables.append(TaskTable(_task(row, name), smiles, values[measured]))
    return tables


def _task(row: MoleculeNetSet, name: str) -> Task:
    return Task(
        name=name,
        kind=row.kind,
        unit=row.unit,
        description=row.description,
        low=row.low,
        high=row.high,
        assay=_assay(row, name),
        domain=row.name,
    )


def _assay(row: MoleculeNetSet, name: str) -> str:
    """Return what a task was read from, where several tasks of the set share it."""
    if row.name == "toxcast":
        return assay_of(name)
    if row.name == "qm8":
        return name.split("-")[1].split(".")[0]
    return row.name if row.name.startswith("bace") else name


def _renamed(task: Task, name: str) -> Task:
    return Task(name, task.kind, task.unit, task.description, task.low, task.high, task.assay, task.domain)


def _panel_note(row: MoleculeNetSet, rows: Rows) -> str:
    measured = int((~np.isnan(rows.values[:, rows.tasks.index(row.shown)])).sum())
    return (
        f"{row.name} is represented by {row.shown}, one of its {len(rows.tasks)} tasks, measured "
        f"for {measured:,} of {len(rows.smiles):,} rows."
    )


def _size_note(row: MoleculeNetSet, rows: Rows) -> str:
    if (len(rows.smiles), len(rows.tasks)) == (row.rows, row.tasks):
        return ""
    return (
        f"{row.name}: {len(rows.smiles):,} rows and {len(rows.tasks)} tasks were read; "
        f"{row.rows:,} rows and {row.tasks} tasks are published."
    )


def _source_data(
    sets: Sequence[MoleculeNetSet], tables: Sequence[TaskTable], notes: Sequence[str]
) -> SourceData:
    defects = [f"{row.name}: {defect}." for row in sets for defect in row.defects]
    return SourceData(
        tables=tuple(tables),
        notes=tuple(note for note in (*notes, *defects) if note),
        licence="; ".join(dict.fromkeys(row.licence for row in sets)),
        citation="; ".join(dict.fromkeys([MOLECULENET, *(row.citation for row in sets)])),
    )
