"""The same audit with its tasks in another order: what was trained is reordered, not trained again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.benchmark.labels import from_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.config import TrainingConfig
    from auditor.training.splits import Split
    from auditor.training.trace import Trace
    from auditor.training.trained import Trained
    from auditor.training.trainings import Trainings

BY_PAIR = ("gram", "errors", "pooled", "lookahead")
BY_TASK = ("losses", "labels")


def reordered(context: AuditContext, order: Sequence[int]) -> AuditContext:
    """Return an audit whose place i holds the task that was at place ``order[i]`` (t,)."""
    whole = context.benchmark
    benchmark = dataclasses.replace(
        whole,
        tasks=tuple(whole.tasks[i] for i in order),
        labels=from_columns(whole.n, [whole.labels.column(place) for place in order]),
        truth=None if whole.truth is None else whole.truth[np.ix_(order, order)],
    )
    changed = context.vary(benchmark)
    trainings: Any = context.trainings and Reordered(context.trainings, benchmark, np.asarray(order))
    return dataclasses.replace(changed, trainings=trainings)


@dataclass
class Reordered:
    """What some trainings left, for the tasks in another order."""

    trainings: Trainings
    benchmark: Benchmark
    order: NDArray[np.int64]

    @property
    def config(self) -> TrainingConfig:
        """How they were trained."""
        return self.trainings.config

    @property
    def split(self) -> Split:
        """On which compounds."""
        return self.trainings.split

    def run(self) -> tuple[Trace, ...]:
        """Return the traces, their tasks reordered."""
        return tuple(self._trace(trace) for trace in self.trainings.run())

    def networks(self) -> tuple[Trained, ...]:
        """Return the trained networks, their heads and labels reordered."""
        return tuple(self._network(trained) for trained in self.trainings.networks())

    def _trace(self, trace: Trace) -> Trace:
        changed: dict[str, Any] = {"tasks": self.benchmark.task_names}
        for name in BY_PAIR:
            changed[name] = getattr(trace, name)[:, self.order][:, :, self.order]
        for name in BY_TASK:
            changed[name] = getattr(trace, name)[:, self.order]
        return dataclasses.replace(trace, **changed)

    def _network(self, trained: Trained) -> Trained:
        import torch

        from auditor.training.heads import HIDDEN
        from auditor.training.loss import target_table

        network = trained.network  # made anew by every call of networks()
        units = (torch.from_numpy(self.order)[:, None] * HIDDEN + torch.arange(HIDDEN)).flatten()
        state = network.heads.state_dict()
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.dim():
                by_unit = len(value) == len(units)
                state[name] = value[units] if by_unit else value[torch.from_numpy(self.order)]
        network.heads.load_state_dict(state)
        network.eval()
        targets = target_table(self.benchmark, trained.split.train, device="cpu")
        return dataclasses.replace(trained, network=network, targets=targets, benchmark=self.benchmark)
