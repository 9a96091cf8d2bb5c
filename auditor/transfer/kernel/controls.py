"""Donors of which the answer is known: shuffled labels, the task's own labels, and these negated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.seeding import derive
from auditor.transfer.kernel.gain import Gain, Task, gains_of, prior_variance, task_of, weigh
from auditor.transfer.kernel.held_out import alone
from auditor.transfer.kernel.panel import LEAST
from auditor.transfer.kernel.share import share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.panel import Panel


@dataclass(frozen=True)
class Control:
    """What a task gains from donors of which the answer is known, on compounds of new scaffolds.

    Parameters
    ----------
    task
        Its name.
    shuffled
        From a donor of the panel, its labels shuffled: nothing.
    copy, negated
        Half of the task from its other half as a donor, as it is and with negated labels.
    own
        Half of the task from its other half as labels of its own: what ``copy`` should find.
    """

    task: str
    shuffled: Gain | None
    copy: Gain | None
    negated: Gain | None
    own: Gain | None


def control(panel: Panel, task: Task, donor: Task | None, *, seed: int) -> Control:
    """Return the controls of a task; a part is None where there are too few labels for it."""
    rng = np.random.default_rng(derive(seed, "transfer-gain", "controls", task.column.name))
    shuffled = None
    if donor is not None:
        mixed = _with_labels(panel, donor, rng.permutation(donor.column.z))
        shuffled = gains_of(panel, task, mixed).gains.get((0, "new"))
    order = rng.permutation(len(task.column.rows))
    halves = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
    if len(halves[0]) < LEAST:
        return Control(task.column.name, shuffled, None, None, None)
    first, second = (_part(panel, task, half) for half in halves)
    opposite = _with_labels(panel, second, -second.column.z)
    copy, negated = (gains_of(panel, first, other).gains.get((0, "new")) for other in (second, opposite))
    return Control(task.column.name, shuffled, copy, negated, _own(panel, task, first, halves[0]))


def _own(panel: Panel, task: Task, half: Task, rows: NDArray[np.int64]) -> Gain:
    """Return what half of a task gains when it has all labels of the task."""
    share = half.share
    left = alone(task.kernel, task.column.z, share, panel.folds[task.column.rows])
    every = np.ones(len(rows), dtype=bool)
    fall = float((half.alone.variance - left.variance[rows]).mean()) / prior_variance(half, every)
    return weigh(half, panel.groups[half.column.rows], every, left.error[rows], (fall, 0.0), r=1.0)


def _with_labels(panel: Panel, task: Task, z: NDArray[np.float64]) -> Task:
    return task_of(panel, replace(task.column, z=z, positive=None), share_of(task.kernel, z), task.kernel)


def _part(panel: Panel, task: Task, rows: NDArray[np.int64]) -> Task:
    """Return a task with some of its labels, on the scale of the whole."""
    column, kernel = task.column, task.kernel[np.ix_(rows, rows)]
    positive = None if column.positive is None else column.positive[rows]
    some = replace(column, rows=column.rows[rows], z=column.z[rows], positive=positive)
    return task_of(panel, some, share_of(kernel, some.z), kernel)
