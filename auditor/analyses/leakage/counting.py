"""Which compounds of a test set are in the training set, at every definition of "the same compound"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.benchmark.equality import same_value
from auditor.benchmark.replicates import by_name, compounds_of
from auditor.chemistry.naming import identify

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.chemistry.named import Named
    from auditor.plugin.component import Component
    from auditor.source.rows import SourceData, TaskTable


@dataclass(frozen=True)
class Side:
    """One of the two sets: the SMILES of every row, measured or not, and its tasks, if any."""

    smiles: Sequence[str]
    data: SourceData

    def labelled_by(self, table: TaskTable) -> bool:
        """Return whether a task is measured in every row."""
        return len(table.smiles) == len(self.smiles)


@dataclass(frozen=True)
class Leak:
    """What a test set of a task has seen in training, at one identity level.

    Parameters
    ----------
    task
        Its name, or ``ALL_ROWS`` for every row of the files, measured or not.
    level
        The identity level.
    compounds
        Compounds of the test set.
    leaked
        Compounds of the test set that are in the training set.
    rows
        Rows of the test set that stand for them.
    disagreeing
        Leaked compounds whose median label differs between the two sets; None for all rows.
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


ALL_ROWS = "all rows"
LABEL_NAMES = frozenset(("y", "label", "labels", "target"))
"""Names, in small letters, of a column that is the label of its file, whatever was measured."""
EXAMPLES = 5
Reject = tuple[str, str, int]
"""A text that names no compound, why, and how many rows hold it."""


@dataclass(frozen=True)
class Leakage:
    """What a training and a test set have in common.

    Parameters
    ----------
    judged_by
        The identity level by which the test set passes or fails.
    leaks
        Of every level and task.
    rows, rejects
        Of the ``training`` and of the ``test`` set: number of rows, and texts that name no compound.
    notes
        What is known of the files.
    paired
        The tasks whose labels were compared: the name in the training set, that in the test set.
    tasks_of_one_set_only
        Names, sorted: their labels were not compared.
    """

    judged_by: str
    leaks: tuple[Leak, ...]
    rows: Mapping[str, int]
    rejects: Mapping[str, Sequence[Reject]]
    notes: Sequence[str]
    paired: Sequence[tuple[str, str]]
    tasks_of_one_set_only: Sequence[str]

    @property
    def judged(self) -> tuple[Leak, ...]:
        """The leaks at the level that judges."""
        return tuple(leak for leak in self.leaks if leak.level == self.judged_by)

    @property
    def leaked(self) -> bool:
        """Whether training has seen a test compound."""
        return any(leak.leaked for leak in self.judged)


def leakage(train: Side, test: Side, levels: Sequence[Component], *, cache: Path) -> tuple[Leak, ...]:
    """Return, per level and task, what of the test set is in the training set.

    Tasks are paired by `paired`. The leak of all rows comes first, except where one task is measured in
    every one of them.
    """
    pairs = paired(train.data, test.data)
    whole = len(pairs) == 1 and train.labelled_by(pairs[0][0]) and test.labelled_by(pairs[0][1])
    texts = [*train.smiles, *test.smiles]
    found: list[Leak] = []
    for level in levels:
        numbers = by_name(identify(texts, level, cache=cache))
        if not whole:
            found.append(_of_all_rows(level.name, train, test, numbers))
        found += [_leak(level.name, a, b, numbers) for a, b in pairs]
    return tuple(found)


def unreadable(side: Side, names: Mapping[str, Named]) -> list[Reject]:
    """Return (SMILES, reason, rows) of every text that names no compound, those of most rows first."""
    rows = Counter(side.smiles)
    found = [(text, names[text].reason, count) for text, count in rows.items() if names[text].name is None]
    return sorted(found, key=lambda one: -one[2])


def paired(train: SourceData, test: SourceData) -> list[tuple[TaskTable, TaskTable]]:
    """Return the tables of the two sets that hold one task; none where no task is in both.

    Tasks are paired by name, of which case and blanks around it do not count. Two single tasks of
    different names are paired only where both names are among `LABEL_NAMES`, which do not say what was
    measured, and their kinds agree.
    """
    sides = (train.tables, test.tables)
    if all(len(tables) == 1 and _key(tables[0]) in LABEL_NAMES for tables in sides):
        same_kind = train.tables[0].task.kind == test.tables[0].task.kind
        return [(train.tables[0], test.tables[0])] if same_kind else []
    exact = {table.task.name: table for table in train.tables}
    by_key, asked = (_by_key(tables) for tables in sides)
    near = {table.task.name: by_key[key] for key, table in asked.items() if key in by_key}
    known = {**near, **exact}
    return [(known[t.task.name], t) for t in test.tables if t.task.name in known]


def _by_key(tables: Sequence[TaskTable]) -> dict[str, TaskTable]:
    """Return the tables by their names without case and blanks, where these tell them apart."""
    counts = Counter(map(_key, tables))
    return {key: table for table in tables if counts[key := _key(table)] == 1}


def _key(table: TaskTable) -> str:
    return table.task.name.strip().casefold()


def _leak(level: str, train: TaskTable, test: TaskTable, numbers: Mapping[str, int]) -> Leak:
    seen, before = _medians(*compounds_of(train, numbers))
    compounds, values = compounds_of(test, numbers)
    asked, after = _medians(compounds, values)
    leaked, at_seen, at_asked = np.intersect1d(seen, asked, assume_unique=True, return_indices=True)
    same = same_value(before[at_seen], after[at_asked])
    rows = int(np.isin(compounds, leaked).sum())
    return Leak(
        test.task.name, level, len(asked), len(leaked), rows, int((~same).sum()),
        _examples(test.smiles, leaked, numbers),
    )  # fmt: skip


def _of_all_rows(level: str, train: Side, test: Side, numbers: Mapping[str, int]) -> Leak:
    seen, rows = (
        np.fromiter(map(numbers.__getitem__, side.smiles), np.int64, len(side.smiles))
        for side in (train, test)
    )
    asked = np.unique(rows[rows >= 0])
    leaked = np.intersect1d(seen, asked)
    examples = _examples(test.smiles, leaked, numbers)
    return Leak(ALL_ROWS, level, len(asked), len(leaked), int(np.isin(rows, leaked).sum()), None, examples)


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
