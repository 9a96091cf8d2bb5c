"""What one training leaves behind for the estimators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Trace:
    """What one training logged of its tasks.

    Parameters
    ----------
    tasks
        Task names (t,).
    seed
        Of the initial parameters, the batches and the dropout masks.
    steps, epochs
        Optimiser step and epoch of each log (k,), both counted from 0.
    gram
        Inner products of the tasks' encoder gradients at each log (k, t, t), float64 (beyond 200 tasks
        kept in float32); NaN in the
        rows and columns of a task with no label in that batch or no gradient. (0, t, t) if no
        estimator asked for gradients.
    errors
        Inner products of the tasks' errors at each log (k, t, t), float64: of the derivatives of the
        loss by a task's outputs, one per compound of the batch; NaN as in ``gram``.
    losses
        Loss per task at each log (k, t); NaN where the task has no label in the batch.
    labels
        Labels per task in each logged batch (k, t).
    pooled
        Per epoch, inner products of the gradients summed over the epoch's logs (e, t, t), float64, in
        the order of ``pooled_epochs`` (e,); (0, t, t) where rows were not kept.
    lookahead
        ``[i, s, r]``: the relative fall of recipient r's loss on the batch after a step of the shared
        parameters down source s's gradient, per unit of learning rate (k, t, t); (0, t, t) if no
        estimator asked.
    directions
        Random directions along which ``gram`` was estimated; None where it is exact.
    every, total_steps
        Steps from one scheduled log to the next, and optimiser steps in all.
    training_loss, validation_loss
        Mean over tasks of the masked loss, one per epoch; what early stopping watches.
    best_epoch
        The epoch of the lowest validation loss.
    parameters
        Number of shared parameters d.
    duration_s
        Training time in seconds, over all parts of a resumed run.
    """

    tasks: tuple[str, ...]
    seed: int
    steps: NDArray[np.int64]
    epochs: NDArray[np.int64]
    gram: NDArray[np.float64]
    errors: NDArray[np.float64]
    losses: NDArray[np.float64]
    labels: NDArray[np.int64]
    pooled: NDArray[np.float64]
    pooled_epochs: NDArray[np.int64]
    lookahead: NDArray[np.float64]
    directions: int | None
    every: int
    total_steps: int
    training_loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    best_epoch: int
    parameters: int
    duration_s: float

    @property
    def scheduled(self) -> int:
        """Number of logs that logging from the first step to the last gives."""
        return -(-self.total_steps // self.every)

    def last(self, window: float) -> NDArray[np.bool_]:
        """Return which logs (k,) lie in the last fraction of those scheduled.

        Raises
        ------
        UsageError
            The window is not above 0 and up to 1.
        """
        if not 0 < window <= 1:
            raise UsageError(f"a window of {window}", hint="give a fraction above 0, up to 1")
        first = self.scheduled - math.ceil(window * self.scheduled)
        inside: NDArray[np.bool_] = self.steps // self.every >= first
        return inside
