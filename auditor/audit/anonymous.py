"""An audit whose reader may not know what was measured: tasks, columns and files by numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.source.account import Account, Missing
    from auditor.source.rows import SourceData, TaskTable

TABLE = "table"
"""What a benchmark without a name is called."""


def anonymous(data: SourceData, facts: Mapping[str, Any]) -> tuple[SourceData, dict[str, Any]]:
    """Return some data, and what is told of its files, without a name of a task, column or file.

    Tasks are "task 1", "task 2" and so on, in the order of the table. What was remarked on the way, and
    what a publisher says of the data, is left out with the names in it.
    """
    numbers = {table.task.name: f"task {place}" for place, table in enumerate(data.tables, start=1)}
    tables = tuple(_table(table, numbers) for table in data.tables)
    account = _account(data.account, numbers) if data.account is not None else None
    told = {**facts, "files": []} if "files" in facts else dict(facts)
    plain = replace(data, tables=tables, account=account, notes=(), stamps=(), licence="", citation="")
    return plain, told


def _table(table: TaskTable, numbers: Mapping[str, str]) -> TaskTable:
    task = replace(table.task, name=numbers[table.task.name], description="")
    return replace(table, task=task)


def _account(account: Account, numbers: Mapping[str, str]) -> Account:
    files = tuple(
        replace(file, name=f"file {place}", smiles_column="SMILES" if file.smiles_column else "")
        for place, file in enumerate(account.files, start=1)
    )
    left_out = {why: _columns(names) for why, names in account.left_out.items()}
    return replace(
        account,
        files=files,
        missing=tuple(_missing(one, numbers) for one in account.missing),
        left_out=left_out,
        codings={numbers.get(name, name): classes for name, classes in account.codings.items()},
        percent=frozenset(numbers.get(name, name) for name in account.percent),
        remarks=(),
        features=_features(account.features),
        key="key" if account.key else "",
    )


def _features(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"feature {place}" for place in range(1, len(names) + 1))


def _missing(one: Missing, numbers: Mapping[str, str]) -> Missing:
    return replace(one, tasks=tuple(numbers[name] for name in one.tasks if name in numbers))


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"column {place}" for place in range(1, len(names) + 1))
