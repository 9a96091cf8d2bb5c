"""The task gradients of any network, logged in a training loop that is not ours.

A log is taken before `backward`, from the graph of the tasks' losses: it writes no ``.grad``, draws no
random number and leaves the graph to the training. What it keeps is what a `Trace` keeps, so that the
estimators which read our own trainings read this one as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from auditor.errors import UsageError
from auditor.training.config import DOUBLE_UP_TO, LOG_BYTES
from auditor.training.logging.gradients import ROW_BYTES, RowBuffer, _spread, inner_products
from auditor.training.logging.kept_logs import KeptLogs
from auditor.training.logging.loss_gradients import loss_products, refuse_hidden_layers, spoils
from auditor.training.logging.task_losses import each_loss, present_tasks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.logging.task_losses import Losses
    from auditor.training.trace import Trace


class GradientLog:
    """Inner products of the tasks' gradients, logged every few batches.

    Parameters
    ----------
    shared
        The parameters that the tasks share; those that take no gradient (frozen layers) are left out.
    tasks
        Their names (t,).
    every
        Calls of `record` from one log to the next; the first call logs.
    pool
        Whether to keep, within an epoch, the sum of the gradients too (t, d): `accumulated-cosine` and
        `split-half` need it. Call `end_epoch` then.

    Raises
    ------
    UsageError
        No parameter takes a gradient, names are not distinct, or ``every`` is less than 1.
    """

    def __init__(
        self,
        shared: Iterable[torch.nn.Parameter],
        tasks: Sequence[str],
        *,
        every: int = 1,
        pool: bool = False,
    ) -> None:
        self.shared = [parameter for parameter in shared if parameter.requires_grad]
        if not self.shared:
            raise UsageError(
                "no shared parameter takes a gradient",
                hint="give model.parameters() anew if it was used up; are all layers frozen?",
            )
        if isinstance(tasks, str) or len(set(tasks)) != len(tasks) or not len(tasks):
            raise UsageError("the tasks are no distinct names", hint='tasks=["first", "second", ...]')
        if every < 1:
            raise UsageError(f"every is {every}", hint="give at least 1")
        length = sum(parameter.numel() for parameter in self.shared)
        self._start(KeptLogs(tuple(tasks), parameters=length, every=every), pool=pool)

    def _start(self, kept: KeptLogs, *, pool: bool) -> None:
        self.kept, self.pool_wanted = kept, pool
        self.buffer = RowBuffer()
        self.pool: torch.Tensor | None = None
        self.pooled_logs = 0
        self.looked = False

    @classmethod
    def reading(cls, kept: KeptLogs) -> Self:
        """Return a log of what was kept, that takes no more."""
        log = cls.__new__(cls)
        log.shared = []
        log._start(kept, pool=False)
        return log

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks' names (t,)."""
        return self.kept.tasks

    @property
    def skipped(self) -> int:
        """Logs left out because a gradient was not finite, as after an overflow of mixed precision."""
        return self.kept.skipped

    def __len__(self) -> int:
        """Return the number of logs that are kept, merged ones included."""
        return sum(len(trace.steps) for trace in self.traces())

    def record(
        self,
        losses: Losses,
        *,
        counts: torch.Tensor | Sequence[int] | None = None,
        errors: torch.Tensor | None = None,
        scale: float = 1.0,
    ) -> None:
        """Log the tasks' gradients if it is time to; call it before `backward`, once per (micro-)batch.

        Parameters
        ----------
        losses
            One scalar per task: a tensor (t,), a sequence, or a mapping from names. A task without a label
            in the batch is missing from the mapping, has the loss NaN as a constant without a graph, or
            has a count of 0.
        counts
            Labels behind each loss (t,).
        errors
            Derivatives of each task's loss terms by its outputs (b, t), 0 or NaN where there is no label;
            `error-cosine` needs them, in every log or in none.
        scale
            What the losses were multiplied by: ``scaler.get_scale()`` if they were scaled.

        Raises
        ------
        UsageError
            The losses have no graph (any more), do not depend on the shared parameters, are of another
            number than the tasks, or one of them is NaN and would make every gradient NaN.
        """
        if not self.shared:
            raise UsageError(
                "these logs were loaded to be read", hint="TaskGradients(...).load_state_dict()"
            )
        step = self.kept.next_step()
        if step is None:
            return
        each = each_loss(losses, self.tasks, like=self.shared[0])
        with torch.autocast(self.shared[0].device.type, enabled=False):
            self._log(step, each, counts, errors, float(scale))

    def end_epoch(self) -> None:
        """Close an epoch: what `pool` summed in it is kept as inner products."""
        if self.pool is not None and self.pooled_logs:
            self.kept.add_pooled(inner_products(self.pool).cpu().numpy())
            self.pool.zero_()
        self.pooled_logs = 0
        self.kept.epoch += 1

    def merge(self, other: GradientLog | Mapping[str, NDArray[Any]]) -> None:
        """Add the logs of another process or run, given as a log or as what its `state_dict` returned.

        Raises
        ------
        UsageError
            They are of other tasks.
        """
        state = other.state_dict() if isinstance(other, GradientLog) else other
        self.kept.merge(KeptLogs.of(state))

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Return all that was logged, as arrays by name; at the end of an epoch if gradients are pooled.

        Raises
        ------
        UsageError
            An epoch has pooled gradients and was not closed.
        """
        if self.pooled_logs:
            raise UsageError(
                "an epoch has pooled gradients and was not closed", hint="call end_epoch() first"
            )
        return self.kept.arrays()

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state_dict` returned; the next call of `record` is the one after it."""
        found = KeptLogs.of(state)
        if (found.tasks, found.parameters) != (self.tasks, self.kept.parameters):
            raise UsageError(
                "the state is of other tasks or parameters",
                hint="make the log of the same model",
            )
        self._start(found, pool=self.pool_wanted)

    def traces(self) -> tuple[Trace, ...]:
        """Return what was logged as estimators read it: one trace per process that logged."""
        return self.kept.traces()

    def _log(
        self,
        step: int,
        each: Sequence[torch.Tensor],
        counts: torch.Tensor | Sequence[int] | None,
        errors: torch.Tensor | None,
        scale: float,
    ) -> None:
        values, labels, present = present_tasks(each, counts)
        for index in np.flatnonzero(np.isnan(values) & (labels == 0)):
            if spoils(each[index], self.shared):
                raise UsageError(
                    f"the loss of '{self.tasks[index]}' is NaN, and so makes every gradient NaN: 0 x NaN",
                    hint="sum over labels / counts.clamp(min=1), and record(losses, counts=counts)",
                )
        there = [each[index] for index in present]
        if not self.looked:
            refuse_hidden_layers(there)
            self.looked = True
        products, rows = loss_products(there, self.shared, self.buffer)
        if not bool(torch.isfinite(products).all()):
            self.kept.skipped += 1
            return
        t, at = len(self.tasks), torch.tensor(present, dtype=torch.long)
        gram = _spread(products / scale**2, at, t)
        kept = np.full(t, np.nan)
        kept[present] = values[present] / scale
        found = None if errors is None else _error_products(errors, at, t)
        room = max(1, LOG_BYTES // (2 * t * t * (8 if t <= DOUBLE_UP_TO else 4)))
        if self.kept.add(step, gram, found, kept, labels, room=room):  # the sums hold logs that are gone
            self.pool_wanted, self.pool, self.pooled_logs = False, None, 0
        if self.pool_wanted and rows is not None:
            self._pool(rows / scale, at)

    def _pool(self, rows: torch.Tensor, present: torch.Tensor) -> None:
        """Add the rows of a log to those of its epoch, where there is room for all tasks."""
        if self.pool is None:
            if len(self.tasks) * rows.shape[1] * rows.element_size() > ROW_BYTES:
                self.pool_wanted = False
                return
            self.pool = rows.new_zeros(len(self.tasks), rows.shape[1])
        self.pool.index_add_(0, present.to(rows.device), rows)
        self.pooled_logs += 1


def _error_products(errors: torch.Tensor, present: torch.Tensor, tasks: int) -> NDArray[np.float64]:
    """Return the inner products (t, t) of the tasks' errors (b, t)."""
    if errors.dim() != 2 or errors.shape[1] != tasks:
        raise UsageError(
            f"errors of shape {tuple(errors.shape)}", hint=f"rows by {tasks} tasks: (b, {tasks})"
        )
    own = errors.detach().double().nan_to_num(nan=0.0)[:, present.to(errors.device)]
    return _spread(own.T @ own, present, tasks)
