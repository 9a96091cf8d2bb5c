"""Chance: what random groups of the same sizes are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.seeding import derive
from auditor.transfer.grouping.grouping import TOLERANCE, Grouping, value_of
from auditor.transfer.predictor import Predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 999


@dataclass(frozen=True)
class Chance:
    """A grouping's worth beside random groups of the same sizes.

    Parameters
    ----------
    value
        Mean gain of the grouping under the gains that it is judged by.
    mean, low, high
        Of the random groupings: mean, 2.5 % and 97.5 % quantiles.
    p
        Rank p: (1 + the random ones worth at least as much) / (1 + draws).
    draws
        How many random groupings were drawn.
    """

    value: float
    mean: float
    low: float
    high: float
    p: float
    draws: int


def against_chance(found: Grouping, judge: Predict, t: int, *, seed: int, draws: int = DRAWS) -> Chance:
    """Judge a grouping by some gains, beside random groups of the same sizes.

    The gains to judge by should be measured, and not those that the grouping was chosen with: random
    groups do not get to choose. Sizes are matched, because larger groups gain otherwise than smaller
    ones whatever they hold. Random groups that leave a task out, where groups overlap, are drawn again.

    Raises
    ------
    DataError
        The grouping or a random one holds a group whose gain is not known.
    """
    value = value_of(found.groups, judge, t)
    if np.isnan(value):
        raise DataError(
            "the grouping holds a group whose gains are not known", hint="train its groups first"
        )
    rng = np.random.default_rng(derive(seed, "random groups"))
    sizes = [len(group) for group in found.groups]
    values = np.array([value_of(random_like(sizes, t, rng), judge, t) for _ in range(draws)])
    if np.isnan(values).any():
        raise DataError(
            f"{int(np.isnan(values).sum())} of {draws} random groupings hold a group of unknown gain",
            hint="judge by a prediction, or by gains of every group",
        )
    low, high = np.quantile(values, [0.025, 0.975])
    beaten = int((values >= value - TOLERANCE).sum())
    return Chance(value, float(values.mean()), float(low), float(high), (1 + beaten) / (1 + draws), draws)


def random_like(sizes: Sequence[int], t: int, rng: np.random.Generator) -> list[list[int]]:
    """Return random groups of the given sizes that hold every task (t tasks).

    Where the sizes add up to t they are disjoint; else the rest is filled from tasks not yet in the
    group.
    """
    if sum(sizes) < t or max(sizes) > t:
        raise ValueError(f"groups of sizes {list(sizes)} cannot hold {t} tasks")
    first = rng.permutation(t)
    room = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    if len(room) == t:
        return [first[room == group].tolist() for group in range(len(sizes))]
    return _overlapping(first, sizes, t, rng)


def _overlapping(
    first: NDArray[np.int64], sizes: Sequence[int], t: int, rng: np.random.Generator
) -> list[list[int]]:
    """Return random groups that hold every task: one place per task by lot, the rest filled at random."""
    places = rng.choice(np.repeat(np.arange(len(sizes)), sizes), size=t, replace=False)
    groups = []
    for group, size in enumerate(sizes):
        held = first[places == group]
        others = np.setdiff1d(np.arange(t), held)
        filled = rng.choice(others, size - len(held), replace=False)
        groups.append([*held.tolist(), *filled.tolist()])
    return groups
