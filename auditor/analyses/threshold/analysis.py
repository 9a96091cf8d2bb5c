"""Threshold: how much overlap an estimator needs, found by taking overlap away."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np

from auditor.analyses.threshold.blocks import PAPER, Results, blocks_of, is_papers, sentence_of
from auditor.analyses.threshold.grid import Grid, Level, levels_of, points_of
from auditor.analyses.threshold.settings import Settings, numbers_of, steps_of, words_of
from auditor.analyses.threshold.sweep import sweep
from auditor.analyses.threshold.verdict import Verdict, judge_shape
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.errors import DataError
from auditor.seeding import derive


def analyse(
    context: AuditContext,
    *,
    protocol: Literal["matched", "retention"] = "matched",
    steps: str = "",
    seeds: int = 3,
    epochs: int = 10,
    logs: int = 60,
    window: float = 0.5,
    labels: int = 1_500,
    groups: int = 2,
    assignment: str = "random,scaffold",
    batches: str = "32",
) -> Finding:
    """Degrade the overlap on purpose and follow what becomes of every affinity of this audit.

    The paper's own table: ``protocol=retention``, ``epochs=30``, ``seeds=1`` and a GCN of two layers. It
    trains on all compounds at every step, and takes correspondingly longer.

    Parameters
    ----------
    protocol
        ``matched``: labels per task stay fixed. ``retention``: the paper's, where they fall.
    steps
        Jaccard overlaps (matched) or retained fractions (retention).
    seeds
        Repeats, each with its own division of tasks and compounds, and its own training.
    epochs, logs, window
        Length of every training; gradients logged in its last fraction, the window.
    labels
        Per task at most (matched); 0 for as many as disjoint sets allow.
    groups
        Of tasks (matched); 0 for one per task, which leaves few labels.
    assignment
        Compounds divided at ``random``, or by ``scaffold``, none in two groups (matched).
    batches
        Batch sizes.
    """
    matched = protocol == "matched"
    default = "1,0.7,0.5,0.4,0.3,0.2,0.1,0" if matched else "1,0.9,0.8,0.7,0.6,0.5,0.4,0.3,0.2,0.1"
    ways: Any = words_of(assignment, ("random", "scaffold"), "assignment") if matched else ("random",)
    settings = Settings(
        protocol=protocol,
        steps=steps_of(steps or default, low=0.0 if matched else 0.01, what="overlaps"),
        seeds=seeds,
        epochs=epochs,
        logs=logs,
        window=window,
        labels=labels,
        groups=groups,
        assignments=ways,
        batches=numbers_of(batches, low=2, what="batch sizes"),
    )
    if context.benchmark.features is not None:  # what has no structure has no scaffold
        settings = replace(settings, assignments=("random",))
    if not context.affinities:
        return Finding("threshold", "No affinity was estimated.", status="not applicable")
    try:
        grids, facts = sweep(context, settings)
    except DataError as error:
        text = f"Overlap cannot be degraded here: {error.message} ({error.hint})."
        return Finding("threshold", text, status="not applicable")
    results = {key: _result(context, grid) for key, grid in grids.items()}
    return Finding(
        "threshold",
        sentence_of(settings, results, facts),
        _data(context, settings, results, facts),
        blocks_of(context, settings, results, facts),
        citation="Cheng & Zhang 2026, equations 5 and 7, C.3; Hurvich & Tsai 1989",
    )


def _result(context: AuditContext, grid: Grid) -> tuple[list[Level], Verdict]:
    levels, drawn = levels_of(grid, seed=derive(context.seed, "threshold intervals"))
    x, y = points_of(grid)
    return levels, judge_shape(x, y, np.array(grid.overlaps), drawn)


def _data(
    context: AuditContext,
    settings: Settings,
    results: Results,
    facts: dict[str, Any],
) -> dict[str, Any]:
    return {
        "settings": asdict(settings),
        **facts,
        "curves": [
            {
                **asdict(key),
                "levels": [asdict(level) for level in levels],
                "shape": asdict(verdict),
            }
            for key, (levels, verdict) in results.items()
        ],
        "target": "E over all co-measured compounds of the whole table",
        "interval": "95 %, tasks and repeats resampled",
        "would_change": "more seeds, labels, epochs or logs narrow every interval",
        "paper": [list(point) for point in PAPER] if is_papers(context, settings) else None,
    }
