"""What was logged of a training that is not ours: bounded in memory, as traces, and as arrays by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.training.config import DOUBLE_UP_TO
from auditor.training.trace import Trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = ("steps", "epochs", "gram", "errors", "losses", "labels", "pooled", "pooled_epochs")
"""The arrays of a trace that a log fills."""
_NUMBERS = ("parameters", "every", "step", "epoch", "skipped")


@dataclass
class KeptLogs:
    """The logs of one process, and those that were merged into them.

    Parameters
    ----------
    tasks, parameters
        Names (t,), and the number d of shared parameters.
    every
        Calls from one log to the next.
    step, epoch
        Calls so far, and epochs that were closed.
    skipped
        Logs left out because a gradient was not finite.
    logs
        By the names in ``PARTS``, one entry per log; the pooled ones one per epoch.
    merged
        Of other processes.
    """

    tasks: tuple[str, ...]
    parameters: int
    every: int
    step: int = 0
    epoch: int = 0
    skipped: int = 0
    logs: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PARTS})
    merged: list[Trace] = field(default_factory=list)

    def next_step(self) -> int | None:
        """Count a call; return its number if it logs."""
        step, self.step = self.step, self.step + 1
        return step if step % self.every == 0 else None

    def add(
        self,
        step: int,
        gram: NDArray[np.float64],
        errors: NDArray[np.float64] | None,
        losses: NDArray[np.float64],
        labels: NDArray[np.int64],
        *,
        room: int,
    ) -> bool:
        """Keep a log; return whether it was one too many, and only every other one is kept from here on."""
        logs = self.logs
        if logs["steps"] and bool(logs["errors"]) != (errors is not None):
            raise UsageError("errors were given in some logs only", hint="give errors= always or never")
        kind = np.float64 if len(self.tasks) <= DOUBLE_UP_TO else np.float32
        matrices = {"gram": gram.astype(kind)}
        if errors is not None:
            matrices["errors"] = errors.astype(kind)
        numbers = {"steps": step, "epochs": self.epoch, "losses": losses, "labels": labels}
        for name, value in {**matrices, **numbers}.items():
            logs[name].append(value)
        if len(logs["steps"]) <= room:
            return False
        self._thin()
        return True

    def add_pooled(self, products: NDArray[np.float64]) -> None:
        """Keep the inner products of an epoch's summed gradients."""
        self.logs["pooled"].append(products)
        self.logs["pooled_epochs"].append(self.epoch)

    def merge(self, other: KeptLogs) -> None:
        """Add the logs of another process."""
        if other.tasks != self.tasks:
            raise UsageError("the logs are of other tasks", hint="the same names in the same order")
        self.merged += other.traces()
        self.skipped += other.skipped

    def traces(self) -> tuple[Trace, ...]:
        """Return the logs as traces, this process's first."""
        own = {name: _array(name, entries, len(self.tasks)) for name, entries in self.logs.items()}
        return (self._trace(own, self.every, self.step), *self.merged)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays by name."""
        found: dict[str, Any] = {"tasks": np.array(self.tasks, dtype=np.str_)}
        found.update({name: np.array(getattr(self, name), dtype=np.int64) for name in _NUMBERS})
        for place, trace in enumerate(self.traces()):
            found.update({f"{place}/{name}": getattr(trace, name) for name in PARTS})
            found[f"{place}/schedule"] = np.array([trace.every, trace.total_steps], dtype=np.int64)
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> KeptLogs:
        """Return the logs that `arrays` gave.

        Raises
        ------
        DataError
            An array is missing or of another shape.
        """
        try:
            tasks, numbers = arrays["tasks"].tolist(), {name: arrays[name].item() for name in _NUMBERS}
            kept = cls(tuple(tasks), **numbers)
            count = sum(name.endswith("/schedule") for name in arrays)
            parts = [{name: arrays[f"{place}/{name}"] for name in PARTS} for place in range(count)]
            schedules = [arrays[f"{place}/schedule"].tolist() for place in range(count)]
            for part in parts:
                _check(part, len(kept.tasks))
            kept.logs = {name: list(array) for name, array in parts[0].items()}
            for part, (every, total) in zip(parts[1:], schedules[1:], strict=True):
                kept.merged.append(kept._trace(part, every, total))
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise DataError(
                f"these are not logs of task gradients: {error}",
                hint="give what state_dict() made",
            ) from error
        return kept

    def _trace(self, arrays: Mapping[str, NDArray[Any]], every: int, total: int) -> Trace:
        t = len(self.tasks)
        return Trace(
            tasks=self.tasks, seed=0, **arrays, lookahead=np.empty((0, t, t)), directions=None,
            every=every, total_steps=total, training_loss=(), validation_loss=(), best_epoch=0,
            parameters=self.parameters, duration_s=math.nan,
        )  # fmt: skip

    def _thin(self) -> None:
        """Leave out every other log; the epochs' pooled sums hold logs that are gone, so they go too."""
        self.every *= 2
        keep = [place for place, step in enumerate(self.logs["steps"]) if step % self.every == 0]
        for name, entries in self.logs.items():
            pooled = name.startswith("pooled")
            self.logs[name] = [] if pooled else [entries[place] for place in keep if entries]


def _array(name: str, entries: list[Any], tasks: int) -> NDArray[Any]:
    if name in ("steps", "epochs", "pooled_epochs"):
        return np.array(entries, dtype=np.int64)
    if name in ("losses", "labels"):
        kind = np.int64 if name == "labels" else np.float64
        return np.array(entries, dtype=kind).reshape(-1, tasks)
    return np.array(entries).reshape(-1, tasks, tasks)


def _check(part: Mapping[str, NDArray[Any]], tasks: int) -> None:
    """Raise ValueError unless the arrays fit one another."""
    logs, epochs = len(part["steps"]), len(part["pooled_epochs"])
    shapes = {
        "steps": (logs,), "epochs": (logs,), "gram": (logs, tasks, tasks), "losses": (logs, tasks),
        "labels": (logs, tasks), "pooled": (epochs, tasks, tasks), "pooled_epochs": (epochs,),
    }  # fmt: skip
    wrong = [name for name, shape in shapes.items() if part[name].shape != shape]
    if len(part["errors"]) and part["errors"].shape != shapes["gram"]:
        wrong.append("errors")
    if wrong:
        raise ValueError(f"{', '.join(wrong)} of another shape")
