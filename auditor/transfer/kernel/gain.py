"""What a recipient gains from one donor: predicted in closed form, and measured on scaffolds left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.transfer.kernel.auroc import auroc_gain, auroc_of_r2
from auditor.transfer.kernel.choice import Choice, at, choose
from auditor.transfer.kernel.held_out import Left, Together, alone, together
from auditor.transfer.kernel.interval import clustered
from auditor.transfer.kernel.joint import Pair, Relation, relate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.panel import Column, Panel
    from auditor.transfer.kernel.share import Share

Target = Literal["new", "measured"]
TARGETS: tuple[Target, ...] = ("new", "measured")
FEWEST_TARGETS = 30
"""Target compounds below which no gain is given."""


@dataclass(frozen=True)
class Interval:
    """A gain and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Gain:
    """What one recipient gains from some donor labels, in R²: a share of its labels' variance.

    Parameters
    ----------
    predicted
        In closed form, from the model.
    measured
        On scaffolds left out, r chosen without them.
    single
        R² of the recipient alone on the same target compounds.
    r
        Correlation of what similarity explains of both tasks, as chosen for this target.
    targets
        Compounds that it is measured on.
    predicted_auroc, measured_auroc
        The same in AUROC, for two classes; else None.
    """

    predicted: float
    measured: Interval
    single: float
    r: float
    targets: int
    predicted_auroc: float | None = None
    measured_auroc: Interval | None = None


@dataclass(frozen=True)
class Task:
    """A task as its pairs see it: its labels, its own kernel, h, and its predictions from itself alone."""

    column: Column
    kernel: NDArray[np.float64]
    share: Share
    alone: Left


@dataclass(frozen=True)
class Both:
    """Two tasks in both directions.

    Parameters
    ----------
    relation
        The posterior of r and ρ.
    shared
        Compounds with a label in both.
    gains
        By place of the recipient (0 or 1) and target; a target with too few compounds has none.
    """

    relation: Relation
    shared: int
    gains: dict[tuple[int, Target], Gain]


def task_of(panel: Panel, column: Column, share: Share, kernel: NDArray[np.float64]) -> Task:
    """Return a task with its predictions from itself alone."""
    return Task(column, kernel, share, alone(kernel, column.z, share, panel.folds[column.rows]))


def gains_of(panel: Panel, first: Task, second: Task) -> Both:
    """Return what two tasks gain from one another."""
    pair = pair_of(panel, first, second)
    relation = relate(pair)
    rows = (first.column.rows, second.column.rows)
    left = together(pair, (panel.folds[rows[0]], panel.folds[rows[1]]), relation.rho)
    present = np.unique(panel.folds[np.concatenate(rows)])
    gains: dict[tuple[int, Target], Gain] = {}
    for place, task in enumerate((first, second)):
        known = pair.same.any(axis=1 - place)
        for target in TARGETS:
            targets = known if target == "measured" else np.ones(len(known), dtype=bool)
            if targets.sum() >= FEWEST_TARGETS:
                gains[place, target] = _gain(panel, task, left, present, relation, place, target, targets)
    return Both(relation, pair.shared, gains)


def pair_of(panel: Panel, first: Task, second: Task) -> Pair:
    """Return two tasks as one Gaussian."""
    i, j = first.column, second.column
    return Pair(
        first.kernel,
        second.kernel,
        panel.similarity.block(i.rows, j.rows),
        i.rows[:, None] == j.rows,
        (i.z, j.z),
        (first.share, second.share),
    )


def weigh(
    task: Task,
    groups: NDArray[np.int64],
    targets: NDArray[np.bool_],
    expected: NDArray[np.float64],
    error: NDArray[np.float64],
    r: float,
) -> Gain:
    """Return the gain of a recipient from what predicts its target compounds with some donor.

    Parameters
    ----------
    groups
        Of the recipient's compounds (m,).
    targets
        Which of them are targets (m,).
    expected
        Variance that the model expects of each label's error with the donor (m,).
    error
        Errors with the donor, at an r that does not know the label (m,).
    r
        What the predictions with all labels use.
    """
    z, groups, share = task.column.z[targets], groups[targets], task.share
    before, after = task.alone.error[targets], error[targets]
    prior = (share.signal * np.diag(task.kernel) + share.noise)[targets].sum()
    explained = [1 - float(v[targets].sum() / prior) for v in (task.alone.variance, expected)]
    square = (z - z.mean()) ** 2
    measured = Interval(*clustered(before**2 - after**2, square, groups))
    found = Gain(
        predicted=explained[1] - explained[0],
        measured=measured,
        single=1 - float((before**2).sum() / square.sum()),
        r=r,
        targets=int(targets.sum()),
    )
    if task.column.positive is None:
        return found
    positive = task.column.positive[targets]
    fraction = float(task.column.positive.mean())
    auroc = [auroc_of_r2(value, fraction) for value in explained]
    return replace(
        found,
        predicted_auroc=auroc[1] - auroc[0],
        measured_auroc=Interval(*auroc_gain(positive, z - before, z - after, groups)),
    )


def _gain(
    panel: Panel,
    task: Task,
    left: Together,
    present: NDArray[np.int64],
    relation: Relation,
    place: int,
    target: Target,
    targets: NDArray[np.bool_],
) -> Gain:
    rows = task.column.rows
    with_donor = (left.new if target == "new" else left.measured)[place]
    fold = np.searchsorted(present, panel.folds[rows])
    choice: Choice = choose(
        relation.log_r,
        left.log_density,
        task.alone.error[targets],
        with_donor.error[:, targets],
        fold[targets],
    )
    error = at(with_donor, choice.without[fold]).error
    expected = at(with_donor, choice.r).variance
    return weigh(task, panel.groups[rows], targets, expected, error, choice.r)
