"""Trees of tasks from a matrix of affinities, and how firmly they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.analyses.clusters.scores import quick_scores
from auditor.gate.reliable_subset import largest_clique
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

Linkage = Literal["average", "ward", "complete"]
LINKAGES: tuple[Linkage, ...] = ("average", "ward", "complete")


def complete_tasks(values: NDArray[np.float64], usable: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the largest set of tasks found whose pairs are all usable and estimated."""
    return largest_clique(usable & np.isfinite(values)).tasks


def merges(values: NDArray[np.float64], linkage: Linkage) -> NDArray[np.float64]:
    """Return the tree of some tasks (t - 1, 4), as SciPy's linkage, by the distance 1 - affinity.

    An affinity above 1, which noise can give, counts as distance 0. The distance need not be Euclidean,
    so that Ward's criterion is applied to it only formally.
    """
    from scipy.cluster.hierarchy import linkage as link

    tree: NDArray[np.float64] = link(np.maximum(1 - upper(values), 0.0), method=linkage)
    return tree


def cut(tree: NDArray[np.float64], clusters: int) -> NDArray[np.int64]:
    """Return the cluster of every task (t,), at most so many of them."""
    from scipy.cluster.hierarchy import fcluster

    found: NDArray[np.int64] = fcluster(tree, clusters, criterion="maxclust").astype(np.int64)
    return found


def dealt_out(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a symmetric matrix with the same pairs' values in random places."""
    rows, columns = np.triu_indices(len(values), 1)
    out = np.eye(len(values))
    out[rows, columns] = out[columns, rows] = rng.permutation(values[rows, columns])
    return out


def noisy(
    values: NDArray[np.float64], error: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the matrix drawn anew within its standard errors, independent from pair to pair."""
    rows, columns = np.triu_indices(len(values), 1)
    out = np.eye(len(values))
    drawn = rng.normal(values[rows, columns], error[rows, columns])
    out[rows, columns] = out[columns, rows] = drawn
    return out


def stability(
    values: NDArray[np.float64],
    error: NDArray[np.float64],
    clusters: int,
    linkage: Linkage,
    *,
    seed: int,
    draws: int = 100,
) -> float:
    """Return the mean adjusted Rand index of the clusters with those of the matrix drawn anew.

    NaN where a standard error is missing. 1: noise never moves a task to another cluster.
    """
    if not np.isfinite(upper(error)).all():
        return float("nan")
    rng = np.random.default_rng(seed)
    here = cut(merges(values, linkage), clusters)
    again = (cut(merges(noisy(values, error, rng), linkage), clusters) for _ in range(draws))
    return float(np.mean([quick_scores(here, other)["ari"] for other in again]))
