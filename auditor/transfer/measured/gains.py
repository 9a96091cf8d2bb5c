"""What every task won or lost in every group that it was trained in, on test compounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.compute.jobs import Backend, in_process
from auditor.seeding import derive
from auditor.statistics.metrics import Metric, evaluate
from auditor.statistics.replication import mean_over_seeds, spread
from auditor.transfer.measured.plan import Group, Plan, measure
from auditor.transfer.measured.task_metrics import gain_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.compute.jobs import Failure, Outcome
    from auditor.training.groups.study import Study

RESAMPLES = 200
"""Resamples of the test compounds: a standard error is then known to about 5 %."""


@dataclass(frozen=True)
class Gains:
    """Test metrics and gains of some groups of tasks; g groups, s seeds, t tasks.

    Parameters
    ----------
    tasks
        Names (t,).
    metrics
        The metric of each task (t,).
    seeds
        Of the trainings (s,).
    members
        Which tasks each group trains (g, t).
    values, own
        Metric of each member (s, g, t), after the group's best epoch and after the task's own best
        epoch; NaN outside the group, or where the metric does not exist.
    gains, own_gains
        What the group won over the task alone (s, g, t): positive is better. RMSE counts in
        standard deviations of the task's training labels, R², AUROC and AUPRC as they are.
    halves
        The gains by either half of the test compounds, dealt at random (2, s, g, t): no compound counts
        in both. NaN where a half lacks a class of the task.
    sampling_error
        Standard error of the mean gain over seeds from the choice of test compounds (g, t).
    mean_sampling_error
        The same of the mean over the members of a group (g,).
    test_labels
        Test compounds with a label of each task (t,).
    """

    tasks: tuple[str, ...]
    metrics: tuple[Metric, ...]
    seeds: tuple[int, ...]
    members: NDArray[np.bool_]
    values: NDArray[np.float64]
    own: NDArray[np.float64]
    gains: NDArray[np.float64]
    own_gains: NDArray[np.float64]
    halves: NDArray[np.float64]
    sampling_error: NDArray[np.float64]
    mean_sampling_error: NDArray[np.float64]
    test_labels: NDArray[np.int64]


def measure_gains(
    plan: Plan, *, choices: Sequence[Sequence[Metric]], backend: Backend = in_process, seed: int = 0
) -> tuple[list[Gains], dict[str, Failure]]:
    """Run what is left of a plan and return the gains, and the failures by the trainings' names.

    Parameters
    ----------
    choices
        The metrics by which the same trainings are judged, one per task; gains are returned for each.
    seed
        Of the resamples of test compounds.
    """
    outcomes, failures = measure(plan, backend=backend)
    found = [
        gains_of(plan.study, plan.groups, plan.seeds, outcomes, metrics=metrics, seed=seed)
        for metrics in choices
    ]
    return found, failures


def gains_of(
    study: Study,
    groups: Sequence[Group],
    seeds: Sequence[int],
    outcomes: Mapping[tuple[Group, int], Outcome],
    *,
    metrics: Sequence[Metric],
    seed: int,
    resamples: int = RESAMPLES,
) -> Gains:
    """Evaluate trainings on their test compounds, and compare every group with its tasks alone.

    Parameters
    ----------
    outcomes
        Of `auditor.training.groups.fit.fit_group`, by group and seed; what is missing becomes NaN.
    metrics
        One per task.
    seed
        Of the resamples of test compounds, which are the same for every group.
    """
    t, shape = study.benchmark.t, (len(seeds), len(groups), study.benchmark.t)
    members = np.zeros((len(groups), t), dtype=bool)
    for place, group in enumerate(groups):
        members[place, list(group)] = True
    values, own, gains, own_gains = (np.full(shape, np.nan) for _ in range(4))
    halves, error = np.full((2, *shape), np.nan), np.full(shape[1:], np.nan)
    summed = np.zeros((resamples, len(groups)))
    weights = _weights(len(study.split.test), resamples, seed)
    scale = gain_scale(study, metrics)
    for task in range(t):
        places = np.flatnonzero(members[:, task])
        found = _of_task(
            study, [groups[place] for place in places], seeds, outcomes, task, metrics, weights
        )
        values[:, places, task], own[:, places, task] = found[:, :, 0], found[:, :, 1]
        alone = [at for at, place in enumerate(places) if len(groups[place]) == 1]
        if not alone:
            continue
        won = (found - found[:, alone[:1]]) * scale[task]  # (s, groups of the task, 4 + resamples)
        gains[:, places, task] = won[:, :, 0]
        own_gains[:, places, task] = (found[:, :, 1] - found[:, alone[:1], 1]) * scale[task]
        halves[:, :, places, task] = np.moveaxis(won[:, :, 2:4], 2, 0)
        drawn = mean_over_seeds(won[:, :, 4:]).T  # (resamples, groups of the task)
        error[places, task] = spread(drawn)
        summed[:, places] += drawn
    return Gains(
        tasks=study.benchmark.task_names,
        metrics=tuple(metrics),
        seeds=tuple(seeds),
        members=members,
        values=values,
        own=own,
        gains=gains,
        own_gains=own_gains,
        halves=halves,
        sampling_error=error,
        mean_sampling_error=spread(summed / members.sum(axis=1)),
        test_labels=np.array([len(_truth(study, task)[0]) for task in range(t)]),
    )


def _of_task(
    study: Study,
    groups: Sequence[Group],
    seeds: Sequence[int],
    outcomes: Mapping[tuple[Group, int], Outcome],
    task: int,
    metrics: Sequence[Metric],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return a task's metric in each of its groups (s, groups, 4 + resamples).

    First of the group's best epoch, then of the task's own, then on either half of the test compounds and
    under each resample of them.
    """
    places, truth = _truth(study, task)
    at_test = study.split.test[places]
    found = np.full((len(seeds), len(groups), 1 + len(weights)), np.nan)
    for at, group in enumerate(groups):
        for run, seed in enumerate(seeds):
            outcome = outcomes.get((group, seed))
            if outcome is None:
                continue
            rows = np.searchsorted(outcome.arrays["compounds"], at_test)
            column = group.index(task)
            scores = outcome.arrays["outputs"][rows, column]
            own = outcome.arrays["own"][rows, column]
            by_weight = evaluate(metrics[task], truth, scores, weights[:, places])
            found[run, at, 0], found[run, at, 2:] = by_weight[0], by_weight[1:]
            found[run, at, 1] = evaluate(metrics[task], truth, own)[0]
    return found


def _truth(study: Study, task: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which test compounds have a task's label, by their place in the test side, and the labels."""
    compounds, values = study.benchmark.labels.column(task)
    inside = np.isin(compounds, study.split.test)
    return np.searchsorted(study.split.test, compounds[inside]), values[inside]


def _weights(compounds: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """Return how often each compound counts: a row of ones, two halves at random, a row per resample."""
    rng = np.random.default_rng(derive(seed, "test compounds"))
    drawn = rng.multinomial(compounds, np.full(compounds, 1 / max(compounds, 1)), size=resamples)
    half = np.random.default_rng(derive(seed, "halves of the test compounds")).permutation(compounds) % 2
    return np.concatenate([np.ones((1, compounds)), [half, 1 - half], drawn])
