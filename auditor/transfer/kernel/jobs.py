"""The parts of a panel's work, each on its own, and where they are done."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from auditor import console
from auditor.compute.processes import Program, Worker, run_all
from auditor.errors import PluginError
from auditor.transfer.kernel.controls import Control, control
from auditor.transfer.kernel.gain import Both, Task, gains_of, task_of
from auditor.transfer.kernel.opening import opened
from auditor.transfer.kernel.share import Share, share_of
from auditor.transfer.kernel.together import FromAll, Relations, gain_from_all

if TYPE_CHECKING:
    from auditor.transfer.kernel.panel import Panel

FEW = 2e10
"""Floating-point operations below which starting processes would cost more than it saves."""


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
            return gains_of(self.panel, self.task(job.first), self.task(job.second))
        if isinstance(job, ControlJob):
            donor = None if job.donor is None else self.task(job.donor)
            return control(self.panel, self.task(job.task), donor, seed=job.seed)
        known = job.relations.taking_part
        tasks = [self.task(place) if known[place] else None for place in range(len(known))]
        return gain_from_all(self.panel, tasks, job.recipient, job.relations)


def do_all(
    workshop: Workshop, jobs: Sequence[Job], *, workers: int, label: str
) -> Iterator[tuple[Job, Answer]]:
    """Yield jobs with their answers in the order they are ready: in processes if there is much to do.

    Raises
    ------
    PluginError
        A process was ended from outside.
    """
    with console.progress(label, len(jobs)) as advance:
        if workers < 2 or sum(_cost(workshop.panel, job) for job in jobs) < FEW:
            for job in jobs:
                yield job, workshop.do(job)
                advance(1)
            return
        program = Program(partial(opened, pickle.dumps(workshop.panel, pickle.HIGHEST_PROTOCOL)))
        for done in run_all(jobs, program, _ask, workers=workers):
            yield done
            advance(1)


def processors() -> int:
    """Return how many processes this machine runs side by side."""
    return os.cpu_count() or 1


def _ask(worker: Worker, job: Job) -> tuple[Job, Answer]:
    ran = worker.run(job)
    if ran.death is not None:
        raise PluginError(
            f"a process that measured gains ended ({ran.death.said or ran.death.name})",
            hint="the machine may be out of memory; audit fewer tasks with --tasks",
        )
    return job, ran.answers[0]


def _cost(panel: Panel, job: Job) -> float:
    """Return about how many floating-point operations a job takes."""
    if isinstance(job, AllJob):
        return 5e10
    places = (job.first, job.second) if isinstance(job, PairJob) else (job.task, job.task)
    return 10.0 * sum(len(panel.columns[place].rows) for place in places) ** 3
