"""The loop of one training: epochs, predictions of the best one, and each task's own best one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from auditor.compute.jobs import Outcome
from auditor.training.trainer import EVALUATION_BATCH, Trainer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.groups.study import Study


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: sums of more than one differ in their last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fitted(trainer: Trainer, study: Study, device: str) -> Outcome:
    """Train to the end, and keep the predictions of the best epoch and of each task's own best."""
    validation, test = study.split.validation, study.split.test
    targets = study.benchmark.labels.dense(validation)
    scale, centre = _scales(study)
    losses: list[NDArray[np.float64]] = []
    best = own = np.zeros((len(test), study.benchmark.t), np.float32)
    lowest = np.full(study.benchmark.t, np.inf)
    own_epoch = np.zeros(study.benchmark.t, np.int64)
    while not trainer.finished():
        trainer.epoch(lambda _: None)
        epoch = trainer.progress.epoch - 1
        outputs = predict(trainer, np.concatenate([validation, test]), device) * scale + centre
        loss = task_losses(outputs[: len(validation)], targets, study)
        improved = (loss < lowest) | (epoch == 0)
        own = np.where(improved, outputs[len(validation) :], own)
        own_epoch[improved] = epoch
        lowest = np.fmin(lowest, loss)
        losses.append(loss)
        if trainer.progress.best_epoch == epoch:
            best = outputs[len(validation) :]
    blind = ~np.isfinite(lowest)  # no validation label: the group's best epoch is all there is
    own, own_epoch[blind] = np.where(blind, best, own), trainer.progress.best_epoch
    progress = trainer.progress
    return Outcome(
        {
            "epochs": progress.epoch,
            "best_epoch": progress.best_epoch,
            "own_best_epoch": own_epoch.tolist(),
            "training_compounds": len(study.split.train),
            "shared_parameters": sum(p.numel() for p in trainer.network.shared),
        },
        {"compounds": test, "outputs": best, "own": own, "validation": np.array(losses)},
    )


@torch.no_grad()
def predict(trainer: Trainer, compounds: NDArray[np.int64], device: str) -> NDArray[np.float32]:
    """Return the network's outputs for some compounds (m, t), dropout off."""
    trainer.network.eval()
    parts = torch.split(torch.from_numpy(compounds).to(device), EVALUATION_BATCH)
    outputs = [trainer.network(trainer.packed.batch(part)).cpu() for part in parts if len(part)]
    found: NDArray[np.float32] = (
        torch.cat(outputs).numpy() if outputs else np.zeros((0, len(trainer.tasks)), np.float32)
    )
    return found


def task_losses(
    outputs: NDArray[np.floating[Any]], targets: NDArray[np.float64], study: Study
) -> NDArray[np.float64]:
    """Return the mean loss of each task (t,) on some compounds; NaN where none has its label."""
    measured = np.isfinite(targets)
    labels = np.where(measured, targets, 0.0)
    entropy = np.logaddexp(0.0, outputs) - outputs * labels
    kinds = np.array([task.kind == "classification" for task in study.benchmark.tasks])
    terms = np.where(kinds, entropy, (outputs - labels) ** 2)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = (terms * measured).sum(axis=0) / measured.sum(axis=0)
    return mean


def _scales(study: Study) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return by which factor and offset outputs become labels (t,), as `target_table` took them away."""
    scale, centre = np.ones(study.benchmark.t), np.zeros(study.benchmark.t)
    for index, task in enumerate(study.benchmark.tasks):
        compounds, values = study.benchmark.labels.column(index)
        known = values[np.isin(compounds, study.split.train)]
        if task.kind == "regression" and len(known):
            scale[index] = known.std() or 1.0
            centre[index] = known.mean()
    return scale.astype(np.float32), centre.astype(np.float32)
