"""The tasks whose gains are asked for: standardised labels, and compounds in groups of scaffolds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.chemical.jackknife import GROUPS, scaffold_groups
from auditor.seeding import derive
from auditor.transfer.kernel.similarity import Similarity, similarity_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark

FOLDS = 5
LEAST = 30
"""Labels below which nothing is said of a task."""
RARE = 10
"""Labels of the rarer class below which nothing is said of a task."""


@dataclass(frozen=True)
class Column:
    """The labels of one task that take part.

    Parameters
    ----------
    name
        Of the task.
    rows
        Its compounds (m,), increasing.
    z
        Its labels, mean 0 and variance 1 (m,).
    positive
        Which labels are the higher class (m,); None for a regression.
    labels
        How many the task has, of which ``m`` take part.
    """

    name: str
    rows: NDArray[np.int64]
    z: NDArray[np.float64]
    positive: NDArray[np.bool_] | None
    labels: int


@dataclass(frozen=True)
class Panel:
    """Tasks over one set of compounds.

    Parameters
    ----------
    similarity
        The kernel of the compounds (n,).
    columns
        The tasks (t,).
    groups
        Of scaffolds, by compound (n,): the units of errors.
    given
        Compounds for which the gain is asked, increasing; none by default.
    """

    similarity: Similarity
    columns: tuple[Column, ...]
    groups: NDArray[np.int64]
    given: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def folds(self) -> NDArray[np.int64]:
        """The fold of each compound (n,): a fold holds whole groups."""
        return self.groups % FOLDS


def column_of(
    name: str, rows: NDArray[np.int64], values: NDArray[np.float64], *, classes: bool, labels: int
) -> Column | None:
    """Return a task with standardised labels; None where it has too few, or no spread, to say anything."""
    if len(rows) < LEAST or not values.std() > 0:
        return None
    positive = values > values.min() if classes else None
    if positive is not None and min(int(positive.sum()), int((~positive).sum())) < RARE:
        return None
    return Column(name, rows, (values - values.mean()) / values.std(), positive, labels)


def panel_of(
    benchmark: Benchmark,
    scaffolds_of: Callable[[Sequence[str]], Sequence[str]],
    *,
    cap: int,
    seed: int,
    tasks: Sequence[int],
    given: Sequence[tuple[str, int]] = (),
) -> tuple[Panel, tuple[str, ...]]:
    """Return the panel of some tasks, and the names of those with too few labels.

    Compounds are drawn in one random order for all tasks, so that tasks that share compounds share
    those that are drawn.

    Parameters
    ----------
    scaffolds_of
        Gives the scaffolds of some SMILES.
    cap
        Labels of a task that take part at most.
    given
        SMILES for which the gain is asked, each with its place among the benchmark's compounds, or -1.
    """
    order = np.random.default_rng(derive(seed, "transfer-gain", "compounds")).permutation(benchmark.n)
    place = np.argsort(order)
    drawn = {task: _drawn(benchmark.labels.column(task), place, cap) for task in tasks}
    used = np.unique(np.concatenate([rows for rows, _ in drawn.values()]))
    columns, refused = [], []
    for task, (rows, values) in drawn.items():
        about = benchmark.tasks[task]
        found = column_of(
            about.name,
            np.searchsorted(used, rows),
            values,
            classes=about.kind == "classification",
            labels=int(benchmark.labels.sizes[task]),
        )
        columns += [] if found is None else [found]
        refused += [about.name] if found is None else []
    smiles = [benchmark.smiles[row] for row in used]
    groups = grouped(scaffolds_of(smiles), seed=seed)
    asked, beyond = _given(given, used)
    similarity = similarity_of([*smiles, *beyond], reference=len(smiles))
    groups = np.concatenate([groups, np.zeros(len(beyond), dtype=np.int64)])
    return Panel(similarity, tuple(columns), groups, asked), tuple(refused)


def _given(
    given: Sequence[tuple[str, int]], used: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[str]]:
    """Return the places of given compounds in a panel, and the SMILES of those that it lacks."""
    place, found = {row: k for k, row in enumerate(used.tolist())}, list[int]()
    beyond: list[str] = []
    for smiles, row in given:
        if row in place:
            found.append(place[row])
        else:
            found.append(len(used) + len(beyond))
            beyond.append(smiles)
    return np.unique(np.array(found, dtype=np.int64)), beyond


def grouped(scaffolds: Sequence[str], *, seed: int) -> NDArray[np.int64]:
    """Return groups of whole scaffolds (n,), about equal in size, as the units of folds and errors."""
    seed = derive(seed, "transfer-gain", "groups")
    return scaffold_groups(scaffolds, np.arange(len(scaffolds)), seed=seed, groups=GROUPS)


def _drawn(
    column: tuple[NDArray[np.int64], NDArray[np.float64]], place: NDArray[np.int64], cap: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rows, values = column
    chosen = np.sort(np.argsort(place[rows], kind="stable")[:cap])
    return rows[chosen], values[chosen]
