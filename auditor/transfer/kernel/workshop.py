"""The parts of a panel's work, and what does them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from auditor.transfer.kernel.controls import Control, control
from auditor.transfer.kernel.gain import Both, Task, gains_of, task_of
from auditor.transfer.kernel.given import all_given, with_given
from auditor.transfer.kernel.share import Share, share_of
from auditor.transfer.kernel.together import FromAll, Relations, gain_from_all

if TYPE_CHECKING:
    from auditor.transfer.kernel.panel import Panel


@dataclass(frozen=True)
class PairJob:
    """Two tasks, by place."""

    first: int
    second: int


@dataclass(frozen=True)
class ControlJob:
    """The controls of a task; ``donor`` is whose labels are shuffled, None for nobody."""

    task: int
    donor: int | None
    seed: int


@dataclass(frozen=True)
class AllJob:
    """A recipient with all its donors."""

    recipient: int
    relations: Relations


Job = PairJob | ControlJob | AllJob
Answer = Both | Control | FromAll


class Workshop:
    """Does the jobs of one panel; what is made of a task is made once."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.task = cache(self._task)

    def _task(self, place: int) -> Task:
        column = self.panel.columns[place]
        kernel = self.panel.similarity.block(column.rows, column.rows)
        return task_of(self.panel, column, share_of(kernel, column.z), kernel)

    def share(self, place: int) -> Share:
        """Return the share of a task's labels that similarity explains."""
        return self.task(place).share

    def do(self, job: Job) -> Answer:
        """Return what a job asks for."""
        if isinstance(job, PairJob):
            first, second = self.task(job.first), self.task(job.second)
            both = gains_of(self.panel, first, second)
            return with_given(self.panel, first, second, both) if len(self.panel.given) else both
        if isinstance(job, ControlJob):
            donor = None if job.donor is None else self.task(job.donor)
            return control(self.panel, self.task(job.task), donor, seed=job.seed)
        known = job.relations.taking_part
        tasks = [self.task(place) if known[place] else None for place in range(len(known))]
        found = gain_from_all(self.panel, tasks, job.recipient, job.relations)
        if not len(self.panel.given):
            return found
        return all_given(self.panel, tasks, job.recipient, job.relations, found)
