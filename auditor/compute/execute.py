"""Run many independent jobs: each outcome is kept as soon as it arrives, none is made twice."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from auditor import console
from auditor.compute.cluster import on_cluster, require_dask
from auditor.compute.jobs import Backend, Failure, Job, Outcome, in_process, in_processes, load_outcome
from auditor.compute.keeping import Keeping
from auditor.errors import UsageError


@dataclass(frozen=True)
class Execution:
    """How many jobs ended.

    Parameters
    ----------
    outcomes, failures
        What each job gave, or why it gave nothing, by its key.
    reused, ran
        Number of outcomes that were stored before, and that were made now.
    """

    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, Failure]
    reused: int
    ran: int


def execute(
    jobs: Sequence[Job], data: bytes, *, store: Path, backend: Backend = in_process, label: str
) -> Execution:
    """Run the jobs whose outcomes are not stored, and return the outcomes of all.

    A job that fails is named on stderr and left out; the others go on. An interruption loses the
    jobs that are running, and nothing else: the next call goes on from there. Where the store cannot be
    written any more, which is said, outcomes stay in memory, and are written after a later job if that
    is possible again.

    Parameters
    ----------
    data
        What every job is given; its digest is `Job.data`.
    store
        Folder of the outcomes, one entry per job.
    label
        What is being done, in the -ing form.

    Raises
    ------
    StorageError
        There is something to run, and the store cannot be written from the beginning.
    """
    unique = {job.key: job for job in jobs}
    outcomes = stored(tuple(unique.values()), store)
    missing = [job for key, job in unique.items() if key not in outcomes]
    reused, keeping = len(outcomes), Keeping(store)
    if missing:
        keeping.check()
    failures: dict[str, Failure] = {}
    if missing and reused:
        console.say(f"{label}: {reused:,} of {len(unique):,} are finished already")
    with console.progress(label, len(missing)) as advance, contextlib.ExitStack() as stack:
        running = backend(missing, data) if missing else iter(())
        if hasattr(running, "close"):
            stack.callback(running.close)  # ends the workers, whatever ended the loop
        for done in running:
            if isinstance(done.result, Failure):
                _say_failure(done.job, done.result, failures)
                failures[done.job.key] = done.result
            else:
                outcomes[done.job.key] = keeping.keep(done.job, done.result, done.duration_s)
            advance(1)
    _say_repeated(failures)
    return Execution(outcomes, failures, reused, len(outcomes) - reused)


def _say_failure(job: Job, failure: Failure, before: Mapping[str, Failure]) -> None:
    """Name a job that failed, unless one before it failed in the same words: hundreds may."""
    if all(other.error != failure.error for other in before.values()):
        console.warn(f"{job.name or job.key} failed: {failure.error}")


def _say_repeated(failures: Mapping[str, Failure]) -> None:
    counts = Counter(failure.error for failure in failures.values())
    for error, count in counts.items():
        if count > 1:
            console.warn(f"{count:,} jobs failed in the same way: {error}")


def stored(jobs: Sequence[Job], store: Path) -> dict[str, Outcome]:
    """Return the outcomes that are stored already, by key."""
    found = ((job.key, load_outcome(store, job)) for job in jobs)
    return {key: loaded[0] for key, loaded in found if loaded is not None}


def backend_of(*, workers: int = 1, scheduler: str = "") -> Backend:
    """Return where jobs run: on a Dask cluster, in local processes, or in this process.

    The outcomes do not depend on it.

    Parameters
    ----------
    workers
        Local processes; 1 = this process.
    scheduler
        Address of a Dask scheduler, ``tcp://HOST:PORT``; empty for none.

    Raises
    ------
    UsageError
        Both are given, or fewer than one worker.
    MissingExtra
        Dask's scheduler client is not installed.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers cannot run anything", hint="give at least 1")
    if scheduler:
        if workers > 1:
            raise UsageError(
                "local workers and a Dask scheduler are both asked for",
                hint="the number of workers of a cluster is set where it is started",
            )

        require_dask()
        return partial(on_cluster, address=scheduler)
    if workers > 1:
        return partial(in_processes, workers=workers)
    return in_process
