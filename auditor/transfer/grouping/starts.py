"""First guesses at a partition: average linkage, as in the paper, spectral clusters, random ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.grouping.grouping import (
    Grouping,
    assignment_bound,
    check_limit,
    grouping,
    value_of,
)
from auditor.transfer.predictor import by_affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray

Groups = list[list[int]]


def average_linkage(affinity: NDArray[np.float64], *, most: int) -> Grouping:
    """Return the groups of the paper: average linkage on 1 - affinity, cut into ``most`` clusters.

    A pair that is not estimable counts as the least alike of all. The value of a grouping that still
    holds one is NaN. Linkage does not know the objective: it may miss it, and be worth less than zero.

    Reference: Cheng & Zhang 2026, F.2.
    """
    t = len(affinity)
    groups = linkage_groups(affinity, check_limit(t, most))
    value = value_of(groups, by_affinity(affinity), t)
    return grouping(groups, value=value, bound=assignment_bound(affinity), method="average linkage")


def linkage_groups(affinity: NDArray[np.float64], most: int) -> Groups:
    """Return at most ``most`` clusters of average linkage on the symmetric part of an affinity (t, t)."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(affinity) == 1:
        return [[0]]
    distance = _unlike(affinity)
    tree = linkage(distance[np.triu_indices(len(affinity), 1)], method="average")
    return by_label(fcluster(tree, most, criterion="maxclust"))


def spectral_groups(affinity: NDArray[np.float64], most: int, seed: int) -> Groups:
    """Return at most ``most`` clusters of the leading eigenvectors of an affinity (t, t)."""
    from sklearn.cluster import KMeans

    t = len(affinity)
    if most in (1, t):
        return [list(range(t))] if most == 1 else [[task] for task in range(t)]
    distance = _unlike(affinity)
    alike = distance.max() - distance
    np.fill_diagonal(alike, 0.0)
    degree = np.sqrt(np.maximum(alike.sum(axis=1), 1e-12))
    _, vectors = np.linalg.eigh(alike / np.outer(degree, degree))
    leading = vectors[:, -most:]
    leading /= np.maximum(np.linalg.norm(leading, axis=1, keepdims=True), 1e-12)
    distinct = len(np.unique(leading.round(9), axis=0))
    labels = KMeans(min(most, distinct), n_init=3, random_state=seed % 2**32).fit_predict(leading)
    return by_label(labels)


def random_groups(t: int, most: int, rng: np.random.Generator) -> Groups:
    """Return a random partition into exactly ``most`` groups."""
    labels = np.concatenate([np.arange(most), rng.integers(0, most, t - most)])
    return by_label(rng.permutation(labels))


def by_label(labels: NDArray[np.int64]) -> Groups:
    """Return the places of each label."""
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]


def _unlike(affinity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 - affinity (t, t), symmetric; a pair that is not estimable is the least alike."""
    symmetric = (affinity + affinity.T) / 2
    known = np.isfinite(symmetric)
    np.fill_diagonal(known, False)
    worst = float(symmetric[known].min()) if known.any() else 0.0
    spread = float(np.ptp(symmetric[known])) if known.any() else 1.0
    distance = 1.0 - np.where(known, symmetric, worst - spread - 1.0)
    distance -= min(float(distance.min()), 0.0)
    np.fill_diagonal(distance, 0.0)
    return distance
