"""Sparse settings: what helps where tasks share few compounds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.analyses.sparse_settings.anchors import add_anchors
from auditor.analyses.sparse_settings.blocks import AnchorCost, blocks_of, sentence_of
from auditor.analyses.sparse_settings.comparison import Score, compare
from auditor.analyses.sparse_settings.methods import BASELINE, anchored_estimates, estimates_of
from auditor.analyses.sparse_settings.setting import make_setting
from auditor.analyses.threshold.material import ground_of, layouts
from auditor.analyses.threshold.settings import Settings, seconds_per_step, steps_of
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.errors import DataError
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.sparse_settings.anchors import Anchored


def analyse(
    context: AuditContext,
    *,
    overlaps: str = "0.05,0.1,0.2",
    anchors: str = "0.3,0.4,0.6",
    seeds: int = 2,
    epochs: int = 10,
    logs: int = 60,
    window: float = 0.5,
    labels: int = 1_500,
    batch: int = 32,
) -> Finding:
    """Make the benchmark sparse on purpose, and measure what each proposal finds of the full one.

    Parameters
    ----------
    overlaps
        Jaccard overlaps between the two halves of the tasks.
    anchors
        Overlaps that measurement plans bring the pairs to; three or more.
    seeds, epochs, logs, window, labels
        As for the analysis `threshold`.
    batch
        Batch size, also of matched batches.
    """
    settings = Settings(
        "matched", steps_of(overlaps, low=0.0, what="overlaps"), seeds, epochs, logs, window, labels, 2,
        ("random",), (batch,),
    )  # fmt: skip
    reach = tuple(reversed(steps_of(anchors, low=0.0, what="overlaps")))
    try:
        ground = ground_of(context)
        plans = layouts(ground, settings, context.seed)
    except DataError as error:
        text = f"Overlap cannot be degraded here: {error.message} ({error.hint})."
        return Finding("sparse-settings", text, status="not applicable")
    per_task = next(iter(plans.values())).labels
    _announce(context, settings, reach, per_task)
    scores: list[Score] = []
    costs: list[AnchorCost] = []
    for overlap in settings.steps:
        found, spent = _at(context, ground, plans, overlap, reach, settings)
        scores += found
        costs += spent
    return Finding(
        "sparse-settings",
        sentence_of(scores, per_task),
        {
            "scores": [asdict(score) | {"helps": score.helps} for score in scores],
            "anchors": [asdict(cost) for cost in costs],
            "labels_per_task": per_task,
            "tasks": list(ground.benchmark.task_names),
            "settings": asdict(settings),
            "baseline": BASELINE,
            "interval": "95 %, tasks and repeats resampled",
            "would_change": "more seeds, labels or logs narrow every interval",
        },
        blocks_of(scores, costs, per_task),
        citation="Cheng & Zhang 2026, appendix D",
    )


def _at(
    context: AuditContext,
    ground: Any,
    plans: dict[Any, Any],
    overlap: float,
    reach: tuple[float, ...],
    settings: Settings,
) -> tuple[list[Score], list[AnchorCost]]:
    """Return the scores of all methods at one overlap, and what anchors cost there."""
    estimates: dict[str, list[NDArray[np.float64]]] = {}
    added: list[list[Anchored]] = []
    for (_, repeat), layout in plans.items():
        setting = make_setting(context, ground, layout, overlap, settings, repeat)
        anchored = add_anchors(context, setting, reach, settings)
        added.append(anchored)
        both = {**estimates_of(setting, settings), **anchored_estimates(setting, anchored)}
        for method, values in both.items():
            estimates.setdefault(method, []).append(values)
    target = context.empirical.values[np.ix_(ground.tasks, ground.tasks)]
    seed = derive(context.seed, "sparse settings", str(overlap))
    scores = compare(estimates, target, baseline=BASELINE, overlap=overlap, seed=seed)
    costs = [
        AnchorCost(
            overlap,
            steps[0].reached,
            float(np.mean([step.measurements for step in steps])),
            float(np.mean([step.error for step in steps])),
            float(np.mean([step.noise for step in steps])),
        )
        for steps in zip(*added, strict=True)
    ]
    return scores, costs


def _announce(context: AuditContext, settings: Settings, reach: tuple[float, ...], labels: int) -> None:
    """Say what the comparison costs, before it starts."""
    trainings = settings.seeds * sum(2 + sum(r > overlap for r in reach) for overlap in settings.steps)
    steps = trainings * settings.optimiser_steps(2 * labels, settings.batches[0])
    line = f"sparse-settings: at most {trainings} trainings, {steps:,} optimiser steps in all"
    speed = seconds_per_step(context)
    if speed is not None:
        line += f", about {max(1, round(speed * steps / 60))} min at the speed of this audit's own training"
    console.say(f"{line}; every training is kept")
