"""Read a user's own table: one SMILES column, one column per task, empty cells not measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.errors import DataError, UsageError
from auditor.source.rows import SourceData, Task, TaskTable
from auditor.source.table.delimited import Columns, read_columns
from auditor.source.table.refusals import listed, no_column, no_numbers, refuse_unusable
from auditor.source.table.values import Values, to_text, to_values

if TYPE_CHECKING:
    from auditor.source.rows import Kind

_OTHER_NAMES = ("smile", "structure", "mol", "molecule", "drug", "x")
_IDENTIFIER = re.compile(
    r"^$|^unnamed: \d+$|(^|[\s_.-])(id|idx|index|no|nr|num|number|row|cid|sid|fold|split)$",
    re.IGNORECASE,
)
TEXT = "text"
"""Why a column is no task: most of its cells are not numbers."""


def read_table(
    path: Path, *, smiles_column: str | None = None, tasks: Sequence[str] | None = None
) -> SourceData:
    """Return the rows of a CSV, TSV or Parquet file, one task per numeric column.

    An empty cell (or NA, NaN, null, none) is not measured and leaves its row out of that task only.
    A task whose values are all 0 or 1 is classification, any other regression. Rows with an
    empty SMILES stay, so that they are counted with the rejects.

    Parameters
    ----------
    path
        The file; ``.gz`` is unpacked.
    smiles_column
        Its name; None finds the one that is named for it.
    tasks
        Columns to use, in order; None takes all numeric columns that are not identifiers, and
        the notes name what was left out.

    Raises
    ------
    UsageError
        A named column is not there, or the SMILES column cannot be told.
    DataError
        The file is not a table, or a task column holds text or infinite values.
    """
    return tasks_of(read_columns(path), smiles_column=smiles_column, tasks=tasks)


def tasks_of(
    columns: Columns, *, smiles_column: str | None = None, tasks: Sequence[str] | None = None
) -> SourceData:
    """Return the tasks of a table that was read; the parameters and errors are those of `read_table`."""
    smiles, texts = _smiles(columns, smiles_column)
    data = _tasks(columns, smiles, texts, tasks)
    if not data.tables:
        raise no_numbers(columns, smiles)
    return data


def read_rows(
    path: Path, *, smiles_column: str | None = None, tasks: Sequence[str] | None = None
) -> tuple[Sequence[str], SourceData]:
    """Return the SMILES of every row, measured or not, and the tasks: none is enough.

    The parameters and errors are those of `read_table`; a text file may hold SMILES alone.
    """
    columns = read_columns(path, least=1)
    smiles, texts = _smiles(columns, smiles_column)
    return texts, _tasks(columns, smiles, texts, tasks)


def _smiles(columns: Columns, wanted: str | None) -> tuple[str, Sequence[str]]:
    """Return the name of the SMILES column, and its text in every row."""
    smiles = _smiles_column(columns, wanted)
    texts = to_text(columns.arrays[smiles])
    if texts is None:
        raise DataError(
            f"column '{smiles}' of {columns.path} holds no text", hint="name another with --smiles-column"
        )
    return smiles, texts


def _tasks(columns: Columns, smiles: str, texts: Sequence[str], tasks: Sequence[str] | None) -> SourceData:
    if tasks:
        found = {name: to_values(columns.arrays[name]) for name in _wanted(columns, smiles, tasks)}
        left_out: dict[str, list[str]] = {}
    else:
        found, left_out = _inferred(columns, smiles)
    for name, values in found.items():
        refuse_unusable(columns.path, name, values)
    _say_texts(columns.path, left_out.get(TEXT, ()))
    return SourceData(
        tables=tuple(_table(name, texts, values) for name, values in found.items()),
        notes=_notes(columns.path, left_out),
    )


def _smiles_column(columns: Columns, wanted: str | None) -> str:
    names = list(columns.arrays)
    if wanted is not None:
        if wanted not in columns.arrays:
            raise no_column(columns, wanted)
        return wanted
    exact = [name for name in names if name.strip().lower() == "smiles"]
    containing = [name for name in names if "smiles" in name.lower()]
    other = [name for name in names if name.strip().lower() in _OTHER_NAMES]
    for found in (exact, containing, other):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{columns.path} has several SMILES columns: {listed(found)}",
                hint=f"choose one with --smiles-column '{found[0]}'",
            )
    raise UsageError(
        f"{columns.path} has no column named smiles; it has {listed(names)}",
        hint="name the SMILES column with --smiles-column",
    )


def _wanted(columns: Columns, smiles: str, tasks: Sequence[str]) -> Sequence[str]:
    for name in tasks:
        if name not in columns.arrays:
            raise no_column(columns, name)
        if name == smiles or tasks.count(name) > 1:
            what = "is the SMILES column" if name == smiles else "is named twice"
            raise UsageError(f"'{name}' {what}", hint="--tasks takes each task column once")
    return tasks


def _inferred(columns: Columns, smiles: str) -> tuple[dict[str, Values], dict[str, list[str]]]:
    """Return the task columns, and the names of all others by why they are none."""
    found: dict[str, Values] = {}
    left_out: dict[str, list[str]] = {}
    for name, array in columns.arrays.items():
        if name == smiles:
            continue
        values = to_values(array)
        reason = _no_task(name, values)
        if reason:
            left_out.setdefault(reason, []).append(name)
        else:
            found[name] = values
    return found, left_out


def _no_task(name: str, values: Values) -> str:
    """Return why a column is not taken for a task; empty if it is."""
    if values.texts and 2 * values.text_cells > values.text_cells + values.measured:
        return TEXT
    if values.foreign:
        return values.foreign
    if _IDENTIFIER.search(name.strip()) or re.search(r"[a-z]ID$", name.strip()):
        return "identifiers"
    if not values.texts and values.counts_rows():
        return "row numbers"
    return ""


def _table(name: str, texts: Sequence[str], values: Values) -> TaskTable:
    measured = np.flatnonzero(~np.isnan(values.numbers))
    numbers = values.numbers[measured]
    binary = len(numbers) and bool(np.isin(numbers, (0, 1)).all())
    kind: Kind = "classification" if binary else "regression"
    return TaskTable(Task(name, kind), tuple(texts[row] for row in measured), numbers)


def _notes(path: Path, left_out: dict[str, list[str]]) -> tuple[str, ...]:
    if not left_out:
        return ()
    parts = [f"{listed(names)} ({reason})" for reason, names in left_out.items()]
    return (f"Columns of {path.name} that are not used as tasks: {'; '.join(parts)}.",)


def _say_texts(path: Path, names: Sequence[str]) -> None:
    """Say which columns are left out for their text: a task may be among them."""
    if names:
        verb = "is" if len(names) == 1 else "are"
        console.say(f"{listed(names)} of {path.name} {verb} text, not numbers, and left out")
