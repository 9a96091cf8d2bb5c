"""Tasks made from a task, so that what an estimator should say of them is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.benchmark.benchmark import Benchmark
from auditor.benchmark.labels import from_columns
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.rows import Task

    Column = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True)
class Twin:
    """Two tasks of a benchmark of twins, whose relation is known.

    Parameters
    ----------
    relation
        ``"copy"``, ``"flipped"``, ``"shuffled"`` or ``"disjoint"``.
    origin
        The task both were made from.
    first, second
        Indices of the two tasks.
    """

    relation: str
    origin: str
    first: int
    second: int


EXPECTED: Mapping[str, float] = {"copy": 1.0, "flipped": -1.0, "shuffled": 0.0, "disjoint": 1.0}
"""The correlation of the labels that a pair of twins was made with."""


def twins_of(benchmark: Benchmark, tasks: Sequence[int], *, seed: int) -> tuple[Benchmark, list[Twin]]:
    """Return a benchmark of twins of some tasks, and which pairs of it are twins.

    Every task gives six: itself, a copy, one with its classes swapped or its values negated, one with
    its labels shuffled among its compounds, and two with its labels on random disjoint halves of
    its compounds.
    """
    made: list[Task] = []
    columns: list[Column] = []
    twins: list[Twin] = []
    for place in tasks:
        task, start = benchmark.tasks[place], len(made)
        rng = np.random.default_rng(derive(seed, "twins", task.name))
        for name, column in _versions(*benchmark.labels.column(place), rng).items():
            made.append(replace(task, name=f"{task.name}, {name}"))
            columns.append(column)
        twins += [
            Twin("copy", task.name, start, start + 1),
            Twin("flipped", task.name, start, start + 2),
            Twin("shuffled", task.name, start, start + 3),
            Twin("disjoint", task.name, start + 4, start + 5),
        ]
    return _benchmark(benchmark, made, columns), twins


def most_informative(benchmark: Benchmark, count: int) -> list[int]:
    """Return the tasks with the most labels of the rarer class, or the most labels of a regression."""
    labels = benchmark.labels
    weight = []
    for place, task in enumerate(benchmark.tasks):
        values = labels.column(place)[1]
        rarer = int(min((values == values.max()).sum(), (values != values.max()).sum()))
        weight.append(rarer if task.kind == "classification" else len(values) // 2)
    order = np.argsort(-np.array(weight), kind="stable")
    return [int(place) for place in order[:count] if weight[place] > 0]


def _versions(
    rows: NDArray[np.int64], values: NDArray[np.float64], rng: np.random.Generator
) -> dict[str, Column]:
    order = rng.permutation(len(rows))
    halves = np.sort(order[: len(rows) // 2]), np.sort(order[len(rows) // 2 :])
    return {
        "itself": (rows, values),
        "copy": (rows, values),
        "flipped": (rows, values.max() + values.min() - values),
        "shuffled": (rows, rng.permutation(values)),
        "first half": (rows[halves[0]], values[halves[0]]),
        "second half": (rows[halves[1]], values[halves[1]]),
    }


def _benchmark(origin: Benchmark, tasks: Sequence[Task], columns: Sequence[Column]) -> Benchmark:
    """Return the benchmark of some columns over the compounds that they use."""
    used = np.unique(np.concatenate([rows for rows, _ in columns]))
    place = np.full(origin.n, -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    return replace(
        origin,
        name=f"{origin.name}, twins",
        tasks=tuple(tasks),
        compounds=tuple(origin.compounds[row] for row in used),
        smiles=tuple(origin.smiles[row] for row in used),
        features=None if origin.features is None else origin.features[used],
        labels=from_columns(len(used), [(place[rows], values) for rows, values in columns]),
        truth=None,
    )
