"""How well gains are predicted, judged by trainings and test compounds that the prediction never saw.

A gain is measured against the task alone, so that luck of that one training, or of the test compounds, is
in every gain of the task, on whichever side of a fold: a prediction that knows nothing else seems right.
So the gains are measured twice: by one part of the seeds on one half of the test compounds, and by the
others on the other half. What is learned from one is judged by the other, and the reverse; groups are left
out besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.statistics.replication import mean_over_seeds
from auditor.transfer.group_gains import GroupGains, choose_groups, group_gains
from auditor.transfer.predicted.folds import fold_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.predictor import Fit

AGREED = 0.05
"""The p up to which a difference counts as shown."""
FEWEST_SEEDS = 2
FEWEST_GROUPS = 4


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of predictions on the other half of the seeds and test compounds.

    NaN with a single seed, and where fewer than `FEWEST_GROUPS` groups have a gain on both halves.

    Parameters
    ----------
    within_r2
        1 - squared error / squared distance from the mean gain of the task in the other groups: whether one
        group of a task is told from another, which is what grouping needs. The level of a task does not
        count on either side. Exactly 0 for the mean of the task, as for any constant.
    within_ceiling
        What a prediction that knows every expected gain is expected to reach: the products of the two
        measurements / their squares. Without bias in either part, so that it can be below 0.
    within_p
        Of the null that predictions within tasks have nothing to do with the gains: one-sided t test over
        groups, twice the smaller p of the two directions.
    differ_p
        Of the null that the two measurements within tasks have nothing to do with one another: whether
        groups of a task differ at all, so that there is something to predict.
    cells, predicted
        Measured cells, and those of them that were judged.
    """

    within_r2: float
    within_ceiling: float
    within_p: float
    differ_p: float
    cells: int
    predicted: int

    @property
    def told_apart(self) -> bool:
        """Whether predictions tell one group of a task from another, beyond chance."""
        return self.within_r2 > 0 and self.within_p <= AGREED


def crossed(fit: Fit, table: GroupGains, *, seed: int) -> Accuracy:
    """Return the accuracy of predictions learned from one half of the gains and judged by the other.

    Whole groups are left out in turn; ``seed`` is that of the folds.
    """
    nan, cells = float("nan"), int(table.measured.sum())
    pair = halves_of(table)
    if pair is None:
        return Accuracy(nan, nan, nan, nan, cells, 0)
    found = [gains_apart(fit, one, seed) for one in pair]
    inside = np.logical_and.reduce([np.isfinite(part) for each in found for part in each])
    p, y = ([np.where(inside, each[place], 0.0) for each in found] for place in (0, 1))
    spread = float((y[0] ** 2 + y[1] ** 2).sum())
    missed = float(((y[1] - p[0]) ** 2 + (y[0] - p[1]) ** 2).sum())
    # noise of the two measurements is independent, so that their product holds the true differences alone
    common = 2.0 * float((y[0] * y[1]).sum())
    return Accuracy(
        within_r2=1.0 - missed / spread if spread > 1e-300 else nan,
        within_ceiling=common / spread if spread > 1e-300 else nan,
        within_p=min(1.0, 2 * min(_p(p[0], y[1], inside), _p(p[1], y[0], inside))),
        differ_p=_p(pair[0].gains, pair[1].gains, inside),
        cells=cells,
        predicted=int(inside.sum()),
    )


def gains_apart(fit: Fit, table: GroupGains, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what is predicted of every left-out group and what it gained (g, t), both without level.

    From either the mean of the task over the groups fitted on is taken: of what is predicted of them, and
    of their gains. Were one mean taken from both, a prediction of nothing would seem to know something.
    """
    predicted, gained = np.full(table.members.shape, np.nan), np.full(table.members.shape, np.nan)
    for held in fold_rows(table.g, seed=seed):
        kept = np.ones(table.g, dtype=np.bool_)
        kept[held] = False
        train = choose_groups(table, kept)
        predict = fit(train)
        own = np.where(train.measured, predict(train.members), np.nan)
        predicted[held] = predict(table.members[held]) - mean_over_seeds(own)
        gained[held] = table.gains[held] - mean_over_seeds(train.gains)
    return predicted, gained


def halves_of(table: GroupGains) -> tuple[GroupGains, GroupGains] | None:
    """Return the gains measured twice, without a seed or a test compound in common, of the same groups.

    The first, third and so on seed go with the first half of the test compounds. None with one seed, or
    where too few groups have a gain on both halves.
    """
    if table.halves.shape[1] < FEWEST_SEEDS:
        return None
    gains = [mean_over_seeds(table.halves[half, half::2]) for half in (0, 1)]
    rows = (np.isfinite(gains[0]) & np.isfinite(gains[1])).any(axis=1)
    if rows.sum() < FEWEST_GROUPS:
        return None
    first, second = (group_gains(table.tasks, table.members[rows], part[rows]) for part in gains)
    return first, second


def measurements(table: GroupGains) -> list[dict[str, Any]]:
    """Return every gain by each half of the test compounds and each seed, for a document."""
    return [
        {
            "tasks": [name for name, inside in zip(table.tasks, table.members[row], strict=True) if inside],
            "task": table.tasks[task],
            "gain": float(table.gains[row, task]),
            "first_half": table.halves[0, :, row, task],
            "second_half": table.halves[1, :, row, task],
        }
        for row, task in zip(*np.nonzero(table.measured), strict=True)
    ]


def _p(said: NDArray[np.float64], gains: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Return the one-sided p of their products within tasks, groups being what varies independently.

    The mean of a task was taken from its few gains, which makes their squares too small by 1 - 1/n.

    Reference: MacKinnon & White 1985, J. Econometrics 29:305 (HC3).
    """
    from scipy.stats import t as student

    count = inside.sum(axis=0)
    told, found = (_within_tasks(values, inside) for values in (said, gains))
    scale = float(np.sqrt((told**2).sum() * (found**2).sum()))
    products = (told * found).sum(axis=1)
    error = float(np.sqrt(((told * found * count / np.maximum(count - 1, 1)).sum(axis=1) ** 2).sum()))
    if error <= 1e-12 * scale or not scale > 1e-300:
        return 1.0
    return float(student.sf(products.sum() / error, inside.any(axis=1).sum() - 1))


def _within_tasks(values: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return values less the mean of their task (g, t); 0 outside."""
    kept = np.where(inside, values, 0.0)
    mean = kept.sum(axis=0) / np.maximum(inside.sum(axis=0), 1)
    return np.where(inside, kept - mean, 0.0)
