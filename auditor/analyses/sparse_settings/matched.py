"""Gradients over batches matched by scaffold: like compounds in place of shared ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.gradient.cosine import cosines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.trained import Trained

FEWEST_SCAFFOLDS = 2
"""Scaffolds on both sides below which no batch can be matched."""


def matched_batches(
    sides: Sequence[NDArray[np.int64]],
    scaffolds: Sequence[str],
    *,
    size: int,
    count: int,
    rng: np.random.Generator,
) -> list[NDArray[np.int64]]:
    """Return batches in which every compound of one side has one of another side with its scaffold.

    Scaffolds are drawn alike, however many compounds they have: a large one, such as all acyclic
    compounds, says little about its members' likeness.

    Parameters
    ----------
    sides
        Disjoint compound indices, one array per group of tasks; compounds of several groups are left
        out, so that nothing is matched with itself.
    scaffolds
        Of all compounds (n,).
    size, count
        Compounds per batch (an odd one is left out), and batches.

    Returns
    -------
    ``count`` batches; none where fewer than `FEWEST_SCAFFOLDS` scaffolds are on two sides.
    """
    by_scaffold: dict[str, list[NDArray[np.int64]]] = {}
    names = np.asarray(scaffolds, dtype=object)
    for scaffold in dict.fromkeys(scaffolds):
        parts = [side[names[side] == scaffold] for side in sides]
        parts = [part for part in parts if len(part)]
        if len(parts) > 1:
            by_scaffold[scaffold] = parts
    if len(by_scaffold) < FEWEST_SCAFFOLDS:
        return []
    eligible = list(by_scaffold.values())
    return [_batch(eligible, size // 2, rng) for _ in range(count)]


def _batch(
    eligible: list[list[NDArray[np.int64]]], pairs: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw pairs of like compounds, each compound once; fewer where there are not so many."""
    taken: dict[int, None] = {}
    for _ in range(20 * pairs):
        if len(taken) >= 2 * pairs:
            break
        parts = eligible[int(rng.integers(len(eligible)))]
        first, second = rng.choice(len(parts), 2, replace=False)
        pair = int(rng.choice(parts[first])), int(rng.choice(parts[second]))
        if not any(compound in taken for compound in pair):
            taken.update(dict.fromkeys(pair))
    return np.array(list(taken), dtype=np.int64)


def random_batches(n: int, *, size: int, count: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return batches of any compounds: what matched ones are held against."""
    return [rng.choice(n, min(size, n), replace=False) for _ in range(count)]


def cosines_over(trained: Trained, batches: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return the mean gradient cosine of a trained network over some batches (t, t); it stays as it is.

    The network is in evaluation mode. NaN where no batch has labels of both tasks.
    """
    import torch

    from auditor.training.logging.gradients import RowBuffer, logged_backward

    network, t = trained.network, trained.benchmark.t
    shared = network.shared
    network.eval()
    buffer = RowBuffer()
    sums, counts = np.zeros((t, t)), np.zeros((t, t))
    for batch in batches:
        compounds = torch.from_numpy(batch).to(shared[0].device)
        embeddings = network.encoder(trained.packed.batch(compounds))
        targets = trained.targets.batch(compounds)
        logged = logged_backward(network.heads, embeddings, targets, shared, buffer)
        if logged.gram is not None:
            value = cosines(logged.gram[None])[0]
            sums += np.where(np.isfinite(value), value, 0.0)
            counts += np.isfinite(value)
    network.zero_grad(set_to_none=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = np.where(counts > 0, sums / counts, np.nan)
    return mean
