"""How well predicted gains meet those of groups in a table whose noise is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains


@dataclass(frozen=True)
class Accuracy:
    """Accuracy over the cells of held-out groups, of gains that were measured once.

    Luck of a task trained alone, which is in all of its gains, counts as skill here; gains that this
    project measured are judged by `auditor.transfer.predicted.crossed`.

    Parameters
    ----------
    r2, pearson
        Over all (group, task) cells. Much of both is which task it is.
    within_r2
        The same after the measured mean of each task is taken off: whether the prediction tells one
        group of a task from another, which is what grouping needs. 0 for the best constant per task.
    cells, predicted
        Measured cells, and those of them for which there was a prediction.
    """

    r2: float
    pearson: float
    within_r2: float
    cells: int
    predicted: int


def assess(predicted: NDArray[np.float64], held: GroupGains) -> Accuracy:
    """Return the accuracy of predicted gains (g, t) on groups that the predictor has not seen.

    A measured cell without a prediction counts as none: the accuracy is that of the others, whose
    number is told.
    """
    cells = held.measured & np.isfinite(predicted)
    y, p = held.gains[cells], predicted[cells]
    task = np.nonzero(cells)[1]
    return Accuracy(
        r2=r_squared(y, p),
        pearson=correlation(y, p),
        within_r2=r_squared(y, p, level=_task_means(y, task, held.t)[task]),
        cells=int(held.measured.sum()),
        predicted=len(y),
    )


def r_squared(
    y: NDArray[np.float64], p: NDArray[np.float64], *, level: NDArray[np.float64] | None = None
) -> float:
    """Return 1 - squared error / squared distance from ``level``, the mean of y if None."""
    if len(y) < 2:
        return float("nan")
    around = y - (y.mean() if level is None else level)
    spread = float(around @ around)
    return 1.0 - float((y - p) @ (y - p)) / spread if spread > 1e-300 else float("nan")


def _task_means(y: NDArray[np.float64], task: NDArray[np.int64], t: int) -> NDArray[np.float64]:
    count = np.bincount(task, minlength=t)
    mean: NDArray[np.float64] = np.bincount(task, weights=y, minlength=t) / np.maximum(count, 1)
    return mean
