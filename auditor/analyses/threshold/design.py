"""Tables of designed overlap: every task keeps the same number of labels at every overlap.

Tasks are divided into groups. Tasks of one group share all their compounds; tasks of different
groups share a core, whose size sets their Jaccard overlap. Because the number of labels is fixed,
what an overlap does is not mixed up with what a smaller sample does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.benchmark.labels import from_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark


Assignment = Literal["random", "scaffold"]


@dataclass(frozen=True)
class Layout:
    """Which compounds each group of tasks has at every overlap.

    Parameters
    ----------
    groups
        Group of every task (t,).
    pools
        Disjoint compounds per group (g, m), in the order in which they leave the group for the core.
    """

    groups: NDArray[np.int64]
    pools: NDArray[np.int64]

    @property
    def labels(self) -> int:
        """Labels m that every task has, at every overlap."""
        return int(self.pools.shape[1])

    @property
    def across(self) -> NDArray[np.bool_]:
        """Pairs of tasks in different groups (t, t): those whose overlap is designed."""
        different: NDArray[np.bool_] = self.groups[:, None] != self.groups[None, :]
        return different

    def core_size(self, overlap: float) -> int:
        """Return how many compounds all tasks share: c of c / (2 m - c) = J, to the nearest number."""
        return round(2 * overlap * self.labels / (1 + overlap))

    def jaccard(self, overlap: float) -> float:
        """Return the Jaccard overlap across groups that is reached, within 1 / m of the one asked for."""
        core = self.core_size(overlap)
        return core / (2 * self.labels - core)

    def compounds_of(self, overlap: float) -> list[NDArray[np.int64]]:
        """Return the compounds of each group (m,) at an overlap: its own, then the shared core.

        The core takes from the groups' pools in turn, so that it is of all groups' chemistry; the core of
        a lower overlap lies in that of a higher one.
        """
        core = self.core_size(overlap)
        own = self.labels - core
        shares = [len(part) for part in np.array_split(np.arange(core), len(self.pools))]
        shared = [pool[::-1][:share] for pool, share in zip(self.pools, shares, strict=True)]
        return [np.concatenate([pool[:own], *shared]) for pool in self.pools]


def divide(tasks: int, groups: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return a random group per task (t,), the groups of about equal size."""
    return rng.permutation(np.arange(tasks) % groups)


def pools_of(
    compounds: NDArray[np.int64],
    scaffolds: Sequence[str],
    groups: int,
    assignment: Assignment,
    rng: np.random.Generator,
) -> list[NDArray[np.int64]]:
    """Divide compounds among groups, at random or so that no scaffold is in two groups.

    Parameters
    ----------
    compounds
        Compound indices.
    scaffolds
        Of each of them, in the same order.
    groups
        How many pools. Their sizes differ with scaffolds of unequal size.

    Returns
    -------
    One array of compound indices per group, in a random order.
    """
    if assignment == "random":
        return [rng.permutation(part) for part in np.array_split(rng.permutation(compounds), groups)]
    _, member = np.unique(np.asarray(scaffolds), return_inverse=True)
    sizes = np.bincount(member)
    shuffled = rng.permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    group_of = np.zeros(len(sizes), dtype=np.int64)
    load = np.zeros(groups, dtype=np.int64)
    for scaffold in order:
        lightest = rng.choice(np.flatnonzero(load == load.min()))
        group_of[scaffold] = lightest
        load[lightest] += sizes[scaffold]
    return [rng.permutation(compounds[group_of[member] == group]) for group in range(groups)]


def table_of(benchmark: Benchmark, columns: Sequence[NDArray[np.int64]], *, name: str = "") -> Benchmark:
    """Return a benchmark in which each task keeps its labels on some compounds; the rest are dropped.

    Parameters
    ----------
    columns
        Compound indices that each task keeps (t arrays); all are measured in it.
    """
    kept = np.unique(np.concatenate(columns))
    place = np.full(benchmark.n, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    full = benchmark.labels.dense(kept)  # (kept, t)
    cells = [(place[rows], full[place[rows], task]) for task, rows in enumerate(columns)]
    return replace(
        benchmark,
        name=name or benchmark.name,
        compounds=tuple(benchmark.compounds[i] for i in kept),
        smiles=tuple(benchmark.smiles[i] for i in kept),
        features=None if benchmark.features is None else benchmark.features[kept],
        labels=from_columns(len(kept), cells),
    )


def at_overlap(benchmark: Benchmark, layout: Layout, overlap: float) -> Benchmark:
    """Return the benchmark with the designed overlap between tasks of different groups."""
    groups = layout.compounds_of(overlap)
    columns = [groups[group] for group in layout.groups]
    return table_of(benchmark, columns, name=f"{benchmark.name} at overlap {overlap:g}")


def complete_compounds(benchmark: Benchmark) -> NDArray[np.int64]:
    """Return the compounds that are measured in every task."""
    counts = np.bincount(benchmark.labels.rows, minlength=benchmark.n)
    return np.flatnonzero(counts == benchmark.t)


def retained(benchmark: Benchmark, fraction: float, rng: np.random.Generator) -> Benchmark:
    """Return a benchmark in which every task keeps a fraction of its labels, drawn independently.

    At 1, as in the paper, only the compounds that are measured in every task remain; where there are
    none, the table stays as it is. With less, the number of labels falls together with the overlap,
    and the compounds shared by two tasks fall with its square.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, appendix C.3.
    """
    labels = benchmark.labels
    if fraction >= 1:
        whole = complete_compounds(benchmark)
        columns = [whole if len(whole) else labels.column(task)[0] for task in range(labels.t)]
    else:
        columns = []
        for task in range(labels.t):
            rows = labels.column(task)[0]
            count = max(1, round(fraction * len(rows)))
            columns.append(np.sort(rng.choice(rows, count, replace=False)))
    return table_of(benchmark, columns, name=f"{benchmark.name} keeping {fraction:.0%}")
