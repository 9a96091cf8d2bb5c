"""One pair of tasks, compound by compound: what both labels say, and where they disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

APART = 0.5
"""Difference of ranks, as a share of the compounds, from which two values disagree."""


@dataclass(frozen=True)
class Shared:
    """The compounds with a label for both tasks, each (n,).

    Parameters
    ----------
    smiles
        As published.
    x, y
        Their two labels.
    against
        Whether high goes with low: E is below 0.
    classes
        Whether both tasks are of two classes.
    """

    smiles: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    against: bool
    classes: bool


@dataclass(frozen=True)
class Compound:
    """A compound on which two tasks disagree.

    Parameters
    ----------
    place
        Where it stands among the shared compounds.
    smiles
        As published.
    values
        Its two labels.
    higher_than
        Share of the shared compounds that lie below it in each task, ties counted half.
    """

    place: int
    smiles: str
    values: tuple[float, float]
    higher_than: tuple[float, float]


@dataclass(frozen=True)
class Scaffold:
    """The shared compounds of a scaffold: how many, how many disagree, and the means of both labels."""

    scaffold: str
    compounds: int
    disagreeing: int
    means: tuple[float, float]


@dataclass(frozen=True)
class View:
    """What is told of a pair.

    Parameters
    ----------
    tasks
        Both names.
    compounds, disagreeing
        Shared compounds, and those of which the two labels disagree.
    counts
        Of two classes: compounds by the first label, 1 before 0, and the second (2, 2).
    furthest
        The compounds that disagree the most, of different scaffolds where there are several.
    scaffolds
        Those of the most shared compounds.
    number_of_scaffolds
        Of all shared compounds.
    """

    tasks: tuple[str, str]
    compounds: int
    disagreeing: int
    counts: tuple[tuple[int, int], tuple[int, int]] | None
    furthest: tuple[Compound, ...]
    scaffolds: tuple[Scaffold, ...]
    number_of_scaffolds: int


def shared_by(
    labels: Labels, smiles: Sequence[str], i: int, j: int, *, against: bool, classes: bool
) -> Shared:
    """Return the compounds with a label for both of two tasks; ``smiles`` are of all compounds."""
    (rows, first), (others, second) = labels.column(i), labels.column(j)
    both, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
    return Shared(tuple(smiles[row] for row in both), first[here], second[there], against, classes)


def disagreement(found: Shared) -> NDArray[np.float64]:
    """Return how far the two labels of every compound are from saying the same (n,), 0 to 1.

    Of two classes 1 or 0: the classes differ, or where E is below 0, both are 1. Else the difference of
    the ranks, turned for one task where E is below 0.
    """
    if found.classes:
        both, differ = (found.x == 1) & (found.y == 1), found.x != found.y
        disagree: NDArray[np.float64] = (both if found.against else differ).astype(np.float64)
        return disagree
    one, other = higher_than(found.x), higher_than(found.y)
    apart: NDArray[np.float64] = np.abs(one - (1 - other if found.against else other))
    return apart


def higher_than(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of values below each (n,), ties counted half, itself among them."""
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = (rankdata(values) - 0.5) / len(values)
    return ranks


def view_of(
    tasks: tuple[str, str],
    found: Shared,
    *,
    scaffolds: Mapping[str, str],
    most_compounds: int,
    most_scaffolds: int,
) -> View:
    """Return what is told of a pair.

    Parameters
    ----------
    scaffolds
        Of every SMILES among the shared compounds.
    """
    frames = [scaffolds[text] for text in found.smiles]
    apart = disagreement(found)
    disagree = apart > APART
    below = (higher_than(found.x), higher_than(found.y))
    furthest = tuple(
        Compound(
            place,
            found.smiles[place],
            (float(found.x[place]), float(found.y[place])),
            (float(below[0][place]), float(below[1][place])),
        )
        for place in _furthest(found, apart, frames, most_compounds)
    )
    common = Counter(frames).most_common(most_scaffolds)
    return View(
        tasks=tasks,
        compounds=len(found.x),
        disagreeing=int(disagree.sum()),
        counts=_counts(found) if found.classes else None,
        furthest=furthest,
        scaffolds=tuple(_scaffold(name, frames, found, disagree) for name, _ in common),
        number_of_scaffolds=len(set(frames)),
    )


def with_numbered_scaffolds(view: View) -> View:
    """Return the same with numbers in place of scaffolds."""
    scaffolds = tuple(
        replace(one, scaffold=f"scaffold {n}") for n, one in enumerate(view.scaffolds, start=1)
    )
    return replace(view, scaffolds=scaffolds)


def _furthest(found: Shared, apart: NDArray[np.float64], frames: Sequence[str], most: int) -> list[int]:
    """Return places of compounds that disagree the most, one of each scaffold before a second of any.

    Of two classes all disagree alike: first come those of scaffolds where many do, of either kind in turn.
    """
    disagreeing = np.flatnonzero(apart > APART).tolist()
    many = Counter(frames[place] for place in disagreeing)
    ranked = sorted(disagreeing, key=lambda at: (-apart[at], -many[frames[at]], at))
    kinds = [[at for at in ranked if found.x[at] == kind] for kind in (1, 0)] if found.classes else [ranked]
    turns = zip_longest(*(_by_turns(places, frames) for places in kinds))
    return [at for turn in turns for at in turn if at is not None][:most]


def _by_turns(places: Sequence[int], frames: Sequence[str]) -> list[int]:
    """Return the first place of every scaffold, then the second of each, and so on."""
    seen: Counter[str] = Counter()
    turns = []
    for place in places:
        turns.append(seen[frames[place]])
        seen[frames[place]] += 1
    return [place for _, place in sorted(zip(turns, places, strict=True), key=lambda item: item[0])]


def _counts(found: Shared) -> tuple[tuple[int, int], tuple[int, int]]:
    x, y = found.x == 1, found.y == 1
    return (int((x & y).sum()), int((x & ~y).sum())), (int((~x & y).sum()), int((~x & ~y).sum()))


def _scaffold(name: str, frames: Sequence[str], found: Shared, disagree: NDArray[np.bool_]) -> Scaffold:
    here = np.array([frame == name for frame in frames])
    means = (float(found.x[here].mean()), float(found.y[here].mean()))
    return Scaffold(name, int(here.sum()), int(disagree[here].sum()), means)
