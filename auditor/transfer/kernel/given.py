"""What recipients gain for compounds that are given, of which no label is needed, and how far these lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from auditor.transfer.kernel.auroc import auroc_of_r2
from auditor.transfer.kernel.choice import expected_reduction
from auditor.transfer.kernel.gain import Both, Gain, Scale, Target, Task, pair_of, prior_variance
from auditor.transfer.kernel.held_out import R_NODES
from auditor.transfer.kernel.interval import Estimate
from auditor.transfer.kernel.joint import own
from auditor.transfer.kernel.together import FromAll, Relations, joined, of_target, pooled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.panel import Panel

GIVEN: Target = "given"


@dataclass(frozen=True)
class Nearness:
    """How near compounds that are given come to a task's own labels, beside its left-out scaffolds.

    Parameters
    ----------
    given, left_out
        Share of the label variance that the task's own labels explain by the model: of the given
        compounds, and of left-out scaffolds, which measured gains rest on.
    compounds
        How many of those given have no label of the task.
    """

    given: float
    left_out: float
    compounds: int

    @property
    def share(self) -> float:
        """What is explained, as a share of what it is for left-out scaffolds."""
        return self.given / self.left_out if self.left_out > 0 else float("nan")


def nearness(panel: Panel, task: Task) -> Nearness:
    """Return how near the given compounds come to a task's labels, as the model sees them."""
    rows = without_labels(panel, task)
    every = np.ones(len(task.column.rows), dtype=bool)
    left_out = 1 - float(task.alone.variance.mean()) / prior_variance(task, every)
    if not len(rows):
        return Nearness(float("nan"), left_out, 0)
    prior, alone = _alone(panel, task, rows)
    return Nearness(alone / prior, left_out, len(rows))


def without_labels(panel: Panel, task: Task) -> NDArray[np.int64]:
    """Return the given compounds of which the task has no label among those that take part."""
    return np.setdiff1d(panel.given, task.column.rows)


def with_given(panel: Panel, first: Task, second: Task, both: Both) -> Both:
    """Return a pair with what either gains for the given compounds."""
    gains, pair, tasks = dict(both.gains), pair_of(panel, first, second), (first, second)
    for place, task in enumerate(tasks):
        donor, rows = tasks[1 - place], without_labels(panel, task)
        crossed = gains.get((place, _like(donor.column.rows, rows)), gains.get((place, "new")))
        if crossed is None or not len(rows):
            continue
        prior, alone = _alone(panel, task, rows)
        i, j = task.share, donor.share
        signal = np.sqrt(i.signal * j.signal) * panel.similarity.block(donor.column.rows, rows)
        noise = np.sqrt(i.noise * j.noise) * (donor.column.rows[:, None] == rows)
        mine = i.signal * panel.similarity.block(task.column.rows, rows)
        explained = np.empty(len(R_NODES))
        for node, r in enumerate(R_NODES):
            theirs = r * signal + both.relation.rho * noise
            across = [mine, theirs] if place == 0 else [theirs, mine]
            covariance = pair.covariance(float(r), both.relation.rho)
            explained[node] = _explained(covariance, np.concatenate(across))
        fall = (explained - alone) / prior
        predicted = expected_reduction(fall, crossed.r, both.relation.log_r_at_rho)
        gains[place, GIVEN] = _moved(task, crossed, predicted, alone / prior, len(rows))
    return replace(both, gains=gains)


def all_given(
    panel: Panel, tasks: Sequence[Task | None], recipient: int, relations: Relations, found: FromAll
) -> FromAll:
    """Return what a recipient gains from all its donors with the gain for the given compounds."""
    task = tasks[recipient]
    assert task is not None
    rows = without_labels(panel, task)
    pool = pooled(tasks, recipient, relations.r[recipient])
    crossed = found.gains.get(_like(pool.rows, rows), found.gains.get("new"))
    if crossed is None or not len(rows):
        return found
    prior, alone = _alone(panel, task, rows)
    covariance, across = joined(panel, tasks, recipient, pool, rows, relations)
    fall = (_explained(covariance, across) - alone) / prior
    predicted = (fall, crossed.r2.predicted_error)
    gain = _moved(task, crossed, predicted, alone / prior, len(rows))
    return replace(found, gains={**found.gains, GIVEN: of_target(gain)})


def _like(known: NDArray[np.int64], rows: NDArray[np.int64]) -> Target:
    """Return which cross-validated target the given compounds are like: most are measured, or not."""
    return "measured" if len(rows) and np.isin(rows, known).mean() > 0.5 else "new"


def _alone(panel: Panel, task: Task, rows: NDArray[np.int64]) -> tuple[float, float]:
    """Return the mean variance of the task's labels of compounds, and what its own labels explain of it."""
    share = task.share
    prior = share.signal * panel.similarity.diagonal(rows) + share.noise
    across = share.signal * panel.similarity.block(task.column.rows, rows)
    return float(prior.mean()), _explained(own(task.kernel, share), across)


def _explained(covariance: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    """Return the mean variance that labels of a covariance (m, m) explain, by what they share (m, n)."""
    root = cholesky(covariance, lower=True, check_finite=False)
    reach = solve_triangular(root, across, lower=True)
    return float((reach**2).sum(axis=0).mean())


def _moved(task: Task, crossed: Gain, predicted: tuple[float, float], single: float, targets: int) -> Gain:
    """Return a gain for compounds without labels, as far off as it was on left-out scaffolds.

    What the cross-validated gain had over its prediction is added, with its error: the labels that
    would measure it are not there.
    """
    r2 = _shifted(crossed.r2, *predicted, single)
    if crossed.auroc is None or task.column.positive is None:
        return replace(crossed, r2=r2, auroc=None, targets=targets)
    fraction = float(task.column.positive.mean())
    steps = (0.0, predicted[0], predicted[0] + predicted[1])
    ends = [auroc_of_r2(single + step, fraction) for step in steps]
    auroc = _shifted(crossed.auroc, ends[1] - ends[0], ends[2] - ends[1], ends[0])
    return replace(crossed, r2=r2, auroc=auroc, targets=targets)


def _shifted(crossed: Scale, predicted: float, error: float, single: float) -> Scale:
    measured = crossed.measured
    value = predicted + measured.value - crossed.predicted
    return Scale(predicted, error, Estimate(value, measured.error, measured.freedom), single)
