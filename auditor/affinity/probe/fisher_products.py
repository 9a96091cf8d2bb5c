"""Inner products of full Fisher matrices, from inner products of single labels' gradients.

The Frobenius product of two Fisher matrices is a mean of squared products of gradients, so that no
matrix of the shared parameters' size is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.probe.per_sample import Cells


@dataclass(frozen=True)
class FisherProducts:
    """Sums of (s . s')^2 over pairs of labels of different compounds.

    Parameters
    ----------
    onward
        Labels of task i in group g with all labels of task j (g, t, t).
    inside
        Labels of tasks i and j that are both in group g (g, t, t).
    onward_counts, inside_counts
        Number of such pairs.
    """

    onward: NDArray[np.float64]
    inside: NDArray[np.float64]
    onward_counts: NDArray[np.float64]
    inside_counts: NDArray[np.float64]

    def affinity(self) -> NDArray[np.float64]:
        """Return the cosine of the tasks' Fisher matrices (t, t)."""
        return _cosine(self.onward.sum(axis=0), self.onward_counts.sum(axis=0))

    def replicates(self) -> Iterator[NDArray[np.float64]]:
        """Yield the cosine with one group of compounds left out (t, t)."""
        total, count = self.onward.sum(axis=0), self.onward_counts.sum(axis=0)
        for group in range(len(self.onward)):
            on, among = self.onward[group], self.onward_counts[group]
            products = total - on - on.T + self.inside[group]
            yield _cosine(products, count - among - among.T + self.inside_counts[group])


def fisher_products(
    cells: Cells,
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    products: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    tasks: int,
    advance: Callable[[int], None] = lambda _: None,
) -> FisherProducts:
    """Return what the inner products of full Fisher matrices are made of.

    <Fa, Fb> is the mean over pairs of labels, one of each task, of (s_a . s_b)^2. Pairs of one compound
    are left out, as two draws from many compounds are never the same: with them, a task would be
    nearer to itself and to those that share its compounds for no other reason.

    Parameters
    ----------
    groups, weights
        Of each label (c,): its compound's group and e^2.
    products
        Gives (q . q')^2, or an unbiased estimate, of some labels with all labels (m, c).
    """
    count = int(groups.max(initial=0)) + 1
    member = np.eye(tasks)[cells.tasks]  # (c, t)
    shape = (count, tasks, tasks)
    found = FisherProducts(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for group in range(count):
        own = np.flatnonzero(groups == group)
        apart = cells.compounds[own][:, None] != cells.compounds[None, :]
        squares = products(own) * weights[own][:, None] * weights[None, :] * apart  # (m, c)
        mine = member[own]
        found.onward[group] = mine.T @ (squares @ member)
        found.inside[group] = mine.T @ (squares[:, own] @ mine)
        found.onward_counts[group] = mine.T @ (apart @ member)
        found.inside_counts[group] = mine.T @ (apart[:, own] @ mine)
        advance(1)
    return found


def _cosine(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine of matrices from sums and counts of their products; the diagonal is 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        products = sums / counts
        norms = np.sqrt(np.where(np.diag(products) > 0, np.diag(products), np.nan))
        cosine: NDArray[np.float64] = products / np.outer(norms, norms)
    np.fill_diagonal(cosine, np.where(np.isfinite(norms), 1.0, np.nan))
    return (cosine + cosine.T) / 2
