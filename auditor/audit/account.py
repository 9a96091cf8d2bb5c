"""What was read, as documents tell it: files, tasks, rows, what is missing and what was left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from auditor.privacy import discreet
from auditor.source.account import Account
from auditor.source.table.columns import TAKEN_BY_NAME

if TYPE_CHECKING:
    from auditor.benchmark.joining import Joined
    from auditor.source.rows import SourceData, Task


def read_of(joined: Joined) -> dict[str, Any]:
    """Return what a document tells of the reading of an audited benchmark."""
    unusable = {text for text, named in joined.names.items() if named.name is None}
    benchmark = joined.benchmark
    files = [str(file["name"]) for file in benchmark.provenance.get("files", ())]
    return read_part(
        benchmark.name,
        joined.data,
        files,
        tasks=benchmark.tasks,
        left_out=joined.left_out,
        unusable=unusable,
        compounds=benchmark.n,
    )


def read_part(
    name: str,
    data: SourceData,
    files: Sequence[str],
    *,
    tasks: Sequence[Task],
    unusable: Collection[str],
    left_out: tuple[str, tuple[str, ...]] = ("", ()),
    compounds: int | None = None,
) -> dict[str, Any]:
    """Return what is told of the reading of some data.

    Parameters
    ----------
    files
        Names of the files that were read; of one's own table its account tells them.
    tasks
        Those that are used.
    unusable
        The SMILES that cannot be read.
    left_out
        Why tasks were left out after the reading, and which.
    compounds
        Number of compounds; None where they were not named.
    """
    account = data.account
    valued = account.valued if account else [text for table in data.tables for text in table.smiles]
    found: dict[str, Any] = discreet(
        {
            "name": name,
            "files": _files(account, files),
            "tasks": [{"name": task.name, "kind": task.kind} for task in tasks],
            "rows": account.rows if account else None,
            "rows_without_values": account.rows - len(valued) if account else None,
            "values": sum(len(table.values) for table in data.tables),
            "rejected": sum(text in unusable for text in valued),
            "structures": len(set(valued) - set(unusable)),
            "compounds": compounds,
            "missing": [asdict(one) for one in account.missing] if account else [],
            "left_out": _left_out(account, *left_out),
            "remarks": list(account.remarks) if account else [],
        }
    )
    if account is not None and account.features:
        found |= discreet({"features": list(account.features), "key": account.key})
    return found


def _files(account: Account | None, files: Sequence[str]) -> list[dict[str, Any]]:
    if account is not None:
        return [asdict(file) for file in account.files]
    unknown = {"format": "", "packed": "", "separator": "", "smiles_column": "", "rows": None}
    return [{"name": name, **unknown} for name in files]


def _left_out(account: Account | None, why: str, tasks: tuple[str, ...]) -> list[dict[str, Any]]:
    columns = {**(account.left_out if account else {}), **({why: tasks} if tasks else {})}
    return [
        {"why": why, "columns": list(names), "taken_by_name": why.startswith(TAKEN_BY_NAME)}
        for why, names in columns.items()
    ]
