"""What a sweep over overlaps shows, in words, tables and a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.document.blocks import Block, Cell, Chart, Curve, Table, Text
from auditor.statistics.resampling import known, told

if TYPE_CHECKING:
    from auditor.analyses.threshold.grid import Level
    from auditor.analyses.threshold.settings import Settings
    from auditor.analyses.threshold.sweep import Key
    from auditor.analyses.threshold.verdict import Verdict
    from auditor.audit.context import AuditContext

Results = dict["Key", tuple[list["Level"], "Verdict"]]
"""Levels and shape of every sweep."""
PAPER = (
    (1.0, 0.794), (0.9, 0.807), (0.8, 0.720), (0.7, 0.677), (0.6, 0.658),
    (0.5, 0.696), (0.4, 0.527), (0.3, 0.248), (0.2, 0.221), (0.1, 0.154),
)  # fmt: skip
"""Cheng & Zhang 2026, table C.3: retained fraction and r, of Tox21, from one draw."""
COLUMNS = ("overlap", "labels per task", "r with full E", "r with own E", "r of own E with full E",
           "E's share of the fall", "reliability")  # fmt: skip
MATCHED = (
    "Tasks are divided at random into {groups} groups that share all compounds within and a core across; "
    "only pairs across groups count. Every task keeps {labels} labels at every overlap, every compound is "
    "trained on for {epochs} epochs, and about {logs} gradients are logged, so that overlap is not "
    "mixed up with the amount of data. With less overlap there are more compounds, hence more steps, and "
    "fewer of a batch's compounds have the labels of both tasks: that is what overlap is. "
)
RETENTION = (
    "The paper's protocol: every task loses labels at random, by itself. Labels per task fall together "
    "with the overlap, from {most:.0f} to {least:.0f}, and the first row, as in the paper, is of the "
    "compounds measured in every task: overlap is confounded with the amount of data, so that this curve "
    "is no evidence on overlap alone. The axis is the Jaccard overlap that the retained fraction gives. "
)
METHOD = (
    "r with full E takes the label correlation of the whole table as target; r with own E is what the "
    "degraded table alone would show. Its fall from the highest overlap is divided between affinity and E "
    "by averaging both orders in which they degrade; E's share is not given where no fall is "
    "established. Intervals resample tasks and repeats. Forms are fitted by least squares to every repeat "
    "and compared by AICc; one is preferred if it is better by 2."
)


def sentence_of(settings: Settings, results: Results, facts: dict[str, Any]) -> str:
    """Say how many labels there were, and what every curve shows."""
    parts = [f"{_name(key, settings)}: {_curve(*found)}" for key, found in results.items()]
    if settings.protocol == "retention":
        low, high = min(facts["labels_per_task"]), max(facts["labels_per_task"])
        held = f"The paper's protocol, in which labels per task go from {high:.0f} to {low:.0f} with it"
    else:
        held = f"At {facts['labels_per_task'][0]:.0f} labels per task throughout"
    return f"{held}. {'. '.join(parts)}."


def _curve(levels: list[Level], verdict: Verdict) -> str:
    """Say where a curve begins and ends, and what form it has."""
    there = [level for level in levels if np.isfinite(level.full[0])]
    if not there:
        return "not estimable at any overlap"
    first, last = there[0], there[-1]
    return (
        f"r with the full E goes from {told(*first.full)} at overlap {first.overlap:.2f} to "
        f"{told(*last.full)} at {last.overlap:.2f}; {verdict.sentence}{_share(levels)}"
    )


def _share(levels: list[Level]) -> str:
    """Say how much of the fall is E's own instability, at the lowest overlap where that is known."""
    known_at = [level for level in levels if np.isfinite(level.label_share[0])]
    if not known_at:
        return ""
    level = known_at[-1]
    return (
        f"; of the fall at {level.overlap:.2f} that the table alone would show, the share of E's own "
        f"instability is {told(*level.label_share)}"
    )


def blocks_of(
    context: AuditContext,
    settings: Settings,
    results: Results,
    facts: dict[str, Any],
) -> tuple[Block, ...]:
    """Return the chart, two tables per curve, and how they were made."""
    reference = is_papers(context, settings)
    blocks: list[Block] = [_chart(settings, results)]
    for key, (levels, verdict) in results.items():
        name = _name(key, settings)
        blocks.append(_levels(name, settings, levels, facts, reference))
        blocks.append(_forms(name, verdict))
    labels = facts["labels_per_task"]
    about = RETENTION if settings.protocol == "retention" else MATCHED
    text = about.format(
        groups=facts["groups"], labels=f"{labels[0]:.0f}", epochs=settings.epochs, logs=settings.logs,
        most=max(labels), least=min(labels),
    )  # fmt: skip
    blocks.append(Text(text + METHOD))
    if reference:
        blocks.append(
            Text(
                "The paper's values are those of its table C.3: one draw, r with that table's own E, "
                "against the retained fraction. Its text takes that fraction for the overlap."
            )
        )
    return tuple(blocks)


def _levels(
    name: str, settings: Settings, levels: list[Level], facts: dict[str, Any], reference: bool
) -> Table:
    paper = dict(PAPER)
    rows: list[tuple[Cell, ...]] = []
    for step, level, count in zip(settings.steps, levels, facts["labels_per_task"], strict=True):
        row: tuple[Cell, ...] = (
            level.overlap,
            round(count),
            told(*level.full),
            told(*level.own),
            told(*level.stability),
            told(*level.label_share),
            told(*level.reliability),
        )
        if settings.protocol == "retention":
            row = (f"{step:.0%}", *row)
        rows.append((*row, known(paper.get(step))) if reference else row)
    columns = COLUMNS if settings.protocol == "matched" else ("kept", *COLUMNS)
    if reference:
        columns = (*columns, "paper")
    return Table(columns, tuple(rows), caption=f"{name}: what becomes of it", digits=3)


def _forms(name: str, verdict: Verdict) -> Table:
    rows = tuple(
        (
            fit.form,
            known(fit.aicc),
            known(fit.r_squared),
            told(*verdict.bends[fit.form]) if fit.form in verdict.bends else "",
            "preferred" if fit.form == verdict.preferred else "",
        )
        for fit in verdict.fits
    )
    return Table(("form", "AICc", "R²", "bend", ""), rows, caption=f"{name}: the form of the curve")


def _chart(settings: Settings, results: Results) -> Chart:
    curves = []
    for key, (levels, _) in results.items():
        y, low, high = (tuple(known(level.full[place]) for level in levels) for place in range(3))
        x = tuple(level.overlap for level in levels)
        curves.append(Curve(_name(key, settings), x, y, low, high))
    key, (levels, _) = next(iter(results.items()))
    return Chart(
        tuple(curves),
        "Jaccard overlap of the pairs",
        "r with E of the full table",
        "Agreement with the full label correlation as overlap is taken away",
        f"{_name(key, settings)} goes from r = {told(*levels[0].full)} at overlap {levels[0].overlap:.2f} "
        f"to {told(*levels[-1].full)} at {levels[-1].overlap:.2f}.",
    )


def _name(key: Key, settings: Settings) -> str:
    parts = [key.estimator]
    if len(settings.assignments) > 1:
        parts.append(f"{key.assignment} compounds")
    if len(settings.batches) > 1:
        parts.append(f"batches of {key.batch}")
    return ", ".join(parts)


def is_papers(context: AuditContext, settings: Settings) -> bool:
    """Return whether this is the paper's own sweep, so that its table can stand beside it."""
    return context.benchmark.name == "tox21" and settings.protocol == "retention"
