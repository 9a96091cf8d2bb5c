"""h: the share of a task's labels that chemical similarity explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID = np.concatenate([[0.002, 0.005], np.linspace(0.01, 0.99, 99)])
EVIDENCE = 2.71
"""Twice the log likelihood ratio against h = 0 from which similarity explains something: p = 0.05 for a
variance at the border of its range (Self & Liang 1987, doi 10.1080/01621459.1987.10478472)."""


@dataclass(frozen=True)
class Share:
    """The posterior of h, uniform prior, and the variance of the labels at its mean.

    Parameters
    ----------
    h, low, high
        Posterior mean and 95 % interval.
    scale
        Variance of the labels under the model, s².
    evidence
        Twice the log likelihood ratio of the best h against none.
    """

    h: float
    low: float
    high: float
    scale: float
    evidence: float

    @property
    def signal(self) -> float:
        """Variance that similarity explains, c = s² h."""
        return self.scale * self.h

    @property
    def noise(self) -> float:
        """The rest, e = s² (1 - h)."""
        return self.scale * (1 - self.h)

    @property
    def explains(self) -> bool:
        """Whether similarity explains anything of the labels."""
        return self.evidence >= EVIDENCE


def share_of(kernel: NDArray[np.float64], z: NDArray[np.float64]) -> Share:
    """Return how much of the labels z (m,) their kernel (m, m) explains.

    z ~ N(0, s² (h K + (1 - h) I)). With K = U d Uᵀ and q = Uᵀ z, s² has its best value
    mean(q² / (h d + 1 - h)) at every h, and log L = -½ [Σ log(h d + 1 - h) + m log s²].

    Reference: Kang et al. 2008, doi 10.1534/genetics.107.080101 (one eigendecomposition for all h).
    """
    d, vectors = np.linalg.eigh(kernel)
    d, square = np.maximum(d, 0), (vectors.T @ z) ** 2
    spread = np.concatenate([[0.0], GRID])[:, None] * (d - 1) + 1  # (grid + 1, m)
    scale = (square / spread).mean(axis=1)
    log_l = -0.5 * (np.log(spread).sum(axis=1) + len(z) * np.log(scale))
    weight = np.exp(log_l[1:] - log_l[1:].max()) * np.gradient(GRID)
    weight /= weight.sum()
    h = float(weight @ GRID)
    low, high = np.interp([0.025, 0.975], np.cumsum(weight), GRID)
    at_mean = float((square / (h * (d - 1) + 1)).mean())
    evidence = 2 * float(max(log_l[1:].max() - log_l[0], 0.0))
    return Share(h, float(low), float(high), at_mean, evidence)
