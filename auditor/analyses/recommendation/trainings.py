"""The trainings behind a recommendation: tasks alone, groups chosen for it, others that are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.cache.locks import locked
from auditor.cache.store import MANIFEST, key_of, load_entry, save_entry
from auditor.training.groups.study import Study
from auditor.transfer.grouping.grouping import all_groups, places
from auditor.transfer.measured.gains import Gains, gains_of
from auditor.transfer.measured.plan import Group, Plan, group_job, measure, plan_groups
from auditor.transfer.measured.task_metrics import gain_scale, metrics_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from auditor.compute.jobs import Backend, Failure, Job, Outcome
    from auditor.training.trainings import Trainings

EVERY_GROUP_UP_TO = 12
"""Tasks up to which every group is looked for in the store; of more, those that ``benefit`` trains."""
CHOSEN = "groups.json"


@dataclass(frozen=True)
class Ground:
    """What all trainings of a recommendation have in common.

    Parameters
    ----------
    trainings
        Says which split, encoder, configuration and device.
    study, digest
        The benchmark and its split, and the name of their content.
    seeds
        Of the trainings of each group.
    """

    trainings: Trainings
    study: Study
    digest: str
    seeds: tuple[int, ...]

    @property
    def t(self) -> int:
        """Number of tasks."""
        return self.study.benchmark.t

    @property
    def singles(self) -> tuple[Group, ...]:
        """Every task alone."""
        return tuple((task,) for task in range(self.t))


@dataclass(frozen=True)
class Trained:
    """Groups whose trainings were run or found, what each gave, and failures by the trainings' names."""

    groups: tuple[Group, ...] = ()
    outcomes: Mapping[tuple[Group, int], Outcome] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)


def ground_of(trainings: Trainings, *, seeds: int) -> Ground:
    """Return what the trainings of a recommendation share: one split, and seeds from the first on."""
    study = Study(trainings.benchmark, trainings.split)
    first = trainings.seeds[0]
    return Ground(trainings, study, study.digest(), tuple(range(first, first + seeds)))


def plan_of(ground: Ground, groups: Iterable[Group]) -> Plan:
    """Return the trainings of some groups, each with every seed; none of them is run."""
    chosen = tuple(dict.fromkeys(groups))
    jobs = {(group, seed): _job(ground, group, seed) for group in chosen for seed in ground.seeds}
    return Plan(ground.study, chosen, ground.seeds, jobs, _store(ground), ground.t * (ground.t - 1) // 2)


def train(ground: Ground, before: Trained, groups: Iterable[Group], backend: Backend) -> Trained:
    """Run what is not stored of further groups; a training that failed before is not tried again."""
    new = tuple(group for group in dict.fromkeys(groups) if group not in before.groups)
    if not new:
        return before
    outcomes, failures = measure(plan_of(ground, new), backend=backend)
    return Trained((*before.groups, *new), {**before.outcomes, **outcomes}, {**before.failures, **failures})


def gains_from(ground: Ground, trained: Trained, *, seed: int) -> Gains:
    """Return the gains of all trained groups over their tasks alone, which must be among them."""
    metrics = metrics_of(ground.study)
    return gains_of(
        ground.study, trained.groups, ground.seeds, trained.outcomes, metrics=metrics, seed=seed
    )


def alone_error(ground: Ground, gains: Gains) -> NDArray[np.float64]:
    """Return the standard error over seeds of each task's metric alone (t,), in units of gain.

    Every gain of a task is measured from that one value, so that its error moves all of them alike.
    NaN with a single seed.
    """
    scale = np.abs(gain_scale(ground.study, gains.metrics))
    error = np.full(len(gains.tasks), np.nan)
    for place in np.flatnonzero(gains.members.sum(axis=1) == 1):
        task = int(np.flatnonzero(gains.members[place])[0])
        known = gains.values[np.isfinite(gains.values[:, place, task]), place, task]
        if len(known) > 1:
            error[task] = known.std(ddof=1) / np.sqrt(len(known)) * scale[task]
    return error


def stored_groups(ground: Ground, groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return those groups of which the training with every seed is stored; nothing is read."""
    store = _store(ground)
    return tuple(
        group
        for group in dict.fromkeys(groups)
        if all((store / _job(ground, group, seed).key / MANIFEST).exists() for seed in ground.seeds)
    )


def known_groups(ground: Ground, *, budget: int) -> tuple[Group, ...]:
    """Return the stored groups of two tasks or more that are not among those a budget pays for."""
    chosen = read_chosen(ground)
    paid, unpaid = set(chosen[:budget]), chosen[budget:]
    return tuple(g for g in stored_groups(ground, (*looked_for(ground), *unpaid)) if g not in paid)


def looked_for(ground: Ground) -> tuple[Group, ...]:
    """Return the groups of two tasks or more that other commands may have trained."""
    if ground.t <= EVERY_GROUP_UP_TO:
        return tuple(group for group in places(all_groups(ground.t)) if len(group) > 1)
    return tuple(group for group in plan_groups(ground.t, seed=ground.seeds[0]) if len(group) > 1)


def read_chosen(ground: Ground) -> tuple[Group, ...]:
    """Return the groups that recommendations of this study chose so far, in the order of their choice."""
    entry = load_entry(_record(ground))
    if entry is None:
        return ()
    return tuple(tuple(group) for group in json.loads(entry.files[CHOSEN].read_bytes()))


def add_chosen(ground: Ground, groups: Sequence[Group]) -> tuple[Group, ...]:
    """Record further groups before they are trained, so that an interrupted run goes on with them."""
    folder = _record(ground)
    with locked(folder):
        chosen = tuple(dict.fromkeys((*read_chosen(ground), *groups)))
        text = json.dumps([[int(task) for task in group] for group in chosen])
        save_entry(folder, {CHOSEN: text.encode()}, {"benchmark": ground.study.benchmark.name})
    return chosen


def _job(ground: Ground, group: Group, seed: int) -> Job:
    return group_job(ground.trainings, ground.digest, group, seed)


def _store(ground: Ground) -> Path:
    return ground.trainings.cache / "jobs"


def _record(ground: Ground) -> Path:
    """Return the entry that holds the chosen groups: one per study, way of training and first seed."""
    job = _job(ground, (0,), ground.seeds[0])
    about: dict[str, Any] = {name: value for name, value in job.arguments.items() if name != "tasks"}
    return ground.trainings.cache / "recommendations" / key_of([about, job.data])
