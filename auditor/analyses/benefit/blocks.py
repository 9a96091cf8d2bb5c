"""How a report shows measured benefit: a sentence, tables and heat maps of what the document holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.benefit.foretelling_blocks import (
    foretold_table,
    interval,
    metric_tables,
    number,
    rule_table,
)
from auditor.document.blocks import Block, Cell, KeyValues, Matrix, Table, Text
from auditor.text import count_of, duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.benefit.result import Benefit, GroupRow, TaskRow
    from auditor.audit.results import Forecast

MOST_CELLS = 60
"""Tasks up to which the gains are shown as a heat map."""
METHOD = (
    "Every training takes its compounds from the same split, stops early on validation compounds alone, "
    "and is judged by test compounds. A gain is the test metric in the group less that of the task "
    "alone, so that positive is better; RMSE counts in standard deviations of the training labels. A "
    "standard error holds the spread between seeds and the choice of test compounds (bootstrap). "
    "The interval of a mean leaves out each task in turn, that of an r resamples tasks; p-values permute "
    "them. The ceiling is the r that a "
    "perfect estimate with the measured noise would reach; it knows the noise between seeds, not that "
    "of the test compounds, which all seeds share."
)


def blocks_of(found: Benefit, tasks: Sequence[str]) -> tuple[Block, ...]:
    """Return the blocks of a measured benefit."""
    return (
        _size(found),
        foretold_table(found.foretold),
        *metric_tables(found.by_metric),
        rule_table(found.foretold),
        *_groups(found.groups),
        _tasks(found.tasks),
        *_heat_map(found.gain_source_to_recipient, tasks),
        Text(METHOD),
    )


def forecast_blocks(found: Forecast) -> tuple[Block, ...]:
    """Return the blocks of a dry run."""
    rows: tuple[tuple[str, Cell], ...] = (
        ("trainings", found.trainings),
        ("finished already", found.stored),
        ("seconds for the rest, one after the other", number(found.seconds)),
        ("measured on", found.measured_on),
    )
    return (KeyValues(rows, caption="What the measurement would cost"),)


def _size(found: Benefit) -> KeyValues:
    size, trainings = found.size, found.trainings
    rows: list[tuple[str, Cell]] = [
        ("trainings", trainings.in_all),
        ("failed trainings", len(trainings.failures)),
        ("pairs measured, of all", f"{size.pairs:,} of {trainings.pairs_in_all:,}"),
        ("mean benefit of a pair", number(size.mean)),
        ("95 % interval over tasks", interval(size.low, size.high, 4)),
        ("pairs that gain", number(size.share_positive)),
        ("pairs that gain beyond their 95 % interval", size.beyond.gain),
        ("pairs that lose beyond it", size.beyond.loss),
        ("median standard error of a pair", number(size.median_standard_error)),
        ("reliability over seeds, pairs", number(found.reliability.pairs)),
        ("reliability over seeds, within recipients", number(found.reliability.per_recipient)),
    ]
    return KeyValues(tuple(rows), caption="Benefit of training two tasks together")


def _groups(groups: Sequence[GroupRow]) -> tuple[Block, ...]:
    if not groups:
        return ()
    rows = tuple(
        (
            ", ".join(group.tasks) if len(group.tasks) <= 6 else f"{len(group.tasks)} tasks",
            number(group.mean),
            number(group.standard_error),
            number(group.mean_own_epochs),
            f"{group.gaining} of {len(group.tasks)}",
        )
        for group in groups
    )
    columns = ("group", "mean gain", "standard error", "with each task's own best epoch", "tasks that gain")
    return (Table(columns, rows, caption="Larger groups", digits=4),)


def _tasks(tasks: Sequence[TaskRow]) -> Table:
    rows = tuple(
        (
            row.task,
            row.metric,
            number(row.alone),
            row.test_labels,
            number(row.mean_gain),
            f"{row.helpful_partners} of {row.partners}",
        )
        for row in tasks
    )
    columns = ("task", "metric", "alone", "test labels", "mean gain in pairs", "partners that help")
    return Table(columns, rows, caption="Tasks", digits=4)


def _heat_map(gains: NDArray[np.float64], tasks: Sequence[str]) -> tuple[Block, ...]:
    if len(tasks) > MOST_CELLS or not np.isfinite(gains).any():
        return ()
    limit = float(np.nanmax(np.abs(gains)))
    values = tuple(tuple(number(cell) for cell in row) for row in gains)
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


def sentence(found: Benefit) -> str:
    """Return how large the benefit is, and which affinity foretold it best."""
    size = found.size
    told = [
        f"Training in pairs changed the test metric by {size.mean:+.4f} on average"
        f"{_between(size.low, size.high, 4)}; {size.share_positive:.0%} of {size.pairs} pairs "
        f"gained, {size.beyond.gain} of them beyond their own 95 % interval, and "
        f"{size.beyond.loss} lost beyond it"
    ]
    best = max(
        found.foretold.items(),
        key=lambda item: np.nan_to_num(item[1].pairs.pearson, nan=-2.0),
        default=None,
    )
    if best is not None and np.isfinite(best[1].pairs.pearson):
        name, view = best[0], best[1].pairs
        said = "goes with it best" if view.mantel_p <= 0.05 else "comes closest, without being established"
        told.append(
            f"{name} {said}: r = {view.pearson:.2f}{_between(view.low, view.high, 2)}, "
            f"Mantel p = {view.mantel_p:.4f}"
        )
    return f"{'; '.join(told)}."


def _between(low: float, high: float, digits: int) -> str:
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    return f" ({low:.{digits}f} to {high:.{digits}f} over tasks)"


def forecast_sentence(found: Forecast) -> str:
    """Return how many trainings there would be, and how long they would take."""
    left = found.trainings - found.stored
    time = "" if np.isnan(found.seconds) else f", about {duration(found.seconds)} one after the other"
    return (
        f"{count_of(found.trainings, 'training')}, {found.stored:,} of them finished already; "
        f"{left:,} to run{time} ({found.measured_on})."
    )
