"""What a training logs: on which steps, and how the logs become arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from auditor.seeding import derive
from auditor.training.config import DOUBLE_UP_TO
from auditor.training.logging.engine import choose
from auditor.training.logging.gradients import (
    ROW_BYTES,
    RowBuffer,
    backward,
    error_backward,
    inner_products,
    logged_backward,
)
from auditor.training.logging.lookahead import Moment, lookahead

if TYPE_CHECKING:
    from auditor.training.config import TrainingConfig
    from auditor.training.logging.gradients import Logged
    from auditor.training.loss import Targets
    from auditor.training.network import Network


@dataclass
class Logs:
    """What was logged so far, one entry per log; ``pooled`` one per epoch. A checkpoint holds all."""

    steps: list[int] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    gram: list[torch.Tensor] = field(default_factory=list)
    errors: list[torch.Tensor] = field(default_factory=list)
    losses: list[torch.Tensor] = field(default_factory=list)
    labels: list[torch.Tensor] = field(default_factory=list)
    lookahead: list[torch.Tensor] = field(default_factory=list)
    pooled: list[torch.Tensor] = field(default_factory=list)
    pooled_epochs: list[int] = field(default_factory=list)


class Recorder:
    """Takes the backward pass of every step, and logs on those that the configuration asks for."""

    def __init__(self, network: Network, config: TrainingConfig, *, seed: int) -> None:
        self.network, self.config, self.seed = network, config, seed
        self.shared = network.shared
        self.sketched = config.engine == "sketch" or (config.engine == "auto" and self._too_many())
        self.buffer = RowBuffer()
        self.logs = Logs()
        self.pool: torch.Tensor | None = None
        self.pooled_logs = 0

    def step(
        self, batch: object, targets: Targets, *, step: int, epoch: int, end: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Leave the total loss's gradients in ``.grad``; return losses and label counts per task.

        Parameters
        ----------
        end
            The fewest epochs after which this training can end, as far as is known now.
        """
        if step % self.config.log_every or not self.config.in_window(epoch, end):
            return backward(self.network.heads, self.network.encoder(batch), targets)
        logged = self._log(batch, targets, step)
        logs = self.logs
        logs.steps.append(step)
        logs.epochs.append(epoch)
        logs.errors.append(self._kept(logged.errors))
        logs.losses.append(torch.where(logged.counts > 0, logged.losses, math.nan).double().cpu())
        logs.labels.append(logged.counts.long().cpu())
        return logged.losses, logged.counts

    def end_epoch(self, epoch: int) -> None:
        """Keep the inner products of the gradients summed over the epoch's logs."""
        if self.pool is not None and self.pooled_logs:
            self.logs.pooled.append(inner_products(self.pool).cpu())
            self.logs.pooled_epochs.append(epoch)
            self.pool.zero_()
        self.pooled_logs = 0

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on after an epoch."""
        return dict(vars(self.logs))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave."""
        self.logs = Logs(**state)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the logs as the arrays of a Trace, by name."""
        logs, t = self.logs, self.network.heads.tasks
        matrices = {
            name: np.array([entry.numpy() for entry in getattr(logs, name)]).reshape(-1, t, t)
            for name in ("gram", "errors", "lookahead", "pooled")
        }
        return {
            **matrices,
            "losses": np.array([entry.numpy() for entry in logs.losses]).reshape(-1, t),
            "labels": np.array([entry.numpy() for entry in logs.labels], dtype=np.int64).reshape(-1, t),
            **{
                name: np.array(getattr(logs, name), dtype=np.int64)
                for name in ("steps", "epochs", "pooled_epochs")
            },
        }

    def _too_many(self) -> bool:
        """Return whether there are too many tasks for exact gradients; a lookahead needs these."""
        choice = choose(
            self.shared[0].device.type,
            tasks=self.network.heads.tasks,
            parameters=sum(parameter.numel() for parameter in self.shared),
            directions=self.config.directions,
        )
        return choice.engine == "sketch" and self.config.measures != "lookahead"

    def _kept(self, matrix: np.ndarray[Any, Any]) -> torch.Tensor:
        """Return a log's matrix as it is kept: in single precision where there are very many tasks."""
        kept = torch.from_numpy(matrix)
        return kept.float() if len(matrix) > DOUBLE_UP_TO else kept

    def _log(self, batch: object, targets: Targets, step: int) -> Logged:
        network, logs = self.network, self.logs
        if self.config.measures == "errors":
            return error_backward(network.heads, network.encoder(batch), targets)
        ahead = self.config.measures == "lookahead"
        before = Moment.of(network) if ahead else None
        embeddings = network.encoder(batch)
        sketch = (derive(self.seed, "sketch", step), self.config.directions) if self.sketched else None
        logged = logged_backward(
            network.heads, embeddings, targets, self.shared, self.buffer, sketch=sketch
        )
        assert logged.gram is not None
        logs.gram.append(self._kept(logged.gram))
        self._pool(logged)
        if before is not None:
            lr = self.config.lookahead_lr
            found = lookahead(network, batch, targets, self.shared, logged, before, lr=lr)
            logs.lookahead.append(torch.from_numpy(found))
        return logged

    def _pool(self, logged: Logged) -> None:
        """Add the rows of a log to those of its epoch, where there is room for all tasks."""
        if logged.rows is None:
            return
        length = logged.rows.shape[1]
        if self.pool is None:
            if self.network.heads.tasks * length * logged.rows.element_size() > ROW_BYTES:
                return
            self.pool = logged.rows.new_zeros(self.network.heads.tasks, length)
        self.pool.index_add_(0, logged.present, logged.rows)
        self.pooled_logs += 1
