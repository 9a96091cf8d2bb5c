"""The losses of the tasks in a batch, as users give them, and which tasks are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from auditor.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Losses = torch.Tensor | Sequence[torch.Tensor | float] | Mapping[str, torch.Tensor | float]

UNTOLD = -1
"""Labels of a task of which only its presence is known."""


def each_loss(losses: Losses, tasks: Sequence[str], *, like: torch.Tensor) -> list[torch.Tensor]:
    """Return one scalar tensor per task, NaN without a graph for a task that a mapping does not name.

    Raises
    ------
    UsageError
        A name is unknown, the number is not that of the tasks, or a loss is not a scalar.
    """
    if isinstance(losses, Mapping):
        unknown = sorted(set(losses) - set(tasks))
        if unknown:
            raise UsageError(f"no task named {', '.join(unknown)}", hint=f"one of {', '.join(tasks)}")
        losses = [losses.get(task, np.nan) for task in tasks]
    each = [torch.as_tensor(loss, device=like.device) for loss in losses] if _has_length(losses) else []
    if len(each) != len(tasks) or any(loss.numel() != 1 for loss in each):
        raise UsageError(
            f"losses of shape {_shape(losses)} for {len(tasks)} tasks",
            hint="one scalar per task: average over the task's own labels, and not over tasks",
        )
    return each


def present_tasks(
    each: Sequence[torch.Tensor], counts: torch.Tensor | Sequence[int] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[int]]:
    """Return the losses' values (t,), labels per task (t,), and which tasks take part.

    Raises
    ------
    UsageError
        Counts of another number than the tasks, or no loss has a graph although some have a value.
    """
    values = torch.stack([loss.detach().double().reshape(()).cpu() for loss in each]).numpy()
    if counts is None:
        labels = np.where(np.isnan(values), 0, UNTOLD)
    else:
        labels = torch.as_tensor(counts).long().cpu().numpy()
        if labels.shape != values.shape:
            raise UsageError(f"counts of shape {labels.shape}", hint=f"one per task: ({len(each)},)")
    graph = np.array([loss.requires_grad for loss in each])
    there = labels != 0
    if there.any() and not graph.any():
        raise UsageError(
            "the losses have no graph",
            hint="call record(losses) before backward(), outside no_grad(), with losses not detached",
        )
    return values, np.where(graph, labels, 0), np.flatnonzero(there & graph).tolist()


def _has_length(losses: object) -> bool:
    return not isinstance(losses, torch.Tensor) or losses.dim() == 1


def _shape(losses: torch.Tensor | Sequence[torch.Tensor | float]) -> tuple[int, ...]:
    return tuple(losses.shape) if isinstance(losses, torch.Tensor) else (len(losses),)
