"""Several tables as one: which columns of them are the same task, and what each task is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError
from auditor.source.account import Account, together
from auditor.source.rows import SourceData, TaskTable
from auditor.source.table.opening import Columns, read_columns
from auditor.source.table.reading import AS_SAID, tasks_of
from auditor.source.table.refusals import listed, no_column
from auditor.text import nearest, whole_names

if TYPE_CHECKING:
    from auditor.source.table.rules import Rules

_GENERAL = re.compile(
    r"y|y_?true|labels?|values?|target|activity|active|class|outcome|results?|response|measured|measurement|"
    r"exp(erimental)?(_value)?",
    re.I,
)
"""Names that say nothing of what was measured."""
_SUFFIXES = re.compile(
    r"(\.(csv|tsv|tab|txt|parquet|pq|feather|arrow|jsonl|ndjson|sdf?|mol|xlsx|xlsm|gz|bz2|xz|zst))+\Z", re.I
)


@dataclass(frozen=True)
class _File:
    """A file that was read: its path, what it is called, its tasks, and how they were read."""

    path: Path
    stem: str
    tables: tuple[TaskTable, ...]
    account: Account

    def meaning(self, table: TaskTable) -> tuple[object, ...]:
        """Return what must be equal in two files for a task to be the same one."""
        name = table.task.name
        return table.task.kind, self.account.codings.get(name), name in self.account.percent


def read_tables(
    paths: Sequence[Path],
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] = (),
    rules: Rules = AS_SAID,
) -> SourceData:
    """Return the rows of one table, or of several as one.

    Every file is read as it is alone. Where each holds one task, or one whose name says nothing, it is
    called after its file. A task that several files name alike is one task, if they write it alike: its
    rows are those of all of them. Otherwise its names get the files' names before them.

    Parameters
    ----------
    tasks
        Names of columns, or of tasks as they are called in the end; empty for all.

    Raises
    ------
    UsageError
        A file is named twice, or a column or task is in none of them.
    DataError
        One of them is no table; see `read_table`.
    """
    columns = [read_columns(path, smiles_column=smiles_column) for path in paths]
    if len(columns) == 1:
        return tasks_of(columns[0], smiles_column=smiles_column, tasks=tasks or None, rules=rules)
    return _together(columns, smiles_column, tasks, rules)


def _together(
    columns: Sequence[Columns], smiles_column: str | None, tasks: Sequence[str], rules: Rules
) -> SourceData:
    known = [name for one in columns for name in one.arrays]
    tasks = whole_names(tasks, known)
    if smiles_column is not None and smiles_column not in known:
        raise no_column(columns[0], smiles_column)
    files = []
    for one, stem in zip(columns, _stems([one.path for one in columns]), strict=True):
        here = [name for name in tasks if name in one.arrays] or None
        out = replace(rules, exclude=tuple(name for name in rules.exclude if name in one.arrays))
        smiles = smiles_column if smiles_column in one.arrays else None
        data = tasks_of(one, smiles_column=smiles, tasks=here, rules=out)
        assert data.account is not None
        files.append(_File(one.path, stem, data.tables, data.account))
    named, remarks = _named(files)
    chosen = _chosen(named, known, whole_names(tasks, list(named)), rules.exclude)
    return SourceData(tables=chosen, account=together([file.account for file in files], remarks))


def _stems(paths: Sequence[Path]) -> list[str]:
    """Return what files are called: their names without suffixes, or as much more as parts them."""
    whole = [path.absolute() for path in paths]
    twice = next((path for path, count in Counter(whole).items() if count > 1), None)
    if twice is not None:
        raise UsageError(f"{twice.name} is named twice", hint="name each file once")
    stems = [_SUFFIXES.sub("", path.name) or path.name for path in whole]
    inside = [f"{path.parent.name}/{stem}" for path, stem in zip(whole, stems, strict=True)]
    ways = (stems, inside, [path.name for path in whole])
    return next((names for names in ways if len(set(names)) == len(names)), [str(path) for path in paths])


def _named(files: Sequence[_File]) -> tuple[dict[str, list[TaskTable]], list[str]]:
    """Return the rows of every task under its name, and what is to be said of the names."""
    alone = all(len(file.tables) == 1 for file in files)
    clashing = _clashing(files)
    named: dict[str, list[TaskTable]] = {}
    for file in files:
        for table in file.tables:
            name = table.task.name
            if alone or (len(file.tables) == 1 and _GENERAL.fullmatch(name.strip())):
                name = file.stem
            elif name in clashing:
                name = f"{file.stem}: {name}"
            named.setdefault(name, []).append(table)
    columns = {table.task.name for file in files for table in file.tables}
    shared = [name for name, parts in named.items() if len(parts) > 1]
    said = ["Tasks are called after their files."] if named.keys() - columns else []
    return named, said + ([f"The same task in several files: {listed(shared)}."] if shared else [])


def _clashing(files: Sequence[_File]) -> set[str]:
    """Return the names that several files give to tasks that are not, or need not be, the same."""
    meanings: dict[str, list[tuple[object, ...]]] = {}
    for file in files:
        for table in file.tables:
            meanings.setdefault(table.task.name, []).append(file.meaning(table))
    return {
        name
        for name, found in meanings.items()
        if len(found) > 1 and (_GENERAL.fullmatch(name.strip()) or len(set(found)) > 1)
    }


def _merged(name: str, parts: Sequence[TaskTable]) -> TaskTable:
    """Return the rows of some files as those of one task."""
    limits = [np.zeros(len(part.values), np.int8) if part.limits is None else part.limits for part in parts]
    return TaskTable(
        replace(parts[0].task, name=name),
        tuple(text for part in parts for text in part.smiles),
        np.concatenate([part.values for part in parts]),
        None if all(part.limits is None for part in parts) else np.concatenate(limits),
    )


def _chosen(
    named: Mapping[str, Sequence[TaskTable]],
    columns: Sequence[str],
    tasks: Sequence[str],
    exclude: Sequence[str],
) -> tuple[TaskTable, ...]:
    """Return the tasks that are asked for, by their own names or by those of columns; raises UsageError."""
    for name in (*tasks, *exclude):
        if name not in named and name not in columns:
            hint = nearest(name, [*named, *columns])
            raise UsageError(f"no file has a column or task '{name}'", hint=hint)
    called = {name: {name, *(part.task.name for part in parts)} for name, parts in named.items()}
    wanted = dict.fromkeys(own for name in tasks for own, names in called.items() if name in names)
    chosen = [name for name in wanted or named if name not in exclude]
    return tuple(_merged(name, named[name]) for name in chosen)
