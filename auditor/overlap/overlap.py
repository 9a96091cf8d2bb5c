"""How many compounds two tasks share, and every ratio that is made of it under its own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from auditor.benchmark.labels import Labels

DENSE_FROM = 0.07
"""Fraction of measured entries from which a product of full blocks is faster than one of sparse ones."""
WHOLE_CELLS = 1 << 24
"""Cells up to which a dense table is multiplied whole; in single precision, so no more rows than 2^24."""
DENSE_CELLS = 16_000_000
SPARSE_CELLS = 64_000_000
"""Compounds x tasks of a block."""
MEASURES = ("jaccard", "containment", "dice", "ochiai")


@dataclass(frozen=True)
class Overlap:
    """Shared compounds per pair of tasks.

    Parameters
    ----------
    tasks
        Task names (t,).
    sizes
        Compounds per task (t,).
    support
        Shared compounds (t, t); the diagonal holds the sizes.
    """

    tasks: tuple[str, ...]
    sizes: NDArray[np.int64]
    support: NDArray[np.int64]

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """|A∩B| / |A∪B| (t, t); the paper's equation 4."""
        union = self.sizes[:, None] + self.sizes[None, :] - self.support
        return _ratio(self.support, union)

    @property
    def containment(self) -> NDArray[np.float64]:
        """|A∩B| / min(|A|, |B|) (t, t); what the paper's scripts compute."""
        return _ratio(self.support, np.minimum(self.sizes[:, None], self.sizes[None, :]))

    @property
    def dice(self) -> NDArray[np.float64]:
        """2 |A∩B| / (|A| + |B|) (t, t)."""
        return _ratio(2 * self.support, self.sizes[:, None] + self.sizes[None, :])

    @property
    def ochiai(self) -> NDArray[np.float64]:
        """|A∩B| / sqrt(|A| |B|) (t, t): the factor by which a per-batch gradient cosine shrinks."""
        return _ratio(self.support, np.sqrt(np.outer(self.sizes, self.sizes)))

    @property
    def retention(self) -> NDArray[np.float64]:
        """Fraction p of a complete table's labels, kept at random per task, that gives this Jaccard.

        Solves J = p / (2 - p) (t, t); the axis of the paper's threshold figure is p, not J.
        """
        jaccard = self.jaccard
        return 2 * jaccard / (1 + jaccard)

    def measure(self, name: str) -> NDArray[np.float64]:
        """Return one of `MEASURES` by name (t, t)."""
        if name not in MEASURES:
            raise ValueError(f"unknown overlap measure '{name}'; one of {', '.join(MEASURES)}")
        matrix: NDArray[np.float64] = getattr(self, name)
        return matrix


def overlap_of(labels: Labels, tasks: tuple[str, ...]) -> Overlap:
    """Return the overlap of all pairs of tasks."""
    support = support_counts(labels)
    return Overlap(tasks, np.diag(support).copy(), support)


def support_counts(labels: Labels) -> NDArray[np.int64]:
    """Count shared compounds for all pairs (t, t)."""
    return shared_counts(labels, labels)


def shared_counts(left: Labels, right: Labels) -> NDArray[np.int64]:
    """Count the compounds of every task on the left that are those of every task on the right (t, t')."""
    ones = left.mask.astype(np.float32)
    others = ones if left is right else right.mask.astype(np.float32)
    # single precision holds integers exactly up to 2^24, more compounds than a block has
    return gram(ones, others).astype(np.int64)


def gram(left: csc_array, right: csc_array) -> NDArray[np.float64]:
    """Return the product of two sparse tables, (n, t) transposed by (n, t'), as a full (t, t').

    In blocks of compounds: memory stays bounded, and a block stays in the processor's cache, so that
    time grows with the number of entries.
    """
    widest = max(1, left.shape[1], right.shape[1])
    dense = right.nnz >= DENSE_FROM * np.prod(right.shape)
    if dense and left.shape[0] * widest <= WHOLE_CELLS:
        full = left.toarray()
        whole: NDArray[np.float64] = (full.T @ (full if right is left else right.toarray())).astype(float)
        return whole
    out: NDArray[np.float64] = np.zeros((left.shape[1], right.shape[1]), dtype=np.float64)
    below = left.tocsr()
    above = below if right is left else right.tocsr()
    rows = max(1, (DENSE_CELLS if dense else SPARSE_CELLS) // widest)
    for start in range(0, left.shape[0], rows):
        a = below[start : start + rows]
        b = a if right is left else above[start : start + rows]
        if dense:
            out += a.toarray().T @ b.toarray()
        else:
            out += (a.T.tocsr() @ b).toarray()
    return out


def _ratio(above: NDArray[np.number], below: NDArray[np.number]) -> NDArray[np.float64]:  # type: ignore[type-arg]
    out = np.full(above.shape, np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
