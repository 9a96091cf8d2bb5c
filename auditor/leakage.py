"""Which compounds of a test set are in the training set, at every definition of "the same compound"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.identity import identify
from auditor.replicates import by_name, compounds_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.component import Component
    from auditor.dataset import SourceData, TaskTable


@dataclass(frozen=True)
class Leak:
    """What a test set of a task has seen in training, at one identity level.

    Parameters
    ----------
    task
        Its name, or ``ANY`` for all tasks together.
    level
        The identity level.
    compounds
        Compounds of the test set.
    leaked
        Compounds of the test set that are in the training set.
    rows
        Rows of the test set that stand for them.
    disagreeing
        Leaked compounds whose median label differs between the two sets; None for all tasks
        together.
    examples
        Published texts of leaked compounds, at most `EXAMPLES`.
    """

    task: str
    level: str
    compounds: int
    leaked: int
    rows: int
    disagreeing: int | None
    examples: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Leaked compounds as a fraction of the test set's; NaN for an empty test set."""
        return self.leaked / self.compounds if self.compounds else float("nan")


ANY = "any task"
EXAMPLES = 5


def leakage(
    train: SourceData, test: SourceData, levels: Sequence[Component], *, cache: Path
) -> tuple[Leak, ...]:
    """Return, per level and task, what of the test set is in the training set.

    Tasks are paired by name; where both sets have one task only, these are paired whatever their
    names. With several tasks, the leak of all together comes first: a test compound that was
    measured in training for any task.

    Raises
    ------
    DataError
        No task is in both sets.
    """
    pairs = _paired(train, test)
    texts = [text for data in (train, test) for table in data.tables for text in table.smiles]
    found: list[Leak] = []
    for level in levels:
        numbers = by_name(identify(texts, level, cache=cache))
        if len(pairs) > 1:
            found.append(_all_together(level.name, train, test, numbers))
        found += [_leak(level.name, a, b, numbers) for a, b in pairs]
    return tuple(found)


def _paired(train: SourceData, test: SourceData) -> list[tuple[TaskTable, TaskTable]]:
    if len(train.tables) == len(test.tables) == 1:
        return [(train.tables[0], test.tables[0])]
    known = {table.task.name: table for table in train.tables}
    pairs = [(known[t.task.name], t) for t in test.tables if t.task.name in known]
    if not pairs:
        raise DataError(
            "the training and the test set have no task in common",
            hint="tasks are paired by name: give both files the same task columns",
        )
    return pairs


def _leak(level: str, train: TaskTable, test: TaskTable, numbers: Mapping[str, int]) -> Leak:
    seen, before = _medians(*compounds_of(train, numbers))
    compounds, values = compounds_of(test, numbers)
    asked, after = _medians(compounds, values)
    leaked, at_seen, at_asked = np.intersect1d(seen, asked, assume_unique=True, return_indices=True)
    same = np.isclose(before[at_seen], after[at_asked], rtol=1e-6, atol=1e-9)
    rows = int(np.isin(compounds, leaked).sum())
    return Leak(
        test.task.name, level, len(asked), len(leaked), rows, int((~same).sum()),
        _examples(test.smiles, leaked, numbers),
    )  # fmt: skip


def _all_together(level: str, train: SourceData, test: SourceData, numbers: Mapping[str, int]) -> Leak:
    seen = np.concatenate([compounds_of(table, numbers)[0] for table in train.tables])
    rows = np.concatenate([compounds_of(table, numbers)[0] for table in test.tables])
    asked = np.unique(rows)
    leaked = np.intersect1d(seen, asked)
    texts = [text for table in test.tables for text in table.smiles]
    leaked_rows = int(np.isin(rows, leaked).sum())
    examples = _examples(texts, leaked, numbers)
    return Leak(ANY, level, len(asked), len(leaked), leaked_rows, None, examples)


def _medians(
    compounds: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the distinct compounds, sorted, and the median value of each."""
    order = np.lexsort((values, compounds))
    compounds, values = compounds[order], values[order]
    distinct, first, size = np.unique(compounds, return_index=True, return_counts=True)
    low, high = values[first + (size - 1) // 2], values[first + size // 2]
    return distinct, (low + high) / 2


def _examples(
    texts: Sequence[str], leaked: NDArray[np.int64], numbers: Mapping[str, int]
) -> tuple[str, ...]:
    wanted = set(leaked[: 10 * EXAMPLES].tolist())
    found: dict[int, str] = {}
    for text in texts:
        if numbers[text] in wanted:
            found.setdefault(numbers[text], text)
    return tuple(list(found.values())[:EXAMPLES])
