"""How a report shows measured benefit: tables and heat maps of what the document holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.report.blocks import Block, Cell, KeyValues, Matrix, Table, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CELLS = 60
"""Tasks up to which the gains are shown as a heat map."""
VIEWS = {
    "pairs": "benefit of the pair",
    "pooled": "gain of the recipient",
    "per_recipient": "within recipients",
}
METHOD = (
    "Every training takes its compounds from the same split, stops early on validation compounds alone, "
    "and is judged by test compounds. A gain is the test metric in the group less that of the task "
    "alone, so that positive is better; RMSE counts in standard deviations of the training labels. A "
    "standard error holds the spread between seeds and the choice of test compounds (bootstrap). "
    "Intervals of a mean or an r resample tasks; p-values permute them. The ceiling is the r that a "
    "perfect estimate with the measured noise would reach; it knows the noise between seeds, not that "
    "of the test compounds, which all seeds share."
)


def blocks_of(data: Mapping[str, Any], tasks: Sequence[str]) -> tuple[Block, ...]:
    """Return the blocks of a measured benefit."""
    return (
        _size(data),
        _foretold(data["foretold"]),
        *_by_metric(data["by_metric"]),
        _rules(data["foretold"]),
        *_groups(data["groups"]),
        _tasks(data["tasks"]),
        *_heat_map(data["gain_source_to_recipient"], tasks),
        Text(METHOD),
    )


def forecast_blocks(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of a dry run."""
    rows: tuple[tuple[str, Cell], ...] = (
        ("trainings", data["trainings"]),
        ("finished already", data["stored"]),
        ("seconds for the rest, one after the other", _number(data["seconds"])),
        ("measured on", data["measured_on"]),
    )
    return (KeyValues(rows, caption="What the measurement would cost"),)


def _size(data: Mapping[str, Any]) -> KeyValues:
    size, trainings = data["size"], data["trainings"]
    rows: list[tuple[str, Cell]] = [
        ("trainings", trainings["in_all"]),
        ("failed trainings", len(trainings["failures"])),
        ("pairs measured, of all", f"{size['pairs']:,} of {trainings['pairs_in_all']:,}"),
        ("mean benefit of a pair", _number(size["mean"])),
        ("95 % interval over tasks", _interval(size["low"], size["high"], 4)),
        ("pairs that gain", _number(size["share_positive"])),
        ("pairs that gain beyond their 95 % interval", size["beyond"]["gain"]),
        ("pairs that lose beyond it", size["beyond"]["loss"]),
        ("median standard error of a pair", _number(size["median_standard_error"])),
        ("reliability over seeds, pairs", _number(data["reliability"]["pairs"])),
        ("reliability over seeds, within recipients", _number(data["reliability"]["per_recipient"])),
    ]
    return KeyValues(tuple(rows), caption="Benefit of training two tasks together")


def _foretold(found: Mapping[str, Any]) -> Table:
    rows = [
        (
            name,
            label,
            _number(views[view]["pearson"]),
            _interval(views[view]["low"], views[view]["high"], 2),
            _number(views[view]["spearman"]),
            _number(views[view]["mantel_p"]),
            _number(views[view]["ceiling"]),
            _number(views[view]["disattenuated"]),
            views[view]["pairs"],
        )
        for name, views in found.items()
        for view, label in VIEWS.items()
    ]
    columns = ("estimate", "against", "r", "95 % interval", "ρ", "p", "ceiling", "r / ceiling", "pairs")
    return Table(columns, tuple(rows), caption="Did it foretell the benefit?")


def _by_metric(rows: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Return the benefit by each choice of metrics, and how every estimate goes with each."""
    names = [", ".join(row["metrics"]) for row in rows]
    sizes = tuple(
        (
            name,
            _number(row["size"]["mean"]),
            _interval(row["size"]["low"], row["size"]["high"], 4),
            _number(row["size"]["share_positive"]),
            row["size"]["beyond"]["gain"],
            row["size"]["beyond"]["loss"],
            _number(row["reliability"]),
        )
        for name, row in zip(names, rows, strict=True)
    )
    columns = (
        "metric",
        "mean benefit",
        "95 % interval",
        "share that gain",
        "beyond +",
        "beyond −",
        "reliability",
    )
    against = tuple(
        (estimate, *(_number(row["foretold"][estimate]["pearson"]) for row in rows))
        for estimate in rows[0]["foretold"]
    )
    return (
        Table(columns, sizes, caption="The same trainings by another metric", digits=4),
        Table(
            ("estimate", *(f"r, {name}" for name in names)), against, caption="r with the benefit of pairs"
        ),
    )


def _rules(found: Mapping[str, Any]) -> Table:
    rows = []
    for name, views in found.items():
        rule = views["rule"]
        shown = [(f"at {entry['threshold']:.2f}", entry) for entry in rule["fixed"]]
        for threshold, entry in [*shown, ("out of sample", rule["out_of_sample"])]:
            rows.append(
                (
                    name,
                    threshold,
                    entry["together"],
                    _number(entry["avoided"]),
                    _number(entry["kept"]),
                    _number(entry["mean_together"]),
                    _number(entry["mean_apart"]),
                    _number(rule["losing"]),
                    f"{rule['auroc']:.2f} ({_interval(rule['low'], rule['high'], 2)})",
                )
            )
    columns = (
        "estimate", "threshold", "pairs together", "losses avoided", "gains kept", "mean together",
        "mean apart", "base rate of loss", "AUROC",
    )  # fmt: skip
    caption = "As a rule for training together; out of sample, each pair's threshold comes from other tasks"
    return Table(columns, tuple(rows), caption=caption)


def _groups(groups: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    if not groups:
        return ()
    rows = tuple(
        (
            ", ".join(group["tasks"]) if len(group["tasks"]) <= 6 else f"{len(group['tasks'])} tasks",
            _number(group["mean"]),
            _number(group["standard_error"]),
            _number(group["mean_own_epochs"]),
            f"{group['gaining']} of {len(group['tasks'])}",
        )
        for group in groups
    )
    columns = ("group", "mean gain", "standard error", "with each task's own best epoch", "tasks that gain")
    return (Table(columns, rows, caption="Larger groups", digits=4),)


def _tasks(tasks: Sequence[Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            row["task"],
            row["metric"],
            _number(row["alone"]),
            row["test_labels"],
            _number(row["mean_gain"]),
            f"{row['helpful_partners']} of {row['partners']}",
        )
        for row in tasks
    )
    columns = ("task", "metric", "alone", "test labels", "mean gain in pairs", "partners that help")
    return Table(columns, rows, caption="Tasks", digits=4)


def _heat_map(gains: NDArray[np.float64], tasks: Sequence[str]) -> tuple[Block, ...]:
    if len(tasks) > MOST_CELLS or not np.isfinite(gains).any():
        return ()
    limit = float(np.nanmax(np.abs(gains)))
    values = tuple(tuple(_number(cell) for cell in row) for row in gains)
    return (
        Matrix(
            tuple(tasks),
            tuple(tasks),
            values,
            caption="Gain of the column's task when trained with the row's",
            scale="diverging",
            low=-limit,
            high=limit,
            digits=3,
        ),
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _interval(low: float, high: float, digits: int) -> str:
    known = np.isfinite(low) and np.isfinite(high)
    return f"{low:.{digits}f} to {high:.{digits}f}" if known else "not estimable"
