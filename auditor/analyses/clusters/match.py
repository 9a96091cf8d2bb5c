"""Clusters of a matrix held against annotated classes, with E and matrices of no structure beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.clusters.clustering import (
    LINKAGES,
    Linkage,
    complete_tasks,
    cut,
    dealt_out,
    merges,
    stability,
)
from auditor.analyses.clusters.scores import METRICS, Score, against_chance, quick_scores
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TASKS = 4
DEALT = 100


@dataclass(frozen=True)
class Classes:
    """The annotated classes of some tasks (t,) at one level."""

    level: str
    names: tuple[str, ...]

    @property
    def codes(self) -> NDArray[np.int64]:
        """Classes as numbers (t,)."""
        codes: NDArray[np.int64] = np.unique(np.asarray(self.names), return_inverse=True)[1].astype(
            np.int64
        )
        return codes

    @property
    def count(self) -> int:
        """Number of classes, and of the clusters that are cut."""
        return len(set(self.names))

    @property
    def pairs_within(self) -> int:
        """Pairs of tasks that have the same class."""
        sizes = np.bincount(self.codes)
        return int((sizes * (sizes - 1) // 2).sum())


@dataclass(frozen=True)
class Range:
    """Mean and 95 % range of some draws."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Level:
    """How clusters go with the classes of one level.

    Parameters
    ----------
    classes, pairs_within
        Number of classes, and of pairs within one.
    stability
        Of the clusters.
    linkages
        Scores by linkage, by ``"affinity"`` or ``"E"``, and by metric.
    dealt_out
        Scores by metric of the affinity's values dealt out to pairs at random, by the linkage asked for.
    """

    classes: int
    pairs_within: int
    stability: float
    linkages: Mapping[Linkage, Mapping[str, Mapping[str, Score]]]
    dealt_out: Mapping[str, Range]


@dataclass(frozen=True)
class Matched:
    """What clustering one affinity gives.

    Parameters
    ----------
    tasks
        Indices of the tasks that were clustered: every pair of them is usable.
    levels
        Of every level with fewer classes than tasks.
    trees
        Linkage (t - 1, 4) of the affinity and of E, by the linkage that was asked for.
    """

    tasks: tuple[int, ...]
    levels: Mapping[str, Level]
    trees: Mapping[str, NDArray[np.float64]]


def match(
    values: NDArray[np.float64],
    error: NDArray[np.float64],
    reference: NDArray[np.float64],
    usable: NDArray[np.bool_],
    levels: Mapping[str, Sequence[str]],
    *,
    linkage: Linkage,
    seed: int,
) -> Matched:
    """Cluster an affinity (t, t) and E on the largest set of tasks with all pairs usable, and score both.

    Fewer than four such tasks give neither trees nor levels.
    """
    tasks = complete_tasks(values, usable & np.isfinite(reference))
    if len(tasks) < FEWEST_TASKS:
        return Matched(tasks, {}, {})
    places = np.ix_(tasks, tasks)
    matrices = {"affinity": values[places], "E": reference[places]}
    known = [Classes(level, tuple(names[task] for task in tasks)) for level, names in levels.items()]
    trees = {way: {name: merges(matrix, way) for name, matrix in matrices.items()} for way in LINKAGES}
    rng = np.random.default_rng(derive(seed, "dealt out"))
    scored = [classes for classes in known if 1 < classes.count < len(tasks)]
    dealt = [merges(dealt_out(matrices["affinity"], rng), linkage) for _ in range(DEALT if scored else 0)]
    found = {
        classes.level: Level(
            classes=classes.count,
            pairs_within=classes.pairs_within,
            stability=stability(
                values[places],
                error[places],
                classes.count,
                linkage,
                seed=derive(seed, "noise", classes.level),
            ),
            linkages={way: _scores(trees[way], classes, way, seed) for way in LINKAGES},
            dealt_out=_ranges(dealt, classes),
        )
        for classes in scored
    }
    return Matched(tasks, found, trees[linkage])


def _scores(
    trees: Mapping[str, NDArray[np.float64]], classes: Classes, linkage: Linkage, seed: int
) -> dict[str, dict[str, Score]]:
    """Return the scores of a level by one linkage, of the affinity and of E."""
    drawn = derive(seed, "classes", classes.level, linkage)
    return {
        name: against_chance(cut(tree, classes.count), classes.codes, seed=drawn)
        for name, tree in trees.items()
    }


def _ranges(trees: Sequence[NDArray[np.float64]], classes: Classes) -> dict[str, Range]:
    """Return what clusters of the same values in random places score."""
    drawn = [quick_scores(cut(tree, classes.count), classes.codes) for tree in trees]
    each = {metric: [scores[metric] for scores in drawn] for metric in METRICS}
    return {
        metric: Range(
            float(np.mean(found)), float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))
        )
        for metric, found in each.items()
    }
