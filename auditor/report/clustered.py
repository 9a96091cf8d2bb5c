"""A matrix of tasks with like tasks side by side, and the tree that says which join first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.document.blocks import Matrix, Tree
from auditor.report.pairs import square

FEWEST = 3


@dataclass(frozen=True)
class Clustered:
    """A matrix in a new order of its tasks (t,), and their tree; None where it is as it was."""

    matrix: Matrix
    tree: Tree | None


def clustered(matrix: Matrix) -> Clustered:
    """Return a matrix of three tasks or more in clustered order; any other as it is.

    Average linkage of the distance high - value, of both directions where they differ. An entry that is
    not estimable is as far as entries are at the mean.
    """
    if not square(matrix) or len(matrix.rows) < FEWEST:
        return Clustered(matrix, None)
    merges = _merges(matrix)
    t = len(matrix.rows)
    order = _order(merges, t)
    place = {old: new for new, old in enumerate(order)}
    moved = tuple(
        (float(place.get(int(a), int(a))), float(place.get(int(b), int(b))), height, size)
        for a, b, height, size in merges
    )
    names = tuple(matrix.rows[at] for at in order)
    values = tuple(tuple(matrix.values[i][j] for j in order) for i in order)
    caption = f"Tasks by {matrix.caption}"
    tree = Tree(names, moved, caption, "Average linkage.")
    return Clustered(replace(matrix, rows=names, columns=names, values=values), tree)


def _merges(matrix: Matrix) -> list[tuple[float, float, float, float]]:
    """Return the merges of average linkage as SciPy writes them, without SciPy, which is slow to import."""
    import numpy as np

    values = np.array(matrix.values, dtype=np.float64)
    apart = matrix.high - (values + values.T) / 2
    np.fill_diagonal(apart, np.nan)
    known = np.isfinite(apart)
    apart[~known] = apart[known].mean() if known.any() else 0.0
    np.fill_diagonal(apart, np.inf)
    t = len(apart)
    number, sizes = list(range(t)), np.ones(t)
    ends = [(leaf, leaf) for leaf in range(t)]
    leaves = apart.copy()
    found = []
    for new in range(t, 2 * t - 1):
        i, j = divmod(int(np.argmin(apart)), t)
        height, size = float(apart[i, j]), float(sizes[i] + sizes[j])
        if leaves[ends[j][1], ends[i][0]] < leaves[ends[i][1], ends[j][0]]:
            i, j = j, i  # of two ways to put them side by side, the one whose neighbours are more alike
        found.append((float(number[i]), float(number[j]), height, size))
        mean = (sizes[i] * apart[i] + sizes[j] * apart[j]) / size
        mean[i] = np.inf
        apart[i] = apart[:, i] = mean
        apart[j] = apart[:, j] = np.inf
        number[i], sizes[i], ends[i] = new, size, (ends[i][0], ends[j][1])
    return found


def _order(merges: list[tuple[float, float, float, float]], t: int) -> list[int]:
    """Return the leaves in the order in which no two branches cross."""
    found: list[int] = []
    waiting = [t + len(merges) - 1]
    while waiting:
        node = waiting.pop()
        if node < t:
            found.append(node)
        else:
            left, right = merges[node - t][:2]
            waiting += [int(right), int(left)]
    return found
