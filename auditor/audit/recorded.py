"""Gradients that a training of the user's own recorded, in the place of a training of ours."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.cache.arrays import arrays_in
from auditor.errors import DataError, UsageError
from auditor.source.files import published
from auditor.text import count_of, nearest
from auditor.training.logging.kept_logs import KeptLogs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.plugin.component import Affinity
    from auditor.training.trace import Trace

NEEDS: Mapping[str, str] = {
    "gradient-cosine": "gram",
    "tag-linear": "gram",
    "error-cosine": "errors",
    "accumulated-cosine": "pooled",
    "split-half": "pooled",
}
"""The estimators that read logs alone, and which part of them."""
HINTS: Mapping[str, str] = {
    "gram": "call record(losses) before each backward()",
    "errors": "record(losses, errors=errors)",
    "pooled": "TaskGradients(..., pool=True) and end_epoch() after each epoch; it takes memory for t x d "
    "numbers, and ends where logs have to be thinned out",
}
NO_TRAINING: Mapping[str, Any] = {
    "encoder": "", "encoder_owner": "", "encoder_options": {}, "split": "", "compounds": {}, "config": {},
    "device": "", "runs": [],
}  # fmt: skip
"""What a document tells of a training of ours, where there is none."""
OF_A_LOG = "give a file that TaskGradients.save() wrote"
_TOLERANCE = 1e-4
"""By which an inner product may differ from the same one on the other side, relative to the norms."""


@dataclass(frozen=True)
class Recorded:
    """What `auditor.TaskGradients` recorded in a training that is not ours.

    Parameters
    ----------
    name
        Of the file, or what stands for one that is in memory.
    traces
        One per process that logged, none of them empty.
    skipped
        Logs that were left out because a gradient was not finite.
    file
        Its name, size and SHA-256; None where it is in memory.
    """

    name: str
    traces: tuple[Trace, ...]
    skipped: int
    file: Mapping[str, Any] | None = field(default=None)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks' names, in the order of the logs (t,)."""
        return self.traces[0].tasks

    def of(self, tasks: Sequence[str]) -> Recorded:
        """Return the logs of some tasks, in the order of a benchmark.

        Raises
        ------
        UsageError
            One of them has no logs.
        """
        for name in tasks:
            if name not in self.tasks:
                raise UsageError(
                    f"{self.name} has no gradients of task '{name}'", hint=nearest(name, self.tasks)
                )
        places = np.array([self.tasks.index(name) for name in tasks], dtype=np.int64)
        return replace(self, traces=tuple(_of_tasks(trace, places) for trace in self.traces))

    def lacks(self, estimator: Affinity) -> str:
        """Return why an estimator can read nothing from these logs, empty where it can."""
        if not estimator.needs_overlap and not estimator.measures:
            return ""
        if estimator.measures not in ("gradients", "errors"):
            return "it needs a training of this program"
        part = NEEDS.get(estimator.name, "errors" if estimator.measures == "errors" else "gram")
        there = all(len(getattr(trace, part)) for trace in self.traces)
        return "" if there else f"{self.name} holds nothing for it: {HINTS[part]}"

    def facts(self) -> dict[str, Any]:
        """Return what a document tells of them in the place of a training."""
        logs = sum(len(trace.steps) for trace in self.traces)
        return {
            "sentence": self.sentence,
            **NO_TRAINING,
            "recorded": {
                **(self.file or {"name": self.name}),
                "recordings": len(self.traces),
                "logs": logs,
                "skipped": self.skipped,
                "shared_parameters": self.traces[0].parameters,
            },
        }

    @property
    def sentence(self) -> str:
        """Where the gradients come from."""
        logs = sum(len(trace.steps) for trace in self.traces)
        several = f" by {len(self.traces)} processes" if len(self.traces) > 1 else ""
        skipped = f", {self.skipped:,} more left out as not finite" if self.skipped else ""
        return (
            f"The gradients are from {self.name}: {count_of(logs, 'log')}{several}{skipped}, recorded by "
            f"auditor.TaskGradients on {self.traces[0].parameters:,} shared parameters, in a training that "
            "this program has not seen. Nothing was trained here."
        )


