"""What a recipient gains from one donor: predicted in closed form, and measured on scaffolds left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.transfer.kernel.auroc import auroc_gain, auroc_of, auroc_of_r2
from auditor.transfer.kernel.choice import at, choose, expected_reduction
from auditor.transfer.kernel.held_out import Left, Together, alone, together
from auditor.transfer.kernel.interval import Estimate, clustered, expected
from auditor.transfer.kernel.joint import Pair, Relation, relate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.panel import Column, Panel
    from auditor.transfer.kernel.share import Share

Target = Literal["new", "measured", "given"]
CROSSED: tuple[Target, ...] = ("new", "measured")
"""Targets that are cross-validated."""
TARGETS: tuple[Target, ...] = (*CROSSED, "given")
FEWEST_TARGETS = 30
"""Target compounds below which no gain is given."""


@dataclass(frozen=True)
class Scale:
    """A gain on one scale: R² (a share of the labels' variance), or AUROC.

    Parameters
    ----------
    predicted, predicted_error
        In closed form, from the model, and the standard error that r's posterior gives it.
    measured
        On scaffolds left out, with an r that does not know them.
    single
        What the recipient reaches alone on the same compounds.
    """

    predicted: float
    predicted_error: float
    measured: Estimate
    single: float

    @property
    def expected(self) -> Estimate:
        """The mean of both, with the interval that is meant to hold the gain of other compounds."""
        return expected(self.predicted, self.predicted_error, self.measured)


@dataclass(frozen=True)
class Gain:
    """What one recipient gains from some donor labels.

    Parameters
    ----------
    r2, auroc
        By scale; AUROC for two classes only.
    r
        Correlation of what similarity explains of both tasks, as chosen for this target; NaN for
        several donors.
    targets
        Compounds that it is measured on.
    """

    r2: Scale
    auroc: Scale | None
    r: float
    targets: int


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
    without
        r for the target ``new`` from all labels but those of a fold, by place of the recipient and fold.
    """

    relation: Relation
    shared: int
    gains: dict[tuple[int, Target], Gain]
    without: tuple[dict[int, float], dict[int, float]]


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
    without: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for place, task in enumerate((first, second)):
        known = pair.same.any(axis=1 - place)
        for target in CROSSED:
            targets = known if target == "measured" else np.ones(len(known), dtype=bool)
            if targets.sum() >= FEWEST_TARGETS:
                gain, by_fold = _gain(panel, task, left, present, relation, place, target, targets)
                gains[place, target] = gain
                if target == "new":
                    without[place].update(zip(present.tolist(), by_fold.tolist(), strict=True))
    return Both(relation, pair.shared, gains, without)


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


def prior_variance(task: Task, targets: NDArray[np.bool_]) -> float:
    """Return the mean variance of a task's target labels under the model, before any is known."""
    share = task.share
    return float((share.signal * np.diag(task.kernel) + share.noise)[targets].mean())


def weigh(
    task: Task,
    groups: NDArray[np.int64],
    targets: NDArray[np.bool_],
    error: NDArray[np.float64],
    reduction: tuple[float, float],
    *,
    r: float = float("nan"),
) -> Gain:
    """Return the gain of a recipient from what predicts its target compounds with some donor.

    Parameters
    ----------
    groups
        Of the recipient's compounds (m,).
    targets
        Which of them are targets (m,).
    error
        Errors with the donor, made without knowledge of the label (m,).
    reduction
        What the model expects of the gain in R², and the standard error of that.
    """
    z, groups = task.column.z[targets], groups[targets]
    before, after = task.alone.error[targets], error[targets]
    square = (z - z.mean()) ** 2
    r2 = Scale(
        *reduction,
        clustered(before**2 - after**2, square, groups),
        1 - float((before**2).sum() / square.sum()),
    )
    found = Gain(r2, None, r, int(targets.sum()))
    if task.column.positive is None:
        return found
    alone_r2 = 1 - float(task.alone.variance[targets].mean()) / prior_variance(task, targets)
    positive, fraction = task.column.positive, float(task.column.positive.mean())
    ends = [
        auroc_of_r2(alone_r2 + step, fraction)
        for step in (0.0, r2.predicted, r2.predicted + r2.predicted_error)
    ]
    measured = auroc_gain(positive[targets], z - before, z - after, groups)
    single = auroc_of(positive[targets], z - before)
    return replace(found, auroc=Scale(ends[1] - ends[0], ends[2] - ends[1], measured, single))


def _gain(
    panel: Panel,
    task: Task,
    left: Together,
    present: NDArray[np.int64],
    relation: Relation,
    place: int,
    target: Target,
    targets: NDArray[np.bool_],
) -> tuple[Gain, NDArray[np.float64]]:
    """Return the gain for one target, and r without each fold."""
    rows = task.column.rows
    with_donor = (left.new if target == "new" else left.measured)[place]
    fold = np.searchsorted(present, panel.folds[rows])
    choice = choose(
        relation.log_r_at_rho,
        left.log_density,
        task.alone.error[targets],
        with_donor.error[:, targets],
        fold[targets],
    )
    error = at(with_donor, choice.without[fold]).error
    fall = task.alone.variance[targets].mean() - with_donor.variance[:, targets].mean(axis=1)
    reduction = expected_reduction(fall / prior_variance(task, targets), choice.r, relation.log_r_at_rho)
    return weigh(task, panel.groups[rows], targets, error, reduction, r=choice.r), choice.without
