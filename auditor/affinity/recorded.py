"""Affinities from task gradients that were recorded in a training loop that is not ours."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from auditor.audit.recorded import HINTS, NEEDS, OF_A_LOG
from auditor.audit.results import AffinityMatrix
from auditor.cache.arrays import arrays_in
from auditor.cache.writing import write_atomic
from auditor.errors import UsageError
from auditor.plugin.loading import load_registry
from auditor.training.logging.kept_logs import KeptLogs
from auditor.training.logging.task_gradients import GradientLog

if TYPE_CHECKING:
    import os

    import pandas as pd

    from auditor.audit.context import AuditContext
    from auditor.training.trace import Trace


class TaskGradients(GradientLog):
    """Record the task gradients of any torch model in its own training loop; read affinities after.

    >>> log = auditor.TaskGradients(model.encoder.parameters(), tasks=["a", "b"], every=10)
    >>> log.record(losses)  # in the loop, before losses.mean().backward()
    >>> log.affinity("gradient-cosine").values  # (t, t)

    The parameters are those of `GradientLog`: ``shared``, ``tasks``, ``every`` and ``pool``.
    """

    def affinity(
        self, estimator: str = "gradient-cosine", *, window: float | None = None
    ) -> AffinityMatrix:
        """Return what an estimator finds in the logs.

        Parameters
        ----------
        estimator
            One of ``NEEDS``.
        window
            Fraction of the last logs that count, above 0 and up to 1; 0.2 if None, and all of them for
            `split-half`.

        Raises
        ------
        UsageError
            The estimator needs more than logs, or something that was not logged.
        """
        traces = tuple(trace for trace in self.traces() if len(trace.steps))
        self._refuse(estimator, traces)
        if window is None:
            window = 1.0 if estimator == "split-half" else 0.2
        estimate = load_registry().get("affinity", estimator).load()
        try:  # the estimators of `NEEDS` ask an audit for its traces and its window alone
            found = cast(AffinityMatrix, estimate(cast("AuditContext", _Recorded(traces, window))))
        except UsageError as error:
            raise UsageError(
                f"{estimator}: {error.message}", hint="a larger window=, up to 1, or more logs and epochs"
            ) from error
        about = {name: value for name, value in found.about.items() if name != "seeds"}
        return replace(found, about={**about, "recordings": len(traces), "skipped": self.skipped})

    def frame(self, estimator: str = "gradient-cosine", *, window: float | None = None) -> pd.DataFrame:
        """Return the values of `affinity` as a table, tasks by tasks."""
        import pandas as pd

        found = self.affinity(estimator, window=window)
        return pd.DataFrame(found.values, index=list(self.tasks), columns=list(self.tasks))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the logs to a file that `load` reads: arrays alone, no code in it."""
        stream = io.BytesIO()
        np.savez_compressed(stream, **self.state_dict())
        write_atomic(Path(path), stream.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TaskGradients:
        """Return the logs in a file: to read and to merge, not to record on.

        Raises
        ------
        DataError
            The file is missing, damaged, or of another kind.
        """
        return cls.reading(KeptLogs.of(arrays_in(Path(path), hint=OF_A_LOG)))

    def _refuse(self, estimator: str, traces: tuple[Trace, ...]) -> None:
        """Raise if an estimator cannot be read from what was logged."""
        if estimator not in NEEDS:
            raise UsageError(
                f"'{estimator}' cannot be read from recorded gradients", hint=f"one of {', '.join(NEEDS)}"
            )
        part = NEEDS[estimator]
        if not all(len(getattr(trace, part)) for trace in traces) or not traces:
            skipped = f" ({self.skipped} logs skipped: gradients not finite)" if self.skipped else ""
            raise UsageError(f"{estimator}: nothing was recorded for it{skipped}", hint=HINTS[part])


@dataclass(frozen=True)
class _Recorded:
    """What an estimator of logs asks an audit for."""

    recorded: tuple[Trace, ...]
    window: float

    def traces(self) -> tuple[Trace, ...]:
        """Return what was recorded."""
        return self.recorded
