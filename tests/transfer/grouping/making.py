"""Small affinities, and every partition of a few tasks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Groups = list[list[int]]


def affinity(t: int, seed: int, *, missing: float = 0.0) -> NDArray[np.float64]:
    """Return a random asymmetric affinity (t, t) with some pairs that are not estimable."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(t, t))
    found[rng.random((t, t)) < missing] = np.nan
    np.fill_diagonal(found, np.nan)
    return found


def partitions(t: int) -> Iterator[Groups]:
    """Yield every partition of t tasks."""
    if t == 0:
        yield []
        return
    for smaller in partitions(t - 1):
        for place in range(len(smaller)):
            yield [[*group, t - 1] if at == place else list(group) for at, group in enumerate(smaller)]
        yield [*map(list, smaller), [t - 1]]


def plain_gain(matrix: NDArray[np.float64], group: list[int], task: int) -> float:
    """Return the mean affinity of a task's companions to it, written out."""
    others = [matrix[source, task] for source in group if source != task]
    return sum(others) / len(others) if others else 0.0


def plain_value(matrix: NDArray[np.float64], groups: Groups, t: int) -> float:
    """Return the mean over tasks of the best gain among the groups that hold it; NaN as any member is."""
    best = []
    for task in range(t):
        best.append(max(plain_gain(matrix, group, task) for group in groups if task in group))
    every = [plain_gain(matrix, group, task) for group in groups for task in group]
    return float("nan") if np.isnan(every).any() else float(np.mean(best))


def best_by_hand(
    matrix: NDArray[np.float64], t: int, most: int, *, exactly: bool = False
) -> tuple[float, Groups]:
    """Return the best partition among all."""
    values = [
        (plain_value(matrix, groups, t), groups)
        for groups in partitions(t)
        if len(groups) == most or (not exactly and len(groups) < most)
    ]
    known = [(value, groups) for value, groups in values if not np.isnan(value)]
    return max(known, key=lambda item: item[0]) if known else (float("nan"), [])