def recorded_in(path: Path) -> Recorded:
    """Return what a file holds that `TaskGradients.save` wrote.

    Raises
    ------
    DataError
        It cannot be read, is of another kind or version, or holds what no gradients have.
    """
    found = KeptLogs.of(arrays_in(path, hint=OF_A_LOG))
    return recorded_of(found, name=path.name, file=published(path))


def recorded_of(kept: KeptLogs, *, name: str, file: Mapping[str, Any] | None = None) -> Recorded:
    """Return logs as an audit reads them; raises DataError where they hold none, or no inner products."""
    traces = tuple(trace for trace in kept.traces() if len(trace.steps))
    if not traces:
        skipped = f"; {count_of(kept.skipped, 'log')} left out as not finite" if kept.skipped else ""
        raise DataError(f"{name} holds no log of gradients{skipped}", hint=HINTS["gram"])
    for trace in traces:
        for part in ("gram", "errors", "pooled"):
            if not _inner_products(np.asarray(getattr(trace, part), dtype=np.float64)):
                raise DataError(
                    f"{name}: '{part}' holds what no inner products of gradients are",
                    hint="give a file that TaskGradients.save() wrote",
                )
    return Recorded(name, traces, kept.skipped, file)


def source_of(given: object) -> Recorded:
    """Return the logs in a file, given by its path, or in a `TaskGradients`; raises AuditError."""
    if isinstance(given, str | os.PathLike):
        return recorded_in(Path(given).expanduser())
    state = getattr(given, "state_dict", None)
    if state is None or not hasattr(given, "record"):
        raise UsageError(
            f"gradients are a TaskGradients or the path of its file, not {type(given).__name__}",
            hint='gradients_from="log.npz"',
        )
    return recorded_of(KeptLogs.of(state()), name="TaskGradients")


@contextlib.contextmanager
def naming(recorded: Recorded | None) -> Iterator[None]:
    """Say of a task that the data has not that it is one of the recorded gradients."""
    try:
        yield
    except UsageError as error:
        if recorded is None or not any(f"'{name}'" in error.message for name in recorded.tasks):
            raise
        raise UsageError(
            f"{recorded.name} has gradients of a task that the data has not: {error.message}",
            hint="tasks are matched by name: record them by the names of the columns, or choose: --tasks",
        ) from error


def _of_tasks(trace: Trace, places: NDArray[np.int64]) -> Trace:
    pairs = np.ix_(places, places)
    matrices = {
        name: getattr(trace, name)[:, pairs[0], pairs[1]]
        for name in ("gram", "errors", "pooled")
        if len(getattr(trace, name))
    }
    return replace(
        trace,
        tasks=tuple(trace.tasks[place] for place in places),
        losses=trace.losses[:, places],
        labels=trace.labels[:, places],
        **matrices,
    )


def _inner_products(matrices: NDArray[np.float64]) -> bool:
    """Return whether matrices (k, t, t) may be inner products: NaN where a task was absent, else finite.

    They are symmetric, and none is larger than the product of its norms.
    """
    if not len(matrices):
        return True
    if np.isinf(matrices).any():
        return False
    squares = np.diagonal(matrices, axis1=1, axis2=2)  # (k, t)
    with np.errstate(invalid="ignore"):
        if (squares < 0).any():
            return False
        most = np.sqrt(squares)[:, :, None] * np.sqrt(squares)[:, None, :]
        over = np.abs(matrices) > most * (1 + _TOLERANCE)
        skew = np.abs(matrices - matrices.transpose(0, 2, 1)) > most * _TOLERANCE
    known = np.isfinite(squares)
    wanted = known[:, :, None] & known[:, None, :]
    return not (over | skew).any() and bool((np.isfinite(matrices) == wanted).all())
