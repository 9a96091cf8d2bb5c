"""Recommend which tasks to train together: train some groups, predict the others, choose the best grouping.

The objective is the mean over tasks of the gain in the task's group, a task alone being worth exactly 0.

Reference: Standley et al. 2020, ICML 119:9120, with predicted instead of measured gains of groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from auditor.analyses.recommendation.advice import advise, priors_of
from auditor.analyses.recommendation.before import before
from auditor.analyses.recommendation.blocks import CITATION, blocks_of
from auditor.analyses.recommendation.choice import (
    Wish,
    fewest_groups,
    milestones,
    next_spread,
    next_telling,
    opening_groups,
    spread_groups,
)
from auditor.analyses.recommendation.data import data_of
from auditor.analyses.recommendation.forecast import forecast_blocks, forecast_sentence
from auditor.analyses.recommendation.table import learnable, measurable, narrowed
from auditor.analyses.recommendation.trainings import (
    Ground,
    Trained,
    add_chosen,
    alone_error,
    gains_from,
    ground_of,
    known_groups,
    plan_of,
    read_chosen,
    stored_groups,
    train,
)
from auditor.analyses.recommendation.words import sentence_of, status_of
from auditor.analyses.transfer_gain.ranking import gains_found
from auditor.audit.context import AuditContext
from auditor.audit.forecast import shared_part
from auditor.audit.results import Finding
from auditor.compute.execute import backend_of
from auditor.compute.jobs import Backend, in_process
from auditor.errors import UsageError
from auditor.transfer.measured.plan import Group, forecast
from auditor.transfer.predicted.candidates import candidates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "recommendation"
FEWEST_TASKS = 3
NOTHING_TO_CHOOSE = (
    "{name} has {t} task(s): there is nothing to choose. analyze --also benefit measures a single pair."
)
MOST_ACTIVE_TASKS = 60
"""Tasks up to which the active choice is offered: its cost grows with the cells of all candidates."""


def analyse(
    context: AuditContext,
    *,
    budget: int = 20,
    groups: int = 0,
    seeds: int = 3,
    choice: Literal["random", "active"] = "random",
    workers: int = 1,
    scheduler: str = "",
    dry_run: bool = False,
) -> Finding:
    """Train some groups of tasks, predict the gains of all others, and recommend which to train together.

    Parameters
    ----------
    budget
        Groups of two tasks or more to train, those of earlier runs counted.
    groups
        At most so many groups in the answer; 0 for any number.
    seeds
        Trainings per group and task.
    choice
        How the groups to train are chosen.
    workers, scheduler
        Local processes, or the address of a Dask scheduler.
    dry_run
        Tell how many trainings there would be and how long they would take, and run none.
    """
    t = context.benchmark.t
    if t < FEWEST_TASKS:
        return Finding(
            NAME, NOTHING_TO_CHOOSE.format(name=context.benchmark.name, t=t), status="not applicable"
        )
    backend = backend_of(workers=workers, scheduler=scheduler)
    wish = Wish(budget=budget, most=groups or None, seeds=seeds, choice=choice)
    return forecast_of(context, wish) if dry_run else recommend(context, wish, backend=backend)


def recommend(context: AuditContext, wish: Wish, *, backend: Backend = in_process) -> Finding:
    """Train every task alone and the chosen groups, and return the grouping that their gains advise.

    Groups of the same study that are stored already take part. What is finished is kept: an
    interrupted run goes on where it stopped, and a larger budget adds to what is there.

    Raises
    ------
    UsageError
        Fewer than three tasks, or a budget from which nothing can be learned.
    DataError
        Fewer than three tasks have a test metric, or too many trainings failed.
    """
    ground = _ground(context, wish)
    known, chosen = known_groups(ground, budget=wish.budget), read_chosen(ground)[: wish.budget]
    trained = train(ground, Trained(), ground.singles, backend)
    tasks = measurable(gains_from(ground, trained, seed=context.seed))
    trained = train(
        ground, trained, (*(group for group in known if set(group) <= set(tasks)), *chosen), backend
    )
    affinities = priors_of(context)
    for stop in milestones(wish.budget, wish.choice):
        if len(chosen) < stop:
            count = stop - len(chosen)
            more = _next(context, wish, ground, trained, tasks, affinities, count)
            chosen = (*chosen, *more)
            add_chosen(ground, more)  # before they are trained: an interrupted run goes on with them
            trained = train(ground, trained, more, backend)
    gains = gains_from(ground, trained, seed=context.seed)
    table = learnable(narrowed(gains, tasks), len(trained.failures))
    advice = advise(
        table,
        candidates_of(context, affinities, tasks),
        most=wish.most or table.t,
        affinity=next((matrix[np.ix_(tasks, tasks)] for matrix in affinities.values()), None),
        seed=context.seed,
    )
    errors = alone_error(ground, gains)[list(tasks)]
    data = {
        **data_of(advice, table, gains, errors),
        "before": before(gains_found(context.findings), gains),
        "trainings": _account(ground, wish, trained, chosen),
    }
    return Finding(
        NAME, sentence_of(data), data, blocks_of(data), citation=CITATION, verdict=status_of(data)
    )


def forecast_of(context: AuditContext, wish: Wish) -> Finding:
    """Return how many trainings `recommend` would run and about how long; nothing is kept.

    Groups that the active choice would take after looking at gains are stood for by random ones.
    """
    ground = _ground(context, wish)
    known, chosen = known_groups(ground, budget=wish.budget), read_chosen(ground)[: wish.budget]
    spread = spread_groups(range(ground.t), most=wish.most or ground.t, seed=context.seed)
    planned = (*chosen, *next_spread(spread, (*known, *chosen), wish.budget - len(chosen)))
    found = forecast(plan_of(ground, (*ground.singles, *planned)))
    shared = shared_part(context, context.analysis.affinities if context.analysis else ())
    data = {
        "trainings": found.trainings,
        "stored": found.stored,
        "seconds": found.seconds,
        "measured_on": found.measured_on,
        "seeds": wish.seeds,
        "single_tasks": ground.t,
        "single_tasks_stored": len(stored_groups(ground, ground.singles)),
        "groups": len(planned),
        "groups_stored": len(stored_groups(ground, planned)),
        "other_groups_stored": len(known),
        "affinities": asdict(shared[0]) if shared else None,
    }
    return Finding(NAME, forecast_sentence(data), data, forecast_blocks(data), verdict="dry-run")


def _ground(context: AuditContext, wish: Wish) -> Ground:
    """Return what the trainings share, after a look at whether anything could be learned from them."""
    assert context.trainings is not None
    t = context.benchmark.t
    if wish.choice == "active" and t > MOST_ACTIVE_TASKS:
        raise UsageError(
            f"the active choice looks at up to {MOST_ACTIVE_TASKS} tasks, not {t}",
            hint="--choice random",
        )
    ground = ground_of(context.trainings, seeds=wish.seeds)
    lacking = fewest_groups(t) - len(known_groups(ground, budget=wish.budget))
    if wish.budget < lacking:
        raise UsageError(
            f"{wish.budget} groups are too few to predict the others from", hint=f"--budget {lacking}"
        )
    return ground


def _next(
    context: AuditContext,
    wish: Wish,
    ground: Ground,
    trained: Trained,
    tasks: Sequence[int],
    affinities: Mapping[str, NDArray[np.float64]],
    count: int,
) -> tuple[Group, ...]:
    """Return the groups to train next: spread, or after what is measured where that is enough."""
    most, seed, taken = wish.most or len(tasks), context.seed, trained.groups
    if wish.choice == "random":
        return next_spread(spread_groups(tasks, most=most, seed=seed), taken, count)
    own = {name: matrix[np.ix_(tasks, tasks)] for name, matrix in affinities.items()}
    table = narrowed(gains_from(ground, trained, seed=seed), tasks)
    if table.g < fewest_groups(len(tasks)):
        return next_spread(opening_groups(tasks, own, most=most, seed=seed), taken, count)
    return next_telling(table, tasks, taken, count, affinities=own, most=most, seed=seed)


def _account(ground: Ground, wish: Wish, trained: Trained, chosen: Sequence[Group]) -> dict[str, Any]:
    """Return what is told of the trainings; not how many were there before, so a repeat says the same."""
    names = ground.study.benchmark.task_names
    job = next(iter(plan_of(ground, ground.singles[:1]).jobs.values()))
    others = [group for group in trained.groups if len(group) > 1 and group not in chosen]
    return {
        "budget": wish.budget,
        "choice": wish.choice,
        "most_groups": wish.most,
        "seeds": list(ground.seeds),
        "single_tasks": ground.t,
        "groups_chosen": [[names[task] for task in group] for group in chosen],
        "other_groups": [[names[task] for task in group] for group in others],
        "failures": {name: failure.error for name, failure in trained.failures.items()},
        "split": ground.trainings.split_name,
        **{name: job.arguments[name] for name in ("encoder", "options", "config", "device")},
    }
