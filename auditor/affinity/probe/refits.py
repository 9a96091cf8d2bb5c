"""Gains of tasks from being fitted together, by linear refits on random splits of the compounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.affinity.probe.linear_refit import Rows, refit
from auditor.seeding import derive
from auditor.statistics.metrics import auroc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.probe.per_sample import Cells
    from auditor.affinity.probe.projection import Projected

Metric = Literal["log-likelihood", "auroc"]
LEAST_FITTED = 10
"""Labels that a task needs on the fitted side, and LEAST_HELD_OUT on the other."""
LEAST_HELD_OUT = 5


@dataclass(frozen=True)
class Plan:
    """How refits are made.

    Parameters
    ----------
    splits, held_out
        Random splits of the compounds, and the fraction of them that no refit sees.
    subsets, size
        Random sets of tasks over all splits, and tasks in each; 0 subsets for all pairs.
    ridge
        Factor of |d|^2 / 2 beside the summed loss.
    metric
        How a refit is judged on held-out labels.
    """

    splits: int
    held_out: float
    subsets: int
    size: int
    ridge: float
    metric: Metric

    def refits(self, tasks: int) -> int:
        """Return how many refits all splits take."""
        sets = tasks * (tasks - 1) // 2 if self.subsets == 0 else -(-self.subsets // self.splits)
        return self.splits * (tasks + sets)


def gains(
    cells: Cells,
    projected: Projected,
    classification: NDArray[np.bool_],
    plan: Plan,
    *,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float64]:
    """Return what a recipient gains from a source, per split (r, t, t), rows being sources.

    The metric of the recipient after a refit on both less that after a refit on itself alone; with
    random subsets, the mean over those that hold both of the same difference. NaN where one of them has
    too few labels on a side. The diagonal is NaN.

    A compound is on one side with all its labels.
    """
    table = [
        Rows(
            projected.outputs[own],
            projected.gradients[own],
            cells.labels[own],
            bool(kind),
        )
        for own, kind in ((cells.tasks == task, kind) for task, kind in enumerate(classification))
    ]
    owners = [cells.compounds[cells.tasks == task] for task in range(len(table))]
    names = np.unique(cells.compounds)
    found = np.full((plan.splits, len(table), len(table)), np.nan)
    for split in range(plan.splits):
        rng = np.random.default_rng(derive(seed, "split", split))
        away = rng.permutation(names)[: round(plan.held_out * len(names))]
        held = [np.isin(compounds, away) for compounds in owners]
        found[split] = _gains_of(
            [rows.take(~out) for rows, out in zip(table, held, strict=True)],
            [rows.take(out) for rows, out in zip(table, held, strict=True)],
            plan,
            rng,
            advance,
        )
    return found


def score(rows: Rows, shift: NDArray[np.float64], metric: Metric) -> float:
    """Return the metric of held-out labels, higher is better; NaN where it does not exist.

    The log-likelihood is the mean per label, of a regression with unit variance and up to a constant.
    """
    predicted = rows.predict(shift)
    if metric == "log-likelihood":
        return -float(rows.losses(predicted).mean())
    if not rows.classification:
        return float("nan")
    return float(auroc(rows.labels, predicted, np.ones((1, len(predicted))))[0])


def _gains_of(
    fitted: Sequence[Rows],
    held: Sequence[Rows],
    plan: Plan,
    rng: np.random.Generator,
    advance: Callable[[int], None],
) -> NDArray[np.float64]:
    t = len(fitted)
    zero = np.zeros(fitted[0].vectors.shape[1])
    usable = [
        task
        for task in range(t)
        if len(fitted[task].labels) >= LEAST_FITTED and len(held[task].labels) >= LEAST_HELD_OUT
    ]
    curved = {task: fitted[task].curvature(zero) for task in usable}
    alone = np.full(t, np.nan)
    for task in usable:
        shift = refit([fitted[task]], [curved[task]], ridge=plan.ridge)
        alone[task] = score(held[task], shift, plan.metric)
    advance(t)
    sums, counts = np.zeros((t, t)), np.zeros((t, t))
    for members in _sets(usable, plan, rng):
        shift = refit([fitted[m] for m in members], [curved[m] for m in members], ridge=plan.ridge)
        for recipient in members:
            sources = [m for m in members if m != recipient]
            sums[sources, recipient] += score(held[recipient], shift, plan.metric) - alone[recipient]
            counts[sources, recipient] += 1
        advance(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)


def _sets(usable: Sequence[int], plan: Plan, rng: np.random.Generator) -> list[list[int]]:
    if plan.subsets == 0:
        return [[a, b] for at, a in enumerate(usable) for b in usable[at + 1 :]]
    size = min(plan.size, len(usable))
    if size < 2:
        return []
    count = -(-plan.subsets // plan.splits)
    return [sorted(int(m) for m in rng.choice(usable, size, replace=False)) for _ in range(count)]
