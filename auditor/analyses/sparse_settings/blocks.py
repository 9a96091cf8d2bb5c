"""What the comparison of methods for sparse settings shows, in words, tables and a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.sparse_settings.methods import BASELINE
from auditor.document.blocks import Block, Cell, Chart, Curve, Table, Text
from auditor.statistics.resampling import known, told

if TYPE_CHECKING:
    from auditor.analyses.sparse_settings.comparison import Score

COLUMNS = (
    "overlap",
    "method",
    "r with full E",
    "r less that of gradient-cosine",
    "error",
    "pairs",
    "helps",
)
METHOD = (
    "Half of the tasks share all their compounds among themselves, the other half likewise; between the "
    "halves the overlap is the one stated, at {labels} labels per task; only pairs between the halves "
    "count. Every affinity is brought to the scale of label correlations by the line that fits the pairs "
    "within the halves, so that no method sees the full table. Scaffold-matched gradients: cosines of the "
    "trained network over batches in which every compound has a partner of the other half with its "
    "Murcko scaffold; the same over random batches stands beside it. Borrowed: a task's affinity with a "
    "task of the other half is the mean of its affinities with its own half, weighted by how alike those "
    "are to that task (squared chemical correlation). Gradients and chemistry: G divided by the shared "
    "fraction, and chemical-correlation, weighted by the inverse of their variances. Anchors: new labels "
    "by the measurement plan, and a new training. Error: root mean square difference from the full "
    "table's E. Intervals resample tasks and repeats; 'helps' means that the 95 % interval of the "
    "difference from gradient-cosine is above 0: of {comparisons} such comparisons, about {chance:.1f} "
    "would be by chance."
)


@dataclass(frozen=True)
class AnchorCost:
    """What some new measurements buy, averaged over repeats; see `Anchored`."""

    overlap: float
    reached: float
    measurements: float
    error: float
    noise: float


def sentence_of(scores: list[Score], labels: int) -> str:
    """Say which methods beat plain gradients, and how far plain gradients themselves get."""
    base = [score for score in scores if score.method == BASELINE]
    start = ", ".join(f"{told(*score.r)} at {score.overlap:.2f}" for score in base)
    helping: dict[str, list[str]] = {}
    for score in scores:
        if score.helps:
            helping.setdefault(score.method, []).append(f"{told(*score.gain)} at {score.overlap:.2f}")
    said = "; ".join(f"{method} adds {', '.join(gains)}" for method, gains in helping.items())
    others = len({score.method for score in scores}) - 1 - len(helping)
    none = f"none of the {others} others is shown to do better" if not helping else said
    rest = f"; {others} other methods are not shown to help" if helping and others else ""
    held = f"At {labels} labels per task, plain gradients reach r with the full E of {start} overlap"
    return f"{held}: {none}{rest}."


def blocks_of(scores: list[Score], costs: list[AnchorCost], labels: int) -> tuple[Block, ...]:
    """Return the chart, the scores, what anchors cost, and how it was all made."""
    compared = sum(np.isfinite(score.gain[1]) and score.method != BASELINE for score in scores)
    rows: list[tuple[Cell, ...]] = [
        (
            score.overlap,
            score.method,
            told(*score.r),
            "" if score.method == BASELINE else told(*score.gain),
            told(*score.error),
            round(score.pairs),
            "yes" if score.helps else "",
        )
        for score in sorted(scores, key=lambda score: score.overlap)
    ]
    spent = tuple(
        (cost.overlap, cost.reached, round(cost.measurements), known(cost.error), known(cost.noise))
        for cost in sorted(costs, key=lambda cost: (cost.overlap, cost.reached))
    )
    return (
        _chart(scores),
        Table(
            COLUMNS, tuple(rows), caption="What each method finds of the full label correlation", digits=2
        ),
        Table(
            ("overlap", "brought to", "new measurements", "error of G", "of noise alone"),
            spent,
            caption="Anchors: root mean square difference of G from the G of the full table",
        ),
        Text(METHOD.format(labels=labels, comparisons=compared, chance=0.025 * compared)),
    )


def _chart(scores: list[Score]) -> Chart:
    methods = [name for name in dict.fromkeys(score.method for score in scores) if "anchors" not in name]
    curves = []
    for method in methods:
        own = sorted((s for s in scores if s.method == method), key=lambda s: s.overlap)
        y, low, high = (tuple(known(score.r[place]) for score in own) for place in range(3))
        curves.append(Curve(method, tuple(score.overlap for score in own), y, low, high))
    best = max(scores, key=lambda score: score.r[0] if np.isfinite(score.r[0]) else -2.0)
    return Chart(
        tuple(curves),
        "Jaccard overlap between the halves",
        "r with E of the full table",
        "Methods for sparse settings",
        f"The highest r, {told(*best.r)}, is that of {best.method} at overlap {best.overlap:.2f}.",
    )
