"""What a sweep over overlaps is to do, and what it will cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.analyses.threshold.design import Assignment
    from auditor.audit.context import AuditContext

Protocol = Literal["matched", "retention"]
FEWEST_LABELS = 100


@dataclass(frozen=True)
class Settings:
    """A sweep.

    Parameters
    ----------
    protocol
        ``matched`` keeps the labels per task fixed; ``retention`` is the paper's.
    steps
        Overlaps (matched) or retained fractions (retention), falling.
    seeds
        Repeats, each with tasks, compounds and a training of its own.
    epochs, logs, window
        Length of every training; how many gradients are logged, and in which last fraction of it.
    labels
        Per task at most; 0 for as many as there can be.
    groups
        Of tasks; 0 for one per task.
    assignments, batches
        How compounds are divided among groups; batch sizes.
    """

    protocol: Protocol
    steps: tuple[float, ...]
    seeds: int
    epochs: int
    logs: int
    window: float
    labels: int
    groups: int
    assignments: tuple[Assignment, ...]
    batches: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("seeds", "epochs", "logs"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}", hint="give at least 1")
        if not 0 < self.window <= 1:
            raise UsageError(f"a window of {self.window}", hint="give a fraction above 0, up to 1")
        if self.groups == 1 or self.groups < 0:
            raise UsageError("one group of tasks has no pair across groups", hint="groups=2, or 0")

    @property
    def trainings(self) -> int:
        """Number of trainings."""
        return len(self.steps) * self.seeds * len(self.assignments) * len(self.batches)

    def optimiser_steps(self, compounds: int, batch: int) -> int:
        """Return how many steps a training on so many compounds takes."""
        whole, rest = divmod(compounds, batch)
        return self.epochs * (whole + (rest > 1))

    def overrides(self, compounds: int, batch: int) -> dict[str, float]:
        """Return the training settings: no early stop, and about as many logs at every overlap."""
        inside = self.optimiser_steps(compounds, batch) * self.window
        return {
            "epochs": self.epochs,
            "batch_size": batch,
            "patience": self.epochs,
            "log_every": max(1, int(inside // self.logs)),
            "log_window": self.window,
        }


def steps_of(text: str, *, low: float, what: str) -> tuple[float, ...]:
    """Return fractions typed as text, falling.

    Raises
    ------
    UsageError
        They are not at least three numbers from ``low`` to 1.
    """
    try:
        found = sorted({float(part) for part in text.split(",") if part.strip()}, reverse=True)
    except ValueError:
        found = []
    if len(found) < 3 or not (low <= found[-1] and found[0] <= 1):
        raise UsageError(f"'{text}' is no list of {what}", hint=f"at least three numbers from {low:g} to 1")
    return tuple(found)


def words_of(text: str, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    """Return the words of a list typed as text.

    Raises
    ------
    UsageError
        One of them is not allowed, or there is none.
    """
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    wrong = [word for word in found if word not in allowed]
    if wrong or not found:
        named = wrong[0] if wrong else text
        raise UsageError(f"no {what} named '{named}'", hint=f"one of {', '.join(allowed)}")
    return found


def numbers_of(text: str, *, low: int, what: str) -> tuple[int, ...]:
    """Return whole numbers typed as text.

    Raises
    ------
    UsageError
        They are not whole numbers from ``low``, or there is none.
    """
    try:
        found = tuple(dict.fromkeys(int(part) for part in text.split(",") if part.strip()))
    except ValueError:
        found = ()
    if not found or min(found) < low:
        raise UsageError(f"'{text}' is no list of {what}", hint=f"whole numbers from {low}")
    return found


def seconds_per_step(context: AuditContext) -> float | None:
    """Return how long a step of this audit's own training took, if there was one; logging included."""
    traces = context.trainings.traces if context.trainings is not None else ()
    steps = sum(trace.total_steps for trace in traces)
    return sum(trace.duration_s for trace in traces) / steps if steps else None
