"""Leakage: test compounds that the training set already holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.analyses.identity_levels import FINEST_FIRST, NO_COMPOUND
from auditor.compounds import DEFAULT_IDENTITY
from auditor.context import Finding
from auditor.leakage import ANY, Leak, leakage
from auditor.report.blocks import Block, Cell, Molecules, Table, Text

if TYPE_CHECKING:
    from auditor.component import Component
    from auditor.dataset import SourceData
    from auditor.registry import Registry

SHOWN = 60
"""Rows of the table; the data holds them all."""


def levels_of(registry: Registry) -> tuple[Component, ...]:
    """Return the registered levels at which a leak means anything: all but the scaffold."""
    return tuple(registry.get("identity", name) for name in FINEST_FIRST if name != NO_COMPOUND)


def find(
    train: SourceData,
    test: SourceData,
    *,
    levels: Sequence[Component],
    cache: Path,
    judged_by: str = DEFAULT_IDENTITY,
) -> Finding:
    """Return the finding of `mtl-audit leakage`: what of the test set is in the training set.

    Parameters
    ----------
    train, test
        Published rows of the two sets.
    levels
        Identity levels to count at, finest first.
    cache
        The cache folder.
    judged_by
        The level that the sentence speaks of.

    Raises
    ------
    DataError
        No task is in both sets.
    """
    leaks = leakage(train, test, levels, cache=cache)
    data = {
        "judged_by": judged_by,
        "leaks": [_data(leak) for leak in leaks],
        "tasks_of_one_set_only": sorted(
            {table.task.name for table in train.tables} ^ {table.task.name for table in test.tables}
        ),
    }
    judged = [leak for leak in leaks if leak.level == judged_by]
    return Finding("leakage", _sentence(judged, judged_by), data, _blocks(leaks, judged))


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
    if not judged:
        return f"Nothing was counted by {level}."
    whole = next((leak for leak in judged if leak.task == ANY), judged[0])
    if not whole.leaked:
        return f"No test compound is in the training set, by {level}."
    disagreeing = sum(leak.disagreeing or 0 for leak in judged)
    labels = f"; {disagreeing:,} of their labels differ" if disagreeing else ""
    return (
        f"{whole.leaked:,} of {whole.compounds:,} test compounds ({whole.share:.1%}) are in the training "
        f"set, by {level}{labels}."
    )


def _blocks(leaks: Sequence[Leak], judged: Sequence[Leak]) -> tuple[Block, ...]:
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
    blocks: list[Block] = [Table(columns, shown, caption=caption, digits=4)]
    examples = tuple((text, leak.task) for leak in judged for text in leak.examples)[:12]
    if examples:
        blocks.append(Molecules(examples, caption="Some of the test compounds that training has seen"))
    blocks.append(
        Text(
            "Compounds are compared by structure, never by the identifiers of the files: one "
            "identifier may stand for several compounds, and one compound for several identifiers. "
            "A label differs where the medians of the two sets do."
        )
    )
    return tuple(blocks)
