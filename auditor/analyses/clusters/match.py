"""Clusters of a matrix held against annotated classes, with E and matrices of no structure beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

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
from auditor.analyses.clusters.scores import METRICS, against_chance, quick_scores
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
class Matched:
    """What clustering one affinity gives.

    Parameters
    ----------
    tasks
        Indices of the tasks that were clustered: every pair of them is usable.
    levels
        Per level with fewer classes than tasks: the number of classes, of pairs within one, the stability
        of the clusters, the `Score` of the affinity and of E by linkage and metric, and the scores of the
        affinity's values dealt out to pairs at random (mean and 95 % range, the linkage asked for).
    trees
        Linkage (t - 1, 4) of the affinity and of E, by the linkage that was asked for.
    """

    tasks: tuple[int, ...]
    levels: Mapping[str, Mapping[str, Any]]
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
    found = {
        classes.level: {
            "classes": classes.count,
            "pairs_within": classes.pairs_within,
            "stability": stability(
                values[places],
                error[places],
                classes.count,
                linkage,
                seed=derive(seed, "noise", classes.level),
            ),
            "linkages": {},
        }
        for classes in known
        if 1 < classes.count < len(tasks)
    }
    scored = [classes for classes in known if classes.level in found]
    for way in LINKAGES:
        _score(matrices, scored, way, found, seed)
    _deal_out(matrices["affinity"], scored, linkage, found, seed)
    trees = {name: merges(matrix, linkage) for name, matrix in matrices.items()}
    return Matched(tasks, found, trees)


def _score(
    matrices: Mapping[str, NDArray[np.float64]],
    known: Sequence[Classes],
    linkage: Linkage,
    found: dict[str, dict[str, Any]],
    seed: int,
) -> None:
    """Add the scores of one linkage to every level."""
    trees = {name: merges(matrix, linkage) for name, matrix in matrices.items()}
    for classes in known:
        drawn = derive(seed, "classes", classes.level, linkage)
        found[classes.level]["linkages"][linkage] = {
            name: {
                metric: asdict(score)
                for metric, score in against_chance(
                    cut(tree, classes.count), classes.codes, seed=drawn
                ).items()
            }
            for name, tree in trees.items()
        }


def _deal_out(
    values: NDArray[np.float64],
    known: Sequence[Classes],
    linkage: Linkage,
    found: dict[str, dict[str, Any]],
    seed: int,
) -> None:
    """Add to every level what clusters of the same values in random places score."""
    rng = np.random.default_rng(derive(seed, "dealt out"))
    trees = [merges(dealt_out(values, rng), linkage) for _ in range(DEALT)]
    for classes in known:
        drawn = [quick_scores(cut(tree, classes.count), classes.codes) for tree in trees]
        found[classes.level]["dealt_out"] = {
            metric: {
                "mean": float(np.mean([each[metric] for each in drawn])),
                "low": float(np.quantile([each[metric] for each in drawn], 0.025)),
                "high": float(np.quantile([each[metric] for each in drawn], 0.975)),
            }
            for metric in METRICS
        }
