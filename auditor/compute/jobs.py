"""A job: one call of an importable function, whose outcome is worth keeping."""

from __future__ import annotations

import importlib
import io
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.cache.locks import locked
from auditor.cache.store import key_of, load_entry, save_entry
from auditor.compute.processes import Program, Worker, run_all
from auditor.faults import contained, line_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARRAYS = "arrays.npz"
MAX_DEATHS = 3
"""A job at which so many processes died is given up: it is most likely what ended them."""


@dataclass(frozen=True)
class Job:
    """A call ``function(data, **arguments)`` that any process can make.

    Parameters
    ----------
    function
        ``"package.module:function"``; it returns an `Outcome`, the same one wherever it runs.
    arguments
        JSON-able keyword arguments, with all that the outcome depends on besides the data.
    data
        Digest of the content of the data that the function is given.
    name
        How progress and errors name the job.
    """

    function: str
    arguments: Mapping[str, Any]
    data: str
    name: str = ""

    @cached_property
    def key(self) -> str:
        """The name of the outcome in the store."""
        return key_of([self.function, dict(self.arguments), self.data])


@dataclass(frozen=True)
class Outcome:
    """What a job gave: JSON-able facts and arrays, both the same for the same job."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why a job gave nothing."""

    error: str
    traceback: str = ""


@dataclass(frozen=True)
class Done:
    """A job that was run, and how that ended."""

    job: Job
    result: Outcome | Failure
    duration_s: float = 0.0


Backend = Callable[[Sequence[Job], bytes], Iterator[Done]]
"""Runs jobs on some data and yields each as it ends, in any order."""


def run_job(job: Job, data: bytes) -> Done:
    """Run a job in this process; what it raises becomes its failure."""
    started = time.monotonic()
    try:
        module, _, attribute = job.function.partition(":")
        with contained():
            outcome = getattr(importlib.import_module(module), attribute)(data, **job.arguments)
        if not isinstance(outcome, Outcome):
            raise TypeError(f"{job.function} returned {type(outcome).__name__}, not an Outcome")
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        return Done(job, Failure(line_of(error), text), time.monotonic() - started)
    return Done(job, outcome, time.monotonic() - started)


def in_process(jobs: Sequence[Job], data: bytes) -> Iterator[Done]:
    """Run jobs in this process, one after the other."""
    for job in jobs:
        yield run_job(job, data)


def in_processes(jobs: Sequence[Job], data: bytes, *, workers: int) -> Iterator[Done]:
    """Run jobs in so many processes; one that dies costs the job it was at, which is run again."""
    yield from run_all(jobs, Program(partial(runner, data)), _run_in, workers=workers)


def runner(data: bytes) -> Callable[[Job], tuple[Done]]:
    """Return what a process does with each job."""
    return lambda job: (run_job(job, data),)


def _run_in(worker: Worker, job: Job) -> Done:
    how = ""
    for _ in range(MAX_DEATHS):
        ran = worker.run(job)
        if ran.answers:
            done: Done = ran.answers[0]
            return done
        how = ran.death.name if ran.death else ""
    return Done(job, Failure(f"ended its process {MAX_DEATHS} times, at last by {how}"))


def save_outcome(store: Path, job: Job, outcome: Outcome, duration_s: float) -> None:
    """Write what a job gave as an entry of the store, unless another process has done so meanwhile."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(outcome.arrays))
    about = {
        "facts": dict(outcome.facts),
        "duration_s": duration_s,
        "function": job.function,
        "name": job.name,
    }
    with locked(store / job.key):
        if load_entry(store / job.key) is None:
            save_entry(store / job.key, {ARRAYS: buffer.getvalue()}, about)


def load_outcome(store: Path, job: Job) -> tuple[Outcome, float] | None:
    """Return what a job gave and how many seconds it took; None where it is not stored."""
    entry = load_entry(store / job.key)
    if entry is None:
        return None
    try:
        with np.load(entry.files[ARRAYS], allow_pickle=False) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:  # cleared by another process since it was verified
        return None
    return Outcome(entry.about["facts"], kept), float(entry.about["duration_s"])
