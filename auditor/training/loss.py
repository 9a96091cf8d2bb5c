"""Labels in batches, and the masked loss that training minimises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from auditor.training.ragged import owners, positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark


@dataclass(frozen=True)
class Targets:
    """The labels of a batch.

    Parameters
    ----------
    values
        Labels (b, t), 0 where none was measured; regression labels standardised.
    measured
        1 where a label was measured, else 0 (b, t).
    classification
        Whether each task is a classification (t,).
    """

    values: torch.Tensor
    measured: torch.Tensor
    classification: torch.Tensor


@dataclass(frozen=True)
class TargetTable:
    """The labels of all compounds, stored by compound, from which batches are cut.

    Parameters
    ----------
    starts
        Where each compound begins in ``tasks`` and ``values`` (n + 1,).
    tasks, values
        Task index and label, regression labels standardised, both (number of labels,).
    classification
        Whether each task is a classification (t,).
    """

    starts: torch.Tensor
    tasks: torch.Tensor
    values: torch.Tensor
    classification: torch.Tensor

    def batch(self, compounds: torch.Tensor) -> Targets:
        """Return the labels of some compounds, given by index (b,)."""
        starts = self.starts[compounds]
        lengths = self.starts[compounds + 1] - starts
        at = positions(starts, lengths)
        shape = (len(compounds), len(self.classification))
        cell = (owners(lengths), self.tasks[at].long())
        values = self.values.new_zeros(shape).index_put_(cell, self.values[at])
        measured = self.values.new_zeros(shape).index_put_(cell, self.values.new_ones(()))
        return Targets(values, measured, self.classification)


def target_table(
    benchmark: Benchmark, train: NDArray[np.int64], *, device: str | torch.device = "cpu"
) -> TargetTable:
    """Return a benchmark's labels for training.

    Regression labels are standardised with the mean and standard deviation of the task's labels
    among the training compounds alone; a task without spread there is centred only. A task without
    a training label has no head worth judging, so its other labels are left out.

    Parameters
    ----------
    train
        Indices of the training compounds.
    """
    labels = benchmark.labels
    in_training = np.zeros(labels.n, dtype=bool)
    in_training[train] = True
    values = labels.values.astype(np.float64, copy=True)
    task_of = np.repeat(np.arange(labels.t, dtype=np.int32), labels.sizes)
    seen = in_training[labels.rows]
    learnable = np.bincount(task_of[seen], minlength=labels.t) > 0
    for index, task in enumerate(benchmark.tasks):
        if task.kind == "regression" and learnable[index]:
            part = slice(labels.starts[index], labels.starts[index + 1])
            values[part] = _standardised(values[part], values[part][seen[part]])
    order = np.argsort(labels.rows, kind="stable")
    order = order[learnable[task_of[order]]]
    lengths = np.bincount(labels.rows[order], minlength=labels.n)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return TargetTable(
        starts=torch.from_numpy(starts).to(device),
        tasks=torch.from_numpy(task_of[order]).to(device),
        values=torch.from_numpy(values[order].astype(np.float32)).to(device),
        classification=torch.tensor([t.kind == "classification" for t in benchmark.tasks]).to(device),
    )


def masked_losses(outputs: torch.Tensor, targets: Targets) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the loss per task (t,) and the number of labels behind each (t,).

    The loss of a task is the mean over the compounds of the batch that have its label: binary
    cross-entropy for a classification, squared error for a regression. It is 0 where no compound
    has a label; the count says so.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, equation (1).
    """
    kinds = targets.classification
    squared = (outputs - targets.values).square()
    if bool(kinds.any()):
        entropy = functional.binary_cross_entropy_with_logits(outputs, targets.values, reduction="none")
        terms = entropy if bool(kinds.all()) else torch.where(kinds, entropy, squared)
    else:
        terms = squared
    counts = targets.measured.sum(dim=0)
    return (terms * targets.measured).sum(dim=0) / counts.clamp(min=1), counts


@torch.no_grad()
def output_errors(outputs: torch.Tensor, targets: Targets) -> torch.Tensor:
    """Return the derivative of each task's loss terms by its outputs (b, t); 0 where not measured.

    The predicted probability less the label for a classification; twice the residual for a
    regression. The mean over a task's labels is not taken, so that the entries of a compound do not
    depend on the rest of its batch.
    """
    kinds = targets.classification
    residual = 2 * (outputs - targets.values)
    if bool(kinds.any()):
        residual = torch.where(kinds, torch.sigmoid(outputs) - targets.values, residual)
    return residual * targets.measured


def total_loss(losses: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Return the mean loss over the tasks that have a label in the batch; 0 if none has."""
    present = counts > 0
    return (losses * present).sum() / present.sum().clamp(min=1)


def _standardised(values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(reference.std())
    centred: NDArray[np.float64] = values - reference.mean()
    return centred / spread if spread > 0 else centred
