"""How far the compounds of two tasks lie apart: alike though not shared, or from another domain.

The measure is the similarity of a compound to its nearest neighbour among the other task's compounds.
It grows with the number of compounds to choose from, so what is found between two tasks is compared
with what is found inside the task itself, with as many to choose from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.chemistry.fingerprints import tanimoto
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

SAMPLE = 500
"""Compounds of a task that are looked at, drawn at random."""
LEAST = 20
"""Compounds of a task below which nothing is said."""
QUANTILE = 0.25
"""The least similar quarter inside a task lies beyond the border of its domain."""

Domain = Literal["in domain", "one-sided", "out of domain", "not estimable"]


@dataclass(frozen=True)
class Distance:
    """How near the compounds of one task come to another task's.

    Parameters
    ----------
    nearest
        Median over this task's compounds of the Tanimoto similarity to the nearest compound of the
        other task, the same compound left out.
    with_shared
        The same with shared compounds counted as 1.
    inside, limit
        Median and `QUANTILE` of the similarity to the nearest other compound of this task itself,
        among as many compounds.
    among
        Compounds that the nearest was chosen from.
    compounds
        Compounds of this task that were looked at.
    scaffolds
        Share of this task's scaffolds that the other task has too.
    """

    nearest: float
    with_shared: float
    inside: float
    limit: float
    among: int
    compounds: int
    scaffolds: float

    @property
    def inside_other(self) -> bool | None:
        """Whether this task's compounds lie in the other's domain; None if it cannot be told."""
        if self.compounds < LEAST or self.among < LEAST or not np.isfinite(self.nearest):
            return None
        return self.nearest >= self.limit


@dataclass(frozen=True)
class Shift:
    """Two tasks (i, j), seen from both."""

    tasks: tuple[int, int]
    sides: tuple[Distance, Distance]

    @property
    def domain(self) -> Domain:
        """Whether the compounds of both tasks, of one, or of neither lie in the other's domain."""
        first, second = (side.inside_other for side in self.sides)
        if first is None or second is None:
            return "not estimable"
        if first and second:
            return "in domain"
        return "one-sided" if first or second else "out of domain"


def draw(labels: Labels, task: int, *, seed: int, size: int = SAMPLE) -> NDArray[np.int64]:
    """Return some compounds of a task, at random and in random order (at most ``size``,)."""
    rng = np.random.default_rng(derive(seed, "shift", task))
    return rng.permutation(labels.column(task)[0])[:size]


def shifts(
    labels: Labels,
    pairs: Sequence[tuple[int, int]],
    *,
    drawn: dict[int, NDArray[np.int64]],
    prints: NDArray[np.uint8],
    scaffolds: Sequence[str],
) -> list[Shift]:
    """Return the shift of each pair of tasks.

    Parameters
    ----------
    labels
        Which compounds are measured where (n, t).
    pairs
        Task indices.
    drawn
        For every task of a pair the compounds to look at, as `draw` gives them.
    prints
        Packed fingerprints by compound (n, bytes); only those of drawn compounds are read.
    scaffolds
        Scaffold of every compound (n,).
    """
    tasks = sorted({task for pair in pairs for task in pair})
    number = np.unique(np.asarray(scaffolds, dtype=object), return_inverse=True)[1]
    own = {task: _inside(prints[drawn[task]]) for task in tasks}
    frames = {task: set(number[labels.column(task)[0]].tolist()) for task in tasks}
    return [_shift(labels, pair, drawn, prints, own, frames) for pair in pairs]


def _shift(
    labels: Labels,
    pair: tuple[int, int],
    drawn: dict[int, NDArray[np.int64]],
    prints: NDArray[np.uint8],
    own: dict[int, NDArray[np.float32]],
    frames: dict[int, set[int]],
) -> Shift:
    i, j = pair
    block = tanimoto(prints[drawn[i]], prints[drawn[j]])
    block[drawn[i][:, None] == drawn[j][None, :]] = -1
    sides = []
    for task, other, between in ((i, j, block), (j, i, block.T)):
        among = min(len(drawn[task]) - 1, len(drawn[other]))
        nearest = between[:, :among].max(axis=1, initial=-1.0)
        inside = _nearest_inside(own[task], among)
        shared = np.isin(drawn[task], labels.column(other)[0])
        covered = len(frames[task] & frames[other]) / len(frames[task])
        sides.append(
            Distance(
                nearest=_median(nearest[nearest >= 0]),
                with_shared=_median(np.where(shared, 1.0, nearest)),
                inside=_median(inside),
                limit=float(np.quantile(inside, QUANTILE)) if len(inside) else float("nan"),
                among=among,
                compounds=len(drawn[task]),
                scaffolds=covered,
            )
        )
    return Shift(pair, (sides[0], sides[1]))


def _inside(prints: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the similarity of a task's compounds to one another (m, m), -1 to themselves."""
    block = tanimoto(prints, prints)
    np.fill_diagonal(block, -1)
    return block


def _nearest_inside(block: NDArray[np.float32], among: int) -> NDArray[np.float32]:
    """Return the similarity to the nearest of so many other compounds of the same task (m,)."""
    if among < 1:
        return np.zeros(0, dtype=np.float32)
    nearest: NDArray[np.float32] = block[:, :among].max(axis=1)
    early = block[:among, : among + 1].max(axis=1)  # one of these columns is the compound itself
    nearest[:among] = early
    return nearest


def _median(values: NDArray[np.floating]) -> float:  # type: ignore[type-arg]
    return float(np.median(values)) if len(values) else float("nan")
