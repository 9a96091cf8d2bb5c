"""How a report shows a recommendation, and the sentence that it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from auditor.report.blocks import Block, Cell, KeyValues, Table, Text

CITATION = (
    "Standley et al. 2020, ICML 119:9120; Ayman, Mukhopadhyay & Laszka 2026, arXiv 2602.18591; "
    "Barber et al. 2021, Annals of Statistics 49:486"
)
METHOD = (
    "A gain is the test metric in the group less that of the task alone, averaged over seeds: positive is "
    "better; RMSE counts in standard deviations of the training labels. Every training takes its compounds "
    "from one split and stops early on validation compounds. The predictor is the one of least "
    "cross-validated error among those listed, whole groups left out in turn; the grouping maximises "
    "what it predicts, a task alone being worth exactly 0."
)
LIMITS = (
    "An interval says where the gain of a group that was not chosen for its prediction would lie: it holds "
    "what predictions of left-out groups missed, the choice of test compounds (bootstrap), and the spread "
    "between seeds of the tasks alone, which moves all gains of a task alike. The recommended groups "
    "were chosen for their predictions, so that their expected gains are optimistic: train them, and "
    "judge by other compounds. The interval of the whole counts all groups as off in the same direction."
)
UNTOLD = (
    "R2 within tasks is not above 0: the predictions do not tell one group of a task from another, so no "
    "group is established to be better than training alone or together. The groups below are those of "
    "most predicted gain, and no more than a guess."
)


def status_of(data: Mapping[str, Any]) -> str:
    """Return whether a gain over training alone is established; "dry-run" where nothing was trained."""
    if "told_apart" not in data:
        return "dry-run"
    if not data["told_apart"]:
        return "fail"
    return "pass" if data["better_than_alone"] else "partial"


def sentence_of(data: Mapping[str, Any]) -> str:
    """Return what a recommendation comes to."""
    within = data["accuracy"]["within_r2"]
    known = f"R2 within tasks {within:.2f}" if np.isfinite(within) else "R2 within tasks not estimable"
    expected = data["expected"]
    gain = f"{expected['value']:+.4f} per task{_range(expected, data['level'])}"
    if not data["told_apart"]:
        return (
            f"From {data['measured_groups']} measured groups, no group of tasks is established to be "
            f"better than training alone or together ({known}); the grouping of most predicted gain is "
            f"said to gain {gain}."
        )
    if not data["joins_tasks"]:
        return f"Train every task alone: no group is predicted to gain ({known})."
    groups = [group for group in data["groups"] if len(group["tasks"]) > 1]
    alone = len(data["groups"]) - len(groups)
    beside = f"all tasks together {_signed(data['together']['expected'])}, each alone 0"
    if data["random"]:
        beside += f", random groups of the same sizes {_signed(data['random']['mean'])}"
    told = (
        f"Train {len(groups)} group(s) and {alone} task(s) alone: expected gain {gain}; predicted "
        f"for {beside} ({known})"
    )
    if data["better_than_alone"]:
        return f"{told}."
    return f"{told}. The interval does not leave out 0: a gain over training alone is not established."


def blocks_of(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of a recommendation."""
    warning = () if data["told_apart"] else (Text(UNTOLD),)
    left = data["not_measurable"]
    outside = (Text(f"No gain can be measured, so in no group: {', '.join(left)}."),) if left else ()
    return (
        *warning,
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


def forecast_sentence(data: Mapping[str, Any]) -> str:
    """Return what a dry run comes to."""
    seeds, single, groups = data["seeds"], data["single_tasks"], data["groups"]
    left = data["trainings"] - data["stored"]
    time = f", about {_duration(data['seconds'])} one after the other" if left else ""
    return (
        f"{single * seeds:,} trainings of single tasks ({single:,} x {seeds} seeds; "
        f"{data['single_tasks_stored']:,} tasks are stored) and {groups * seeds:,} of groups "
        f"({groups:,} x {seeds}; {data['groups_stored']:,} groups are stored); {left:,} to run{time} "
        f"({data['measured_on']})."
    )


def forecast_blocks(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of a dry run."""
    rows: tuple[tuple[str, Cell], ...] = (
        ("trainings in all", data["trainings"]),
        ("finished already", data["stored"]),
        ("single tasks, and stored of them", f"{data['single_tasks']:,}, {data['single_tasks_stored']:,}"),
        ("groups to choose, and stored of them", f"{data['groups']:,}, {data['groups_stored']:,}"),
        ("stored groups of other commands that take part", data["other_groups_stored"]),
        ("seconds for the rest, one after the other", _number(data["seconds"])),
        ("measured on", data["measured_on"]),
    )
    note = (
        "The time is that of the groups as chosen so far and of random ones for the rest. Affinities that "
        "train all tasks once more are not counted."
    )
    return (KeyValues(rows, caption="What the recommendation would cost"), Text(note))


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
        "measured",
        "s.e.",
    )
    return Table(columns, rows, caption="Train together", digits=4)


def _beside(data: Mapping[str, Any]) -> Table:
    together, random = data["together"], data["random"]
    rows: list[tuple[Cell, ...]] = [
        ("the groups above", data["expected"]["value"], _interval(data["expected"]), None),
        ("every task alone", 0.0, "exactly 0", 0.0),
        ("all tasks together", _number(together["expected"]), None, _number(together["measured"])),
    ]
    if random:
        told = f"{random['low']:.4f} to {random['high']:.4f} (95 % of {random['draws']} drawn)"
        rows.append(("random groups of the same sizes", random["mean"], told, None))
    columns = ("way of training", "expected gain per task", "interval", "measured")
    return Table(columns, tuple(rows), caption="Beside other ways, by the same predictions", digits=4)


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
        "alone",
        "s.e. as gain",
        "expected gain",
        f"{data['level']:.0%} interval",
    )
    return Table(columns, rows, caption="Tasks", digits=4)


def _belief(data: Mapping[str, Any]) -> KeyValues:
    found = data["accuracy"]
    rows: tuple[tuple[str, Cell], ...] = (
        ("measured groups of two tasks or more", data["measured_groups"]),
        ("predictor", data["predictor"]),
        ("R2 within tasks, of left-out groups", _number(found["within_r2"])),
        ("R2 of left-out groups", _number(found["r2"])),
        ("R2 that the noise of the gains allows", _number(found["ceiling"])),
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
    single = _counted(told["single_tasks"], seeds, told["single_tasks_stored"])
    groups = _counted(len(told["groups_chosen"]), seeds, told["groups_stored"])
    rows: tuple[tuple[str, Cell], ...] = (
        ("single tasks (trainings), stored before", single),
        ("groups chosen (trainings), stored before", groups),
        ("stored groups of other commands that took part", len(told["other_groups"])),
        ("failed trainings", len(told["failures"])),
        ("choice", f"{told['choice']}, budget {told['budget']}"),
        ("split", told["split"]),
        ("encoder", told["encoder"]),
    )  # fmt: skip
    return KeyValues(rows, caption="Trainings")


def _counted(groups: int, seeds: int, stored: int) -> str:
    return f"{groups:,} ({groups * seeds:,}), {stored:,}"


def _range(found: Mapping[str, float], level: float) -> str:
    if not np.isfinite(found["high"]):
        return " (too few groups or seeds for an interval)"
    return f" ({level:.0%} interval {found['low']:+.4f} to {found['high']:+.4f})"


def _interval(found: Mapping[str, float]) -> str | None:
    return f"{found['low']:.4f} to {found['high']:.4f}" if np.isfinite(found["high"]) else None


def _signed(value: float) -> str:
    return f"{value:+.4f}" if np.isfinite(value) else "not estimable"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
