"""Run jobs in processes of this machine; one that dies costs the job it was at, which is run again."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait

from auditor.compute.jobs import Done, Failure, Job, run_job

MAX_DEATHS = 3
"""A job at which so many processes died is given up: it is most likely what ended them."""


class Worker:
    """A process that runs one job at a time, started anew after its death."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.job: Job | None = None
        self._start()

    def give(self, job: Job) -> None:
        """Let the process run a job; a process that has died is noticed by `answer`."""
        self.job = job
        with contextlib.suppress(OSError):
            self.connection.send(job)

    def answer(self) -> Done | None:
        """Return the job that has ended; None if the process died at it, which is replaced."""
        try:
            done: Done = self.connection.recv()
        except (EOFError, OSError):
            self.end()
            self._start()
            return None
        return done

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.connection.close()

    def _start(self) -> None:
        os.environ.setdefault("PYTHONSAFEPATH", "1")  # import nothing from the working folder
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, self.data), daemon=True)
        self.process.start()
        other.close()


def in_processes(jobs: Sequence[Job], data: bytes, *, workers: int) -> Iterator[Done]:
    """Run jobs in so many processes and yield each as it ends."""
    todo, deaths = deque(jobs), Counter[str]()
    crew: list[Worker] = []
    try:
        for _ in range(min(workers, len(jobs))):
            crew.append(Worker(data))
        while todo or any(worker.job for worker in crew):
            for worker in crew:
                if worker.job is None and todo:
                    worker.give(todo.popleft())
            for worker in _ready(crew):
                job, done = worker.job, worker.answer()
                worker.job = None
                assert job is not None
                if done is None:
                    deaths[job.key] += 1
                    if deaths[job.key] < MAX_DEATHS:
                        todo.append(job)
                        continue
                    done = Done(job, Failure(f"ended its process {MAX_DEATHS} times"))
                yield done
    finally:
        for worker in crew:
            worker.end()


def serve(connection: Connection, data: bytes) -> None:
    """Run the jobs that arrive until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    os.dup2(2, 1)  # stdout belongs to the parent's answer
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(run_job(connection.recv(), data))


def _ready(crew: Sequence[Worker]) -> list[Worker]:
    ready = wait([worker.connection for worker in crew if worker.job is not None])
    return [worker for worker in crew if worker.connection in ready]
