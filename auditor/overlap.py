"""How many compounds two tasks share, and every ratio that is made of it under its own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark import Labels

DENSE_CELLS = 64_000_000
"""Compounds x tasks up to which a dense product of ones is the faster way to count."""
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
    """Count shared compounds for all pairs (t, t), by a dense or a sparse product of ones."""
    if labels.n * labels.t <= DENSE_CELLS and _density(labels) > 0.02:
        ones = labels.mask.toarray().astype(np.float32)
        # float32 holds integers exactly up to 2^24 compounds, far above DENSE_CELLS / t
        return (ones.T @ ones).astype(np.int64)
    mask = labels.mask
    product = mask.T.tocsr() @ mask.tocsr()
    return np.asarray(product.toarray(), dtype=np.int64)


def _density(labels: Labels) -> float:
    cells = labels.n * labels.t
    return len(labels.rows) / cells if cells else 0.0


def _ratio(above: NDArray[np.number], below: NDArray[np.number]) -> NDArray[np.float64]:  # type: ignore[type-arg]
    out = np.full(above.shape, np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
