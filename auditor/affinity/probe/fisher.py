"""Fisher information of tasks on a shared probe, from gradients of single labels.

The gradient of log p(y | x) is s = e q, q being the gradient of the output and e = y - p for a class
label, a standard normal for a regression of unit variance. A Fisher matrix is the mean of s s^T over
compounds and over labels that the model itself draws, so that only e^2 per label matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from auditor.affinity.probe.per_sample import Cells
    from auditor.training.trained import Trained


@dataclass(frozen=True)
class RowFishers:
    """Diagonal Fisher information, averaged over each row of the encoder's weights.

    Parameters
    ----------
    sums
        Sum over the labels of a group of compounds, per task and row (g, t, r).
    counts
        Labels per group and task (g, t).
    """

    sums: NDArray[np.float64]
    counts: NDArray[np.int64]

    def affinity(self) -> NDArray[np.float64]:
        """Return the affinity of all compounds (t, t); see `row_affinity`."""
        return self._of(self.sums.sum(axis=0), self.counts.sum(axis=0))

    def replicates(self) -> Iterator[NDArray[np.float64]]:
        """Yield the affinity with one group of compounds left out (t, t)."""
        total, count = self.sums.sum(axis=0), self.counts.sum(axis=0)
        for sums, counts in zip(self.sums, self.counts, strict=True):
            yield self._of(total - sums, count - counts)

    def _of(self, sums: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            return row_affinity(sums / counts[:, None])


def squared_errors(
    outputs: NDArray[np.float64], classification: NDArray[np.bool_], *, draws: int, seed: int
) -> NDArray[np.float64]:
    """Return e^2 per label (c,), averaged over labels that the model draws.

    Parameters
    ----------
    outputs
        Logit of a class label, mean of a regression label (c,).
    draws
        Labels drawn per compound; 0 for their expectation, p (1 - p) or 1.
    """
    p = 1 / (1 + np.exp(-outputs))
    if draws == 0:
        return np.where(classification, p * (1 - p), 1.0)
    total = np.zeros(len(p))
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        drawn, normal = rng.random(len(p)) < p, rng.standard_normal(len(p))
        total += np.where(classification, drawn - p, normal) ** 2
    return total / draws


def row_fishers(
    trained: Trained,
    cells: Cells,
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    advance: Callable[[int], None] = lambda _: None,
) -> RowFishers:
    """Return the rows' diagonal Fisher information, from exact gradients of every label.

    A row is what leads to one output unit; biases and normalisations, which have one number per unit,
    are left out.

    Parameters
    ----------
    groups, weights
        Of each label (c,): its compound's group, counted from 0, and e^2.
    """
    from auditor.affinity.probe.per_sample import cell_gradients

    count, t = int(groups.max(initial=0)) + 1, trained.benchmark.t
    sums: NDArray[np.float64] | None = None
    for part, gradients in cell_gradients(trained, cells, advance):
        squares = row_squares(trained.network.shared, gradients)  # (p, r)
        weighted: NDArray[np.float64] = squares.double().cpu().numpy() * weights[part][:, None]
        if sums is None:
            sums = np.zeros((count, t, weighted.shape[1]))
        np.add.at(sums, (groups[part], cells.tasks[part]), weighted)
    counts = np.zeros((count, t), dtype=np.int64)
    np.add.at(counts, (groups, cells.tasks), 1)
    return RowFishers(np.zeros((count, t, 0)) if sums is None else sums, counts)


def row_squares(shared: list[torch.nn.Parameter], gradients: torch.Tensor) -> torch.Tensor:
    """Return the mean square of each row of each weight (p, r) of some flattened gradients (p, d)."""
    import torch

    found, start = [], 0
    for parameter in shared:
        part = gradients[:, start : start + parameter.numel()]
        start += parameter.numel()
        if parameter.ndim > 1:
            found.append(part.square().view(len(part), parameter.shape[0], -1).mean(dim=2))
    return torch.cat(found, dim=1)


def row_affinity(fishers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine of Fa / (Fa + Fb) and Fb / (Fa + Fb) for all pairs (t, t), from 0 to 1.

    One minus it is Task2Vec's distance. Rows that neither task moves are left out; NaN where none is
    left.

    Parameters
    ----------
    fishers
        One number per task and row (t, r).

    Reference
    ---------
    Achille et al. 2019, arXiv 1902.03545 (Task2Vec).
    """
    found = np.full((len(fishers), len(fishers)), np.nan)
    known = np.isfinite(fishers).all(axis=1)
    for index in np.flatnonzero(known):
        total = fishers[index] + fishers[index:]  # this task and those after it
        with np.errstate(invalid="ignore", divide="ignore"):
            x = np.where(total > 0, fishers[index] / total, 0.0)
            y = np.where(total > 0, fishers[index:] / total, 0.0)
            cosine = (x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
        found[index, index:] = found[index:, index] = np.where(known[index:], cosine, np.nan)
    return found
