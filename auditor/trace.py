"""What one training leaves behind for the estimators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Trace:
    """The per-task gradients of one training, as Gram matrices.

    Parameters
    ----------
    tasks
        Task names (t,).
    seed
        Of the initial parameters, the batches and the dropout masks.
    steps, epochs
        Optimiser step and epoch of each log (k,), both counted from 0.
    gram
        Inner products of the tasks' encoder gradients at each log (k, t, t), float64; NaN in the
        rows and columns of a task with no label in that batch or no gradient.
    labels
        Labels per task in each logged batch (k, t).
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
    labels: NDArray[np.int64]
    training_loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    best_epoch: int
    parameters: int
    duration_s: float
