"""The trainings that measure what learning tasks together is worth: alone, in pairs, and all at once."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.audit.results import Forecast
from auditor.compute.execute import execute
from auditor.compute.jobs import Backend, Failure, Job, Outcome, in_process, load_outcome, run_job
from auditor.errors import UsageError
from auditor.seeding import derive
from auditor.training.groups.study import Study, encode_study

if TYPE_CHECKING:
    from auditor.training.trainings import Trainings

Group = tuple[int, ...]
MOST_PAIRS = 300
"""Pairs that are trained where nothing else is asked for: a benchmark of 617 tasks has 190,036."""
TRIAL_EPOCHS = 1


@dataclass(frozen=True)
class Plan:
    """Trainings, none of them run: every group with every seed, on one split of the compounds.

    Parameters
    ----------
    study
        Benchmark and split.
    groups
        Places of the tasks of each group, increasing; the single tasks come first.
    seeds
        Of initial parameters, order of compounds and dropout; the split is the same for all.
    jobs
        By group and seed.
    store
        Folder in which finished trainings are kept.
    pairs_in_all
        Number of pairs of which a sample may have been taken.
    """

    study: Study
    groups: tuple[Group, ...]
    seeds: tuple[int, ...]
    jobs: Mapping[tuple[Group, int], Job]
    store: Path
    pairs_in_all: int


def plan_benefit(
    trainings: Trainings,
    *,
    seeds: int = 3,
    pairs: int = MOST_PAIRS,
    extra: Sequence[Sequence[int]] = (),
) -> Plan:
    """Return the trainings of single tasks, pairs, all tasks at once, and further groups.

    Parameters
    ----------
    trainings
        Says which benchmark, split, encoder, configuration, first seed and device.
    seeds
        Trainings per group.
    pairs
        At most so many pairs; of more, a random sample is taken.
    extra
        Further groups, by places of their tasks.
    """
    if seeds < 1 or pairs < 1:
        raise UsageError(f"{seeds} seeds and {pairs} pairs", hint="give at least 1 of each")
    study = Study(trainings.benchmark, trainings.split)
    first = trainings.seeds[0]
    groups = plan_groups(study.benchmark.t, pairs=pairs, seed=first, extra=extra)
    digest = study.digest()
    run = range(first, first + seeds)
    jobs = {(group, seed): group_job(trainings, digest, group, seed) for group in groups for seed in run}
    t = study.benchmark.t
    return Plan(study, groups, tuple(run), jobs, trainings.cache / "jobs", t * (t - 1) // 2)


def group_job(trainings: Trainings, digest: str, group: Group, seed: int) -> Job:
    """Return the training of one group with one seed, set up as the trainings of an audit are.

    Parameters
    ----------
    digest
        Of the `Study` of the trainings' benchmark and split.
    """
    from auditor.training.groups.fit import fit_job

    names = trainings.benchmark.task_names
    told = " + ".join(names[task] for task in group[:3]) + " ..." * (len(group) > 3)
    return fit_job(
        digest,
        group,
        factory=trainings.encoder.load(),
        options=trainings.encoder_options,
        config=asdict(trainings.config),
        seed=seed,
        device=trainings.device,
        needs=trainings.encoder.needs,
        content=trainings.content,
        name=f"{told}, seed {seed}",
    )


def plan_groups(
    t: int, *, pairs: int = MOST_PAIRS, seed: int = 0, extra: Sequence[Sequence[int]] = ()
) -> tuple[Group, ...]:
    """Return the groups to train: singles, pairs, the group of all tasks, and those given.

    Of more pairs than asked for, a random sample is taken; then only tasks that occur in it are
    trained alone, and all tasks at once are left out, which would need every task alone.
    """
    chosen: list[Group] = list(itertools.combinations(range(t), 2))
    sampled = len(chosen) > pairs
    if sampled:
        drawn = np.random.default_rng(derive(seed, "pairs")).choice(len(chosen), pairs, replace=False)
        chosen = [chosen[place] for place in sorted(drawn)]
    given = [tuple(sorted(set(group))) for group in extra]
    if any(not group or group[0] < 0 or group[-1] >= t for group in given):
        raise UsageError("a group names a task that is not there", hint=f"there are {t} tasks")
    whole: list[Group] = [] if sampled else [tuple(range(t))]
    used = sorted({task for group in (*chosen, *given, *whole) for task in group})
    singles: list[Group] = [(task,) for task in used]
    return tuple(dict.fromkeys([*singles, *chosen, *whole, *given]))


def measure(
    plan: Plan, *, backend: Backend = in_process
) -> tuple[dict[tuple[Group, int], Outcome], dict[str, Failure]]:
    """Run the trainings that are not stored; return what each gave, and failures by their names."""
    label = f"training {len(plan.jobs):,} groups of tasks of {plan.study.benchmark.name}"
    done = execute(
        tuple(plan.jobs.values()), encode_study(plan.study), store=plan.store, backend=backend, label=label
    )
    outcomes = {place: done.outcomes[j.key] for place, j in plan.jobs.items() if j.key in done.outcomes}
    names = {job.key: job.name for job in plan.jobs.values()}
    return outcomes, {names[key]: failure for key, failure in done.failures.items()}


def forecast(plan: Plan) -> Forecast:
    """Return how many trainings are stored, and about how long the rest will take.

    The time per training compound is that of the stored trainings, or of one epoch of the largest
    group, which is run for it and not kept.
    """
    loaded = {place: load_outcome(plan.store, job) for place, job in plan.jobs.items()}
    known = {place: found for place, found in loaded.items() if found is not None}
    sizes = {group: len(plan.study.group(group).split.train) for group in plan.groups}
    left = sum(sizes[group] for group, seed in plan.jobs if (group, seed) not in known)
    if not left:
        return Forecast(len(plan.jobs), len(known), float("nan"), "nothing is left to do")
    if known:
        spent = sum(seconds for _, seconds in known.values())
        rate = spent / sum(sizes[group] for group, _ in known)
        return Forecast(len(plan.jobs), len(known), left * rate, f"{len(known):,} stored trainings")
    largest = max(plan.groups, key=lambda group: sizes[group])
    job = plan.jobs[largest, plan.seeds[0]]
    rate = _epoch_s(job, encode_study(plan.study)) * job.arguments["config"]["epochs"] / sizes[largest]
    return Forecast(len(plan.jobs), 0, left * rate, "one epoch, if no training stops early")


def _epoch_s(job: Job, data: bytes) -> float:
    """Return the seconds of one epoch, without those of computing the features."""
    config = {**job.arguments["config"], "epochs": TRIAL_EPOCHS}
    trial = Job(job.function, {**job.arguments, "config": config}, job.data, f"trial of {job.name}")
    console.say("timing one epoch")
    first, second = run_job(trial, data), run_job(trial, data)
    if isinstance(second.result, Failure):
        raise UsageError(f"{trial.name} failed: {second.result.error}")
    return min(first.duration_s, second.duration_s) / TRIAL_EPOCHS
