"""Read a user's own table: one SMILES column, one column per task, empty cells not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError
from auditor.source.rows import SourceData, Task, TaskTable
from auditor.source.table import remarks
from auditor.source.table.classes import two_classes
from auditor.source.table.columns import EMPTY, no_task
from auditor.source.table.long import Long, refuse_long, tasks_of_long
from auditor.source.table.missing import codes_of, without
from auditor.source.table.opening import Columns, read_columns
from auditor.source.table.refusals import doubtful_code, listed, no_column, no_numbers, refuse_unusable
from auditor.source.table.remarks import Left
from auditor.source.table.rules import Rules
from auditor.source.table.smiles import smiles_of
from auditor.source.table.values import Values, to_values
from auditor.source.table.weights import weighted
from auditor.text import whole_names

if TYPE_CHECKING:
    from auditor.source.rows import Kind

AS_SAID = Rules()


def read_table(
    path: Path,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    rules: Rules = AS_SAID,
) -> SourceData:
    """Return the rows of a table, one task per column of measurements.

    An empty cell (or NA, ND, null, none …) is not measured and leaves its row out of that task only. A task
    with two distinct values is classification, any other regression. Rows with an empty SMILES stay, so
    that they are counted with the rejects. A column without any value is left out.

    Parameters
    ----------
    path
        The file; ``.gz`` is unpacked.
    smiles_column
        Its name; None finds the one that is named for it.
    tasks
        Columns to use, in order; None takes all that hold measurements, and the notes name what was left
        out and why.
    rules
        What the user says of missing values and of limits.

    Raises
    ------
    UsageError
        A named column is not there, or the SMILES column cannot be told.
    DataError
        The file is not a table, a task column holds text or infinite values, or a number may stand for
        "not measured" and nobody said so.
    """
    columns = read_columns(path, smiles_column=smiles_column)
    return tasks_of(columns, smiles_column=smiles_column, tasks=tasks, rules=rules)


def tasks_of(
    columns: Columns,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    rules: Rules = AS_SAID,
) -> SourceData:
    """Return the tasks of a table that was read; the parameters and errors are those of `read_table`."""
    smiles, texts = smiles_of(columns, smiles_column)
    data = _tasks(columns, smiles, texts, tasks, rules)
    if not data.tables:
        raise no_numbers(columns, smiles)
    return data


def read_rows(
    path: Path, *, smiles_column: str | None = None, tasks: Sequence[str] | None = None
) -> tuple[Sequence[str], SourceData]:
    """Return the SMILES of every row, measured or not, and the tasks: none is enough.

    The parameters and errors are those of `read_table`; a text file may hold SMILES alone.
    """
    columns = read_columns(path, least=1, smiles_column=smiles_column)
    smiles, texts = smiles_of(columns, smiles_column)
    return texts, _tasks(columns, smiles, texts, tasks, AS_SAID)


def _tasks(
    columns: Columns, smiles: str, texts: Sequence[str], tasks: Sequence[str] | None, rules: Rules
) -> SourceData:
    if rules.long:
        return _long(columns, texts, rules)
    if not tasks:
        refuse_long(columns, smiles)
    columns, weights_said = weighted(columns)
    for name in rules.exclude:
        if name not in columns.arrays:
            raise no_column(columns, name)
    if tasks:
        named = _wanted(columns, smiles, tasks)
        found = {name: to_values(columns.arrays[name], rules.words) for name in named}
        left_out: Left = {}
    else:
        found, left_out = _inferred(columns, smiles, rules)
    for name, values in found.items():
        refuse_unusable(columns.path, name, values)
    found, codes_said = _without_codes(columns, found, rules)
    empty = [name for name, values in found.items() if not values.measured]
    if empty:
        left_out.setdefault(EMPTY, []).extend(empty)
    tables = [_table(name, texts, values) for name, values in found.items() if values.measured]
    said = (
        *weights_said,
        *codes_said,
        *remarks.ways(found),
        *remarks.limits(tables, rules),
        *remarks.codings(found),
        *remarks.notes(columns.path, left_out),
    )
    remarks.say(columns.path, said, left_out)
    if rules.censored == "at-limit":
        tables = [replace(table, limits=None) for table in tables]
    return SourceData(tables=tuple(tables), notes=said)


def _long(columns: Columns, texts: Sequence[str], rules: Rules) -> SourceData:
    """Return one task per assay of a table with one row per compound and assay."""
    parts = tasks_of_long(columns, Long.of(rules.long), rules.words)
    found = {name: values for name, _, values in parts}
    for name, values in found.items():
        refuse_unusable(columns.path, name, values)
    found, codes_said = _without_codes(columns, found, rules)
    tables = [
        _table(name, [texts[row] for row in rows], found[name])
        for name, rows, _ in parts
        if found[name].measured
    ]
    assay, value = rules.long["assay"], rules.long["value"]
    told = f"Every name in '{assay}' is a task, with the values of '{value}'."
    said = (
        told,
        *codes_said,
        *remarks.ways(found),
        *remarks.limits(tables, rules),
        *remarks.codings(found),
    )
    remarks.say(columns.path, said, {})
    if rules.censored == "at-limit":
        tables = [replace(table, limits=None) for table in tables]
    return SourceData(tables=tuple(tables), notes=said)


def _wanted(columns: Columns, smiles: str, tasks: Sequence[str]) -> Sequence[str]:
    tasks = whole_names(tasks, list(columns.arrays))
    for name in tasks:
        if name not in columns.arrays:
            raise no_column(columns, name)
        if name == smiles or tasks.count(name) > 1:
            what = "is the SMILES column" if name == smiles else "is named twice"
            raise UsageError(f"'{name}' {what}", hint="--tasks takes each task column once")
    return tasks


def _inferred(columns: Columns, smiles: str, rules: Rules) -> tuple[dict[str, Values], Left]:
    """Return the task columns, and the names of all others by why they are none."""
    found: dict[str, Values] = {}
    left_out: Left = {}
    for name, array in columns.arrays.items():
        if name == smiles or name in rules.exclude:
            continue
        values = to_values(array, rules.words)
        reason = no_task(columns, name, values)
        if reason:
            left_out.setdefault(reason, []).append(name)
        else:
            found[name] = values
    return found, left_out


def _without_codes(
    columns: Columns, found: Mapping[str, Values], rules: Rules
) -> tuple[dict[str, Values], tuple[str, ...]]:
    """Return the columns with NaN in the place of numbers that stand for "not measured".

    Raises
    ------
    DataError
        A number may stand for it, and nobody said so.
    """
    names = {number: tuple(found) for number in rules.numbers}
    if rules.looks_for_codes:
        codes = codes_of({name: values.numbers for name, values in found.items()})
        if codes.doubts:
            raise doubtful_code(columns.path, *codes.doubts[0])
        names = dict(codes.certain)
    said, out = [], dict(found)
    for code, tasks in names.items():
        cells = 0
        for name in tasks:
            numbers = without(out[name].numbers, [code])
            cells += out[name].measured - int((~np.isnan(numbers)).sum())
            out[name] = replace(out[name], numbers=numbers)
        if cells:
            said.append(f"{code:g} is read as not measured: {cells:,} cells of {listed(tasks)}.")
    return out, tuple(said)


def _table(name: str, texts: Sequence[str], values: Values) -> TaskTable:
    measured = np.flatnonzero(~np.isnan(values.numbers))
    numbers = values.numbers[measured]
    low, high = two_classes(values)
    kind: Kind = "regression" if low is None else "classification"
    limits = None if values.limits is None else values.limits[measured]
    if low is not None:
        numbers = (numbers == high).astype(np.float64)
    return TaskTable(Task(name, kind), tuple(texts[row] for row in measured), numbers, limits)
