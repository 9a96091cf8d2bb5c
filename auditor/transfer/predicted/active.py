"""Which groups to train next: those after which the gains of all others are known best.

Under `components.posterior` the variance that remains depends on which groups are trained, not on what
they will gain, so that several groups can be planned at once.

Reference: Krause, Singh & Guestrin 2008, JMLR 9:235 (greedy choice by reduction of variance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError
from auditor.seeding import derive
from auditor.transfer.predicted.random_effects import Posterior, covariance, fresh

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CANDIDATES = 300


def next_groups(
    found: Posterior,
    candidates: NDArray[np.bool_],
    *,
    count: int,
    seed: int = 0,
    cost: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """Return the rows of the ``count`` candidates (c, t) to train next, the most telling first.

    Each step takes the group whose training most reduces the summed variance of the expected gains
    over all candidates, per unit of its ``cost`` (c,) where given. Of more than `MOST_CANDIDATES`
    groups a random part is looked at.

    Raises
    ------
    UsageError
        There are fewer candidates than ``count``.
    """
    if count > len(candidates):
        raise UsageError(f"{count} groups of {len(candidates)} candidates", hint="ask for fewer")
    rows = np.arange(len(candidates))
    if len(rows) > max(MOST_CANDIDATES, count):
        rng = np.random.default_rng(derive(seed, "candidates"))
        rows = np.sort(rng.choice(rows, max(MOST_CANDIDATES, count), replace=False))
    price = np.ones(len(rows)) if cost is None else np.asarray(cost, dtype=np.float64)[rows]
    cells, spread = covariance(found, candidates[rows])
    added = fresh(found, cells)
    chosen: list[int] = []
    for _ in range(count):
        worth = np.full(len(rows), -np.inf)
        for place in range(len(rows)):
            if place not in chosen:
                worth[place] = _reduction(spread, added, cells.group == place) / price[place]
        best = int(worth.argmax())
        chosen.append(best)
        spread = _after(spread, added, cells.group == best)
    return rows[np.asarray(chosen, dtype=np.int64)]


def _reduction(spread: NDArray[np.float64], added: NDArray[np.float64], group: NDArray[np.bool_]) -> float:
    """Return by how much the summed variance falls if a group is trained."""
    gained, across = _gained(spread, added, group)
    return float((gained * across.T).sum())


def _after(
    spread: NDArray[np.float64], added: NDArray[np.float64], group: NDArray[np.bool_]
) -> NDArray[np.float64]:
    gained, across = _gained(spread, added, group)
    return spread - across @ gained


def _gained(
    spread: NDArray[np.float64], added: NDArray[np.float64], group: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    across = spread[:, group]
    own = spread[np.ix_(group, group)] + added[np.ix_(group, group)]
    return np.linalg.solve(own, across.T), across
