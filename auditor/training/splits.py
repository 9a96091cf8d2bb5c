"""Training, validation and test compounds, split by scaffold or at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SplitName = Literal["scaffold", "random"]
FRACTIONS = (0.8, 0.1, 0.1)


@dataclass(frozen=True)
class Split:
    """Disjoint compound indices that together cover the benchmark, each sorted."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def sides_of(split: Split) -> tuple[str, ...]:
    """Return the side of each compound (n,) as chemprop calls it: train, val or test."""
    sides = np.empty(sum(len(part) for part in (split.train, split.validation, split.test)), dtype=object)
    for name, part in (("train", split.train), ("val", split.validation), ("test", split.test)):
        sides[part] = name
    return tuple(sides)


def random_split(n: int, *, seed: int) -> Split:
    """Return a random 80/10/10 split of n compounds."""
    order = np.random.default_rng(seed).permutation(n)
    return _cut(order)


def scaffold_split(scaffolds: Sequence[str]) -> Split:
    """Return an 80/10/10 split in which no scaffold is on two sides.

    The largest scaffold groups fill the training set, then validation, then test, as in MoleculeNet
    and the paper; the seed plays no part. Ties keep the order of the benchmark.
    """
    groups: dict[str, list[int]] = {}
    for compound, scaffold in enumerate(scaffolds):
        groups.setdefault(scaffold, []).append(compound)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), group[0]))
    n = len(scaffolds)
    room = [round(FRACTIONS[0] * n), round(FRACTIONS[1] * n), n]
    parts: list[list[int]] = [[], [], []]
    for group in ordered:
        side = next(i for i in range(3) if len(parts[i]) + len(group) <= room[i] or i == 2)
        parts[side].extend(group)
    return Split(*(np.sort(np.asarray(part, dtype=np.int64)) for part in parts))


def _cut(order: NDArray[np.int64]) -> Split:
    n = len(order)
    first, second = round(FRACTIONS[0] * n), round((FRACTIONS[0] + FRACTIONS[1]) * n)
    return Split(np.sort(order[:first]), np.sort(order[first:second]), np.sort(order[second:]))
