"""How a report shows a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from auditor.analyses.recommendation.before import before_blocks
from auditor.analyses.recommendation.words import LIMITS, METHOD, UNTOLD, next_steps_of
from auditor.document.blocks import Block, Cell, KeyValues, Table, Text

CITATION = (
    "Standley et al. 2020, ICML 119:9120; Ayman, Mukhopadhyay & Laszka 2026, arXiv 2602.18591; "
    "Barber et al. 2021, Annals of Statistics 49:486"
)


def blocks_of(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of a recommendation."""
    warning = () if data["told_apart"] else (Text(UNTOLD),)
    left = data["not_measurable"]
    outside = (Text(f"No gain can be measured, so in no group: {', '.join(left)}."),) if left else ()
    return (
        *warning,
        Text(f"What to do next: {next_steps_of(data)}"),
        *before_blocks(data.get("before")),
        _groups(data),
        *outside,
        _beside(data),
        _tasks(data),
        _belief(data),
        _predictors(data),
        _trainings(data["trainings"]),
        Text(METHOD),
        Text(LIMITS),
    )


def _groups(data: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            number,
            ", ".join(row["tasks"]),
            row["expected"],
            _interval(row) if len(row["tasks"]) > 1 else "exactly 0: alone",
            _number(row["measured"]),
            _number(row["standard_error"]),
        )
        for number, row in enumerate(data["groups"], start=1)
    )
    columns = (
        "group",
        "tasks",
        "expected gain per task",
        f"{data['level']:.0%} interval",
        "measured gain",
        "s.e.",
    )
    caption = "The groups of most predicted gain" + ("" if data["told_apart"] else ": a guess")
    return Table(columns, rows, caption=caption, digits=4)


def _beside(data: Mapping[str, Any]) -> Table:
    together, random = data["together"], data["random"]
    rows: list[tuple[Cell, ...]] = [
        ("the groups above", data["expected"]["value"], _interval(data["expected"]), None, None),
        ("every task alone", 0.0, "exactly 0", 0.0, 0.0),
        (
            "all tasks together",
            _number(together["expected"]),
            None,
            _number(together["measured"]),
            _number(together["standard_error"]),
        ),
    ]
    if random:
        told = f"{random['low']:.4f} to {random['high']:.4f}, 95 %"
        rows.append(("random groups of the same sizes", random["mean"], told, None, None))
    columns = ("way of training", "expected gain", "interval", "measured gain", "s.e.")
    return Table(
        columns, tuple(rows), caption="Beside other ways, by the same predictions; gains per task", digits=4
    )


def _tasks(data: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            row["task"],
            row["group"],
            row["metric"],
            _number(row["metric_alone"]),
            _number(row["error_alone"]),
            row["expected"],
            _interval(row) if row["low"] != row["high"] else "exactly 0: alone",
        )
        for row in data["tasks"]
    )
    columns = (
        "task",
        "group",
        "metric",
        "metric alone",
        "its s.e., as gain",
        "expected gain",
        f"{data['level']:.0%} interval",
    )
    return Table(columns, rows, caption="Tasks", digits=4)


def _belief(data: Mapping[str, Any]) -> KeyValues:
    found = data["accuracy"]
    rows: tuple[tuple[str, Cell], ...] = (
        ("measured groups of two tasks or more", data["measured_groups"]),
        ("predictor", data["predictor"]),
        ("R2 within tasks, of left-out groups (which companions?)", _number(found["within_r2"])),
        ("its p (is it more than chance?)", _number(found["within_p"])),
        (
            "R2 within tasks that noise allows (0 or below: all may be noise)",
            _number(found["within_ceiling"]),
        ),
        ("p of that (do the groups of a task differ at all?)", _number(found["differ_p"])),
        ("half of the interval of a task's gain", _number(data["half_width_of_a_task"])),
        ("half of the interval of a group's mean gain", _number(data["half_width_of_a_group"])),
        (
            "grouping proved the best by these predictions",
            "yes" if data["proved_best_prediction"] else "no",
        ),
    )
    return KeyValues(rows, caption="How far to believe it")


def _predictors(data: Mapping[str, Any]) -> Table:
    rows = tuple((name, _number(float(np.sqrt(error)))) for name, error in data["predictors"].items())
    caption = "Predictors: root mean squared error on left-out groups"
    return Table(("predictor", "error"), rows, caption=caption, digits=4)


def _trainings(told: Mapping[str, Any]) -> KeyValues:
    seeds = len(told["seeds"])
    single, groups = told["single_tasks"], len(told["groups_chosen"])
    rows: tuple[tuple[str, Cell], ...] = (
        ("single tasks (trainings)", f"{single:,} ({single * seeds:,})"),
        ("groups chosen (trainings)", f"{groups:,} ({groups * seeds:,})"),
        ("stored groups of other commands that took part", len(told["other_groups"])),
        ("failed trainings", len(told["failures"])),
        ("choice", f"{told['choice']}, budget {told['budget']}"),
        ("split", told["split"]),
        ("encoder", told["encoder"]),
    )  # fmt: skip
    return KeyValues(rows, caption="Trainings")


def _interval(found: Mapping[str, float]) -> str | None:
    return f"{found['low']:.4f} to {found['high']:.4f}" if np.isfinite(found["high"]) else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
