"""Leakage: test compounds that the training set already holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.analyses.identity_levels import FINEST_FIRST, NO_COMPOUND
from auditor.analyses.leakage.counting import (
    ALL_ROWS,
    Leak,
    Leakage,
    Reject,
    Side,
    leakage,
    paired,
    unreadable,
)
from auditor.audit.account import read_part
from auditor.audit.results import Finding
from auditor.chemistry.levels import DEFAULT_IDENTITY
from auditor.chemistry.naming import identify
from auditor.document.blocks import Block, Cell, Molecules, Table, Text
from auditor.document.read import oddities
from auditor.errors import DataError

if TYPE_CHECKING:
    from auditor.plugin.component import Component
    from auditor.plugin.registry import Registry

SHOWN = 60
"""Rows of each table; the data holds all leaks, and so many unreadable SMILES of each set."""
NOT_COMPARED = (
    "No task has labels in both files: compounds were compared, labels were not. "
    "Give two columns one name to compare their labels."
)
NAMED = 12
"""Tasks that a note names."""


def levels_of(registry: Registry) -> tuple[Component, ...]:
    """Return the registered levels at which a leak means anything: all but the scaffold."""
    return tuple(registry.get("identity", name) for name in FINEST_FIRST if name != NO_COMPOUND)


def compare(
    train: Side,
    test: Side,
    *,
    levels: Sequence[Component],
    cache: Path,
    judged_by: str = DEFAULT_IDENTITY,
) -> Leakage:
    """Return what of the test set is in the training set.

    Parameters
    ----------
    train, test
        Rows of the two sets.
    levels
        Identity levels to count at, finest first.
    cache
        The cache folder.
    judged_by
        The one of them by which the test set passes or fails.

    Raises
    ------
    DataError
        No SMILES of one of the sets can be read: nothing can be compared.
    """
    sides = {"training": train, "test": test}
    level = next(level for level in levels if level.name == judged_by)
    names = identify([*train.smiles, *test.smiles], level, cache=cache)
    rejects = {which: unreadable(side, names) for which, side in sides.items()}
    for which, side in sides.items():
        _refuse_unreadable(which, side, rejects[which])
    return Leakage(
        judged_by=judged_by,
        leaks=leakage(train, test, levels, cache=cache),
        rows={which: len(side.smiles) for which, side in sides.items()},
        rejects=rejects,
        notes=_notes(train, test),
        paired=_paired(train, test),
        tasks_of_one_set_only=_of_one_set_only(train, test),
    )


def finding_of(found: Leakage) -> Finding:
    """Return the finding of `mtl-audit leakage`."""
    unreadable_rows = {which: _rows(rejects) for which, rejects in found.rejects.items()}
    data: dict[str, Any] = {
        "judged_by": found.judged_by,
        "leaks": [_data(leak) for leak in found.leaks],
        "rows": found.rows,
        "unreadable_rows": unreadable_rows,
        "rejects": {which: rejects[:SHOWN] for which, rejects in found.rejects.items()},
        "notes": found.notes,
        "paired": found.paired,
        "tasks_of_one_set_only": found.tasks_of_one_set_only,
    }
    sentence = f"{_sentence(found.judged, found.judged_by)}{_unread(found.rows, unreadable_rows)}."
    return Finding("leakage", sentence, data, _blocks(found), result=found)


def _paired(train: Side, test: Side) -> list[tuple[str, str]]:
    return [(a.task.name, b.task.name) for a, b in paired(train.data, test.data)]


def _of_one_set_only(train: Side, test: Side) -> list[str]:
    pairs = _paired(train, test)
    alone = (
        {table.task.name for table in side.data.tables} - {pair[place] for pair in pairs}
        for place, side in enumerate((train, test))
    )
    return sorted(set().union(*alone))


def _unread(rows: Mapping[str, int], unreadable_rows: Mapping[str, int]) -> str:
    said = "; {:,} of {:,} {} SMILES could not be read"
    return "".join(said.format(n, rows[which], which) for which, n in unreadable_rows.items() if n)


def _refuse_unreadable(which: str, side: Side, rejects: Sequence[Reject]) -> None:
    if _rows(rejects) == len(side.smiles):
        text, reason, _ = rejects[0]
        raise DataError(
            f"none of the {len(side.smiles):,} SMILES of the {which} set can be read, so nothing was "
            f"compared; {text[:60]!r} is refused as: {reason}",
            hint="check which column holds the SMILES, and give it with --smiles-column",
        )


def _rows(rejects: Sequence[Reject]) -> int:
    return sum(rows for _, _, rows in rejects)


def _notes(train: Side, test: Side) -> list[str]:
    """Return what is known of the files, which labels were compared, and which were not."""
    pairs = paired(train.data, test.data)
    labelled = [(a.task.name, b.task.name) for a, b in pairs if len(a.smiles) and len(b.smiles)]
    alone = [_pair(name, name) for name in _of_one_set_only(train, test)]
    said = (
        f"Labels were compared for {_listed([_pair(*names) for names in labelled])}." * bool(labelled),
        NOT_COMPARED * (not labelled),
        f"Tasks of one file only, whose labels were not compared: {_listed(alone)}." * bool(alone),
    )
    return [*_of_file(train), *_of_file(test), *filter(None, said)]


def _pair(first: str, second: str) -> str:
    return f"'{first}'" if first == second else f"'{first}' with '{second}'"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _of_file(side: Side) -> tuple[str, ...]:
    """Return how the file of a set was read, where that is not as it is written."""
    account = side.data.account
    if account is None or not (account.missing or account.left_out or account.remarks):
        return side.data.notes
    name, tasks = account.files[0].name, [table.task for table in side.data.tables]
    return (*side.data.notes, *oddities(read_part(name, side.data, (), tasks=tasks, unusable=())))


def _data(leak: Leak) -> dict[str, Any]:
    return {
        "task": leak.task,
        "level": leak.level,
        "test_compounds": leak.compounds,
        "leaked": leak.leaked,
        "share": leak.share,
        "test_rows": leak.rows,
        "disagreeing": leak.disagreeing,
        "examples": list(leak.examples),
    }


def _sentence(judged: Sequence[Leak], level: str) -> str:
    whole = next((leak for leak in judged if leak.task == ALL_ROWS), judged[0])
    if not whole.leaked:
        return f"No test compound is in the training set, by {level}"
    disagreeing = sum(leak.disagreeing or 0 for leak in judged)
    labels = f"; {disagreeing:,} of their labels differ" if disagreeing else ""
    return (
        f"{whole.leaked:,} of {whole.compounds:,} test compounds ({whole.share:.1%}) are in the training "
        f"set, by {level}{labels}"
    )


def _blocks(found: Leakage) -> tuple[Block, ...]:
    blocks: list[Block] = [_leak_table(found.leaks)]
    examples = tuple((text, leak.task) for leak in found.judged for text in leak.examples)[:12]
    if examples:
        blocks.append(Molecules(examples, caption="Some of the test compounds that training has seen"))
    if any(found.rejects.values()):
        blocks.append(_reject_table(found.rejects))
    blocks.append(
        Text(
            "Compounds are compared by structure, never by the identifiers of the files: one "
            "identifier may stand for several compounds, and one compound for several identifiers. "
            f"'{ALL_ROWS}' counts every row once, measured or not. "
            "A label differs where the medians of the two sets do."
        )
    )
    return (*blocks, *map(Text, found.notes))


def _leak_table(leaks: Sequence[Leak]) -> Table:
    tasks = list(dict.fromkeys(leak.task for leak in leaks))
    rows: list[tuple[Cell, ...]] = [
        (leak.task, leak.level, leak.compounds, leak.leaked, leak.share, leak.rows, leak.disagreeing)
        for task in tasks
        for leak in leaks
        if leak.task == task
    ]
    shown = tuple(rows[:SHOWN])
    columns = ("task", "identity", "test compounds", "in training", "share", "test rows", "labels differ")
    caption = f"Test compounds in the training set: {len(shown)} of {len(rows)} rows"
    return Table(columns, shown, caption=caption, digits=4)


def _reject_table(rejects: Mapping[str, Sequence[Reject]]) -> Table:
    rows = [(which, *one) for which, found in rejects.items() for one in found]
    caption = f"SMILES that could not be read: {min(len(rows), SHOWN)} of {len(rows):,}"
    return Table(("set", "SMILES", "reason", "rows"), tuple(rows[:SHOWN]), caption=caption)
