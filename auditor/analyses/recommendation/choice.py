"""Which groups to train next: spread over the tasks at random, or after what was measured so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.seeding import derive
from auditor.transfer.grouping.grouping import masks
from auditor.transfer.grouping.starts import linkage_groups, random_groups
from auditor.transfer.measured.plan import Group
from auditor.transfer.predicted.active import next_groups
from auditor.transfer.predicted.random_effects import posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

Choice = Literal["random", "active"]
FEWEST = 6
"""Groups of two tasks or more from which gains are predicted."""
CANDIDATES = 300
"""Groups among which the active choice looks for the most telling."""
TASKS_PER_GROUP = 3
"""Of the groups by affinity with which the active choice begins, on average."""
_IDLE = 500
"""Partitions without a new group after which there are taken to be none."""


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Parameters
    ----------
    budget
        Groups of two tasks or more to train for this recommendation, those of earlier runs counted.
    most
        Groups of the recommended grouping at most, tasks alone counted; None for any number.
    seeds
        Trainings per group.
    choice
        How groups are chosen: `"random"` spreads them evenly over the tasks; `"active"` takes, after
        half of the budget, those that tell most of the gains of all others by a model of random
        effects. On the one table of which every group was trained (ETTm1, 7 tasks) the active choice
        predicted the remaining groups no better than the random one.
    """

    budget: int
    most: int | None = None
    seeds: int = 3
    choice: Choice = "random"


def milestones(budget: int, choice: Choice) -> tuple[int, ...]:
    """Return up to how many chosen groups each round goes.

    The random choice needs one round, since it learns nothing from the one before. The active choice
    begins with half of the budget, without looking at gains, and chooses the rest in two rounds.
    """
    if choice == "random":
        return (budget,)
    return tuple(sorted({-(-budget // 2), -(-3 * budget // 4), budget}))


def fewest_groups(t: int) -> int:
    """Return how many measured groups are needed for t tasks: all of them where they are few."""
    return FEWEST if t > 3 else 2**t - t - 1


def spread_groups(tasks: Sequence[int], *, most: int, seed: int) -> Iterator[Group]:
    """Yield all tasks at once, then the groups of two tasks or more of random partitions, each once.

    Every partition holds each task once, so that the groups spread evenly over the tasks. One has
    from two groups to ``most``, and no more than half as many as tasks. The order depends on the seed
    alone: those for a smaller number of groups come first among those for a larger one.
    """
    rng = np.random.default_rng(derive(seed, "spread groups"))
    t, seen, idle = len(tasks), {tuple(tasks)}, 0
    yield tuple(tasks)
    while idle < _IDLE:
        idle += 1
        count = int(rng.integers(2, max(2, min(most, t // 2)) + 1))
        for places in random_groups(t, count, rng):
            group = tuple(tasks[place] for place in places)
            if len(group) > 1 and group not in seen:
                seen.add(group)
                idle = 0
                yield group


def opening_groups(
    tasks: Sequence[int], affinities: Mapping[str, NDArray[np.float64]], *, most: int, seed: int
) -> Iterator[Group]:
    """Yield all tasks, the groups that each affinity of theirs (m, m) would join, then random ones."""
    t = len(tasks)
    count = min(most, max(2, t // TASKS_PER_GROUP))
    spread = spread_groups(tasks, most=most, seed=seed)
    joined = (
        tuple(tasks[place] for place in places)
        for matrix in affinities.values()
        for places in linkage_groups(matrix, count)
        if len(places) > 1
    )
    yield next(spread)
    yield from chain(joined, spread)


def next_spread(groups: Iterator[Group], taken: Sequence[Group], count: int) -> tuple[Group, ...]:
    """Return the next ``count`` groups that are not taken; fewer where there are no more."""
    before, found = set(taken), list[Group]()
    for group in groups:
        if len(found) >= count:
            break
        if group not in before:
            before.add(group)
            found.append(group)
    return tuple(found)


def next_telling(
    table: GroupGains,
    tasks: Sequence[int],
    taken: Sequence[Group],
    count: int,
    *,
    affinities: Mapping[str, NDArray[np.float64]],
    most: int,
    seed: int,
) -> tuple[Group, ...]:
    """Return the groups whose training would tell most of the gains of all others.

    Parameters
    ----------
    table
        Measured groups of ``tasks`` (columns), two tasks or more each.
    taken
        Groups that are no candidates.
    affinities
        Of ``tasks`` (m, m); each may explain gains by a slope.

    Reference
    ---------
    Krause, Singh & Guestrin 2008, JMLR 9:235.
    """
    candidates = next_spread(
        spread_groups(tasks, most=most, seed=derive(seed, "candidates", len(taken))), taken, CANDIDATES
    )
    if not candidates:
        return ()
    place = {task: column for column, task in enumerate(tasks)}
    members = masks([[place[task] for task in group] for group in candidates], len(tasks))
    found = posterior(table, affinities=affinities)
    rows = next_groups(found, members, count=min(count, len(candidates)), seed=seed)
    return tuple(candidates[row] for row in rows)
