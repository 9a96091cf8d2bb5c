"""Run a sweep over overlaps: every table, every training and every estimate of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.affinity.gradient.halves import halves_of
from auditor.analyses.threshold.design import at_overlap, retained
from auditor.analyses.threshold.grid import Grid, Measured
from auditor.analyses.threshold.material import Ground, everything, ground_of, layouts
from auditor.analyses.threshold.settings import Settings, seconds_per_step
from auditor.audit.steps import settled
from auditor.overlap.overlap import overlap_of
from auditor.seeding import derive
from auditor.statistics.pairs import upper
from auditor.training.splits import Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.benchmark.benchmark import Benchmark

GRADIENTS = "gradient-cosine"


@dataclass(frozen=True)
class Key:
    """Which sweep a grid is of."""

    estimator: str
    assignment: str
    batch: int


def sweep(context: AuditContext, settings: Settings) -> tuple[dict[Key, Grid], dict[str, Any]]:
    """Degrade, train and estimate; return one grid per estimator, assignment and batch size.

    Also returns facts about the tables: labels per task, compounds, tasks.
    """
    ground = everything(context) if settings.protocol == "retention" else ground_of(context)
    tables = dict(_tables(context, ground, settings))
    _announce(context, settings, [table for table, _ in tables.values()])
    target = context.empirical.values[np.ix_(ground.tasks, ground.tasks)]
    usable = context.usable[np.ix_(ground.tasks, ground.tasks)]
    found: dict[Key, list[list[Measured]]] = {}
    overlaps: dict[tuple[str, int], list[float]] = {}
    for (assignment, step, repeat), (table, across) in tables.items():
        counted = across & usable
        overlaps.setdefault((assignment, step), []).append(_mean_jaccard(table, counted))
        for batch in settings.batches:
            varied = trained_on(context, table, settings, batch, repeat)
            for name in context.affinities:
                rows = found.setdefault(Key(name, assignment, batch), [[] for _ in settings.steps])
                rows[step].append(_measure(context, varied, name, counted))
    grids = {}
    for key, rows in found.items():
        means = [float(np.mean(overlaps[key.assignment, p])) for p in range(len(settings.steps))]
        grids[key] = Grid(tuple(means), tuple(map(tuple, rows)), target)
    return grids, _facts(ground, settings, tables)


def trained_on(
    context: AuditContext, table: Benchmark, settings: Settings, batch: int, repeat: int, **changes: Any
) -> AuditContext:
    """Return the audit of a degraded table; every compound is trained on, so that its design holds."""
    seed = (context.analysis.seed if context.analysis is not None else 0) + repeat
    varied = context.vary(
        benchmark=table,
        seed=seed,
        repeats=1,
        split="random",
        window=settings.window,
        overrides=settings.overrides(table.n, batch),
        **changes,
    )
    none = np.zeros(0, dtype=np.int64)
    if varied.trainings is not None:
        whole = Split(np.arange(table.n), none, none)
        varied.trainings = replace(varied.trainings, split=whole, split_name="all compounds")
    return varied


def _tables(
    context: AuditContext, ground: Ground, settings: Settings
) -> Iterator[tuple[tuple[str, int, int], tuple[Benchmark, NDArray[np.bool_]]]]:
    """Yield assignment, place of the step and repeat, with the table and the pairs that count."""
    if settings.protocol == "retention":
        pairs = ~np.eye(ground.benchmark.t, dtype=bool)
        for repeat in range(settings.seeds):
            for step, fraction in enumerate(settings.steps):
                rng = np.random.default_rng(derive(context.seed, "retention", repeat, step))
                yield ("random", step, repeat), (retained(ground.benchmark, fraction, rng), pairs)
        return
    for (assignment, repeat), layout in layouts(ground, settings, context.seed).items():
        for step, overlap in enumerate(settings.steps):
            table = at_overlap(ground.benchmark, layout, overlap)
            yield (assignment, step, repeat), (table, layout.across)


def _measure(
    context: AuditContext, varied: AuditContext, name: str, counted: NDArray[np.bool_]
) -> Measured:
    options = settled(context.request.registry.get("affinity", name), context.request)
    values = varied.estimate(name, **options).values
    halves = None
    if name == GRADIENTS:
        parts = halves_of([(trace, trace.last(varied.window)) for trace in varied.traces()])
        halves = np.where(counted, np.array([parts.even, parts.odd]), np.nan)
    return Measured(
        np.where(counted, (values + values.T) / 2, np.nan),
        np.where(counted, varied.empirical.values, np.nan),
        halves,
    )


def _mean_jaccard(table: Benchmark, counted: NDArray[np.bool_]) -> float:
    jaccard = upper(np.where(counted, overlap_of(table.labels, table.task_names).jaccard, np.nan))
    return float(np.nanmean(jaccard)) if np.isfinite(jaccard).any() else float("nan")


def _announce(context: AuditContext, settings: Settings, tables: list[Benchmark]) -> None:
    """Say what the sweep costs, before it starts."""
    steps = sum(settings.optimiser_steps(table.n, batch) for table in tables for batch in settings.batches)
    line = f"threshold: {settings.trainings} trainings, {steps:,} optimiser steps in all"
    speed = seconds_per_step(context)
    if speed is not None:
        line += f", about {max(1, round(speed * steps / 60))} min at the speed of this audit's own training"
    console.say(f"{line}; every one is kept, so an interrupted sweep goes on where it stopped")


def _facts(
    ground: Ground, settings: Settings, tables: Mapping[tuple[str, int, int], tuple[Benchmark, Any]]
) -> dict[str, Any]:
    labels = [
        float(np.mean([table.labels.sizes.mean() for key, (table, _) in tables.items() if key[1] == step]))
        for step in range(len(settings.steps))
    ]
    return {
        "tasks": list(ground.benchmark.task_names),
        "candidate_compounds": len(ground.compounds),
        "labels_per_task": labels,
        "groups": (settings.groups or ground.benchmark.t) if settings.protocol == "matched" else None,
    }
