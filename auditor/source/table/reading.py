"""Read a user's own table: one SMILES column, one column per task, empty cells not measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from auditor.errors import UsageError
from auditor.source.account import Account, FileRead
from auditor.source.rows import SourceData
from auditor.source.table import remarks
from auditor.source.table.columns import COMPUTED, EMPTY, EXCLUDED, METADATA, WEIGHTS, no_task
from auditor.source.table.descriptors import computed_columns
from auditor.source.table.experiments import constant_columns
from auditor.source.table.long import Long, refuse_long, tasks_of_long
from auditor.source.table.opening import Columns, read_columns
from auditor.source.table.parts import Part, table_of, valued, without_codes
from auditor.source.table.refusals import no_column, no_numbers, refuse_out_of_reach, refuse_unusable
from auditor.source.table.remarks import Left, Said
from auditor.source.table.rules import Rules
from auditor.source.table.smiles import smiles_of
from auditor.source.table.spelling import PERCENT
from auditor.source.table.values import Values, to_values
from auditor.source.table.weights import weighted
from auditor.text import whole_names

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


def tasks_beside(
    columns: Columns, keys: Sequence[str], *, tasks: Sequence[str], rules: Rules
) -> SourceData:
    """Return the tasks of columns that hold neither features nor the keys of their rows (m,)."""
    return _tasks(columns, "", keys, tasks or None, rules)


def _tasks(
    columns: Columns, smiles: str, texts: Sequence[str], tasks: Sequence[str] | None, rules: Rules
) -> SourceData:
    """Return the tasks of a table; ``smiles`` is empty where the texts are keys of no molecules."""
    if rules.long:
        return _long(columns, smiles, texts, rules)
    if not tasks:
        refuse_long(columns, smiles)
    columns, unweighted, weights = weighted(columns)
    for name in rules.exclude:
        if name not in columns.arrays:
            raise no_column(columns, name)
    if tasks:
        named = _wanted(columns, smiles, tasks)
        found = {name: to_values(columns.arrays[name], rules.words) for name in named}
        left_out: Left = {}
    else:
        found, left_out = _inferred(columns, smiles, texts, rules)
    for why, names in ((EXCLUDED, rules.exclude), (WEIGHTS, weights)):
        left_out |= {why: list(names)} if names else {}
    rows = np.arange(len(texts))
    parts = [Part(name, rows, values) for name, values in found.items()]
    return _read(columns, smiles, texts, parts, rules, Said(left_out, unweighted))


def _long(columns: Columns, smiles: str, texts: Sequence[str], rules: Rules) -> SourceData:
    """Return one task per assay of a table with one row per compound and assay."""
    parts = [Part(*part) for part in tasks_of_long(columns, Long.of(rules.long), rules.words)]
    assay, value = rules.long["assay"], rules.long["value"]
    told = f"Every name in '{assay}' is a task, with the values of '{value}'."
    return _read(columns, smiles, texts, parts, rules, Said({}, remarks=(told,)))


def _read(
    columns: Columns, smiles: str, texts: Sequence[str], parts: Sequence[Part], rules: Rules, said: Said
) -> SourceData:
    """Return the tables of some tasks, and the account of how they were read."""
    for part in parts:
        refuse_unusable(columns.path, part.name, part.values)
    parts, codes = without_codes(columns.path, parts, rules)
    for part in parts:
        refuse_out_of_reach(columns.path, part.name, part.values)
    left_out = {why: tuple(names) for why, names in said.left_out.items()}
    if empty := tuple(part.name for part in parts if not part.values.measured):
        left_out[EMPTY] = (*left_out.get(EMPTY, ()), *empty)
    parts = [part for part in parts if part.values.measured]
    tables = [table_of(part, texts) for part in parts]
    found = {part.name: part.values for part in parts}
    form = columns.form
    account = Account(
        (FileRead(columns.path.name, form.name, form.packed, form.separator, smiles, columns.rows),),
        valued(parts, texts),
        (*codes, *remarks.words(found), *remarks.weights(said.unweighted)),
        left_out,
        remarks.codings(found),
        frozenset(name for name, values in found.items() if PERCENT in values.ways),
        (*said.remarks, *remarks.ways(found), *remarks.limits(tables, rules), *remarks.classes(found)),
    )
    if rules.censored == "at-limit":
        tables = [replace(table, limits=None) for table in tables]
    return SourceData(tables=tuple(tables), account=account)


def _wanted(columns: Columns, smiles: str, tasks: Sequence[str]) -> Sequence[str]:
    tasks = whole_names(tasks, list(columns.arrays))
    for name in tasks:
        if name not in columns.arrays:
            raise no_column(columns, name)
        if name == smiles or tasks.count(name) > 1:
            what = "is the SMILES column" if name == smiles else "is named twice"
            raise UsageError(f"'{name}' {what}", hint="--tasks takes each task column once")
    return tasks


def _inferred(
    columns: Columns, smiles: str, texts: Sequence[str], rules: Rules
) -> tuple[dict[str, Values], Left]:
    """Return the task columns, and the names of all others by why they are none."""
    found: dict[str, Values] = {}
    left_out: Left = {}
    for name, array in columns.arrays.items():
        if name == smiles or name in rules.exclude:
            continue
        values = to_values(array, rules.words)
        reason = no_task(columns, name, values)
        if reason and (smiles or reason != COMPUTED):
            left_out.setdefault(reason, []).append(name)
        else:
            found[name] = values
    for name, label in computed_columns(texts, found).items() if smiles else ():
        left_out.setdefault(f"{COMPUTED}, RDKit's {label}", []).append(name)
        del found[name]
    for name, group in constant_columns(columns, found).items():
        left_out.setdefault(f"{METADATA}, constant within '{group}'", []).append(name)
        del found[name]
    return found, left_out
