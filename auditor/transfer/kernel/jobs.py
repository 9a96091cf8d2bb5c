"""Where the parts of a panel's work are done: here, or in processes."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from auditor import console
from auditor.compute.processes import Program, Worker, run_all
from auditor.errors import PluginError
from auditor.transfer.kernel.opening import opened
from auditor.transfer.kernel.workshop import AllJob, Answer, Job, PairJob, Workshop

if TYPE_CHECKING:
    from auditor.transfer.kernel.panel import Panel

FEW = 2e10
"""Floating-point operations below which starting processes would cost more than it saves."""


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
