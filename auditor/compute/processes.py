"""A pool of processes of this machine: each does one thing at a time, and is started anew after its death.

A process is light to start: it imports nothing of its parent's main module, and of the rest only what
its program needs.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from auditor.compute.worker import send

T = TypeVar("T")
R = TypeVar("R")
WAKE_S = 1.0
"""On Windows Ctrl-C is answered between two waits."""
LEAVING_S = 5.0
"""What a process may need from its last word to its end."""
_BOOT = (
    "import os, pickle, sys; questions = os.fdopen(os.dup(0), 'rb');"
    "sys.path[:], parent = pickle.load(questions);"
    "from auditor.compute.worker import serve; serve(questions, parent)"
)


@dataclass(frozen=True)
class Program:
    """What the processes of a pool run.

    Parameters
    ----------
    opening
        Picklable; called once in each process. What it returns is called with each thing and gives its
        answers, one after the other.
    limit_s
        Seconds of processor time for each answer; 0 = no limit. Windows has none.
    quiet
        Whether what a process prints is dropped; otherwise it goes to stderr.
    """

    opening: Callable[[], Callable[[Any], Iterable[Any]]]
    limit_s: int = 0
    quiet: bool = False


@dataclass(frozen=True)
class Death:
    """How a process ended: its exit code (minus the signal), and whether it had opened its program.

    What kept the program from opening is ``said``.
    """

    code: int
    opened: bool
    said: str

    @property
    def name(self) -> str:
        """The name of the signal, or the exit code."""
        killed = -self.code in set(signal.Signals)
        return signal.Signals(-self.code).name if killed else f"exit {self.code}"


@dataclass(frozen=True)
class Ran:
    """What a process answered to a thing, and how it died at it, if it did."""

    answers: Sequence[Any]
    death: Death | None = None


class Stopped(Exception):
    """A worker was stopped: nobody waits for what it was at."""


class Worker:
    """A process that does one thing at a time; it starts with the first, and anew after each death."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.opened = False
        self.stopped = False
        self.lock = threading.Lock()

    def run(self, thing: object) -> Ran:
        """Have a thing done; a death is told, and the next call starts another process.

        Raises
        ------
        Stopped
            `stop` was called.
        """
        process, said = self._living(), ""
        assert process.stdin is not None and process.stdout is not None
        answers: list[Any] = []
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            if not self.opened:
                send(process.stdin, (sys.path, os.getpid()))
                send(process.stdin, (self.program.opening, self.program.limit_s))
                said = pickle.load(process.stdout) or ""
                self.opened = not said
            if self.opened:
                send(process.stdin, thing)
                while (answer := pickle.load(process.stdout)) is not None:
                    answers.append(answer[0])
                return Ran(answers)
        opened, code = self.opened, self.end(LEAVING_S)
        if self.stopped:
            raise Stopped
        return Ran(answers, Death(code, opened, said))

    def stop(self) -> None:
        """End the process for good, from whichever thread."""
        with self.lock:
            self.stopped = True
            if self.process is not None:
                self.process.kill()

    def end(self, leaving_s: float = 0.0) -> int:
        """End the process from the thread that uses it, and return its exit code.

        One that is leaving by itself has so many seconds to do so, for its exit code tells why.
        """
        process, self.process, self.opened = self.process, None, False
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(leaving_s)
        process.kill()
        code = process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):  # what was not read any more
                stream.close()
        return code

    def _living(self) -> subprocess.Popen[bytes]:
        """Return the process, another one if it died while it had nothing to do."""
        if self.process is not None and self.process.poll() is not None:
            self.end()
        with self.lock:
            if self.stopped:
                raise Stopped
            if self.process is None:
                self.process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _BOOT],  # -P: import nothing from the working folder
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL if self.program.quiet else None,
                )
            return self.process


def run_all(
    things: Sequence[T], program: Program, work: Callable[[Worker, T], R], *, workers: int
) -> Iterator[R]:
    """Yield what ``work`` makes of each thing with one of so many processes, in the order they are ready.

    ``work`` is called in a thread of each worker and decides what a death means. What it raises is
    raised here, and ends all.
    """
    todo: queue.SimpleQueue[T] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[R, None] | tuple[None, BaseException]] = queue.SimpleQueue()
    for thing in things:
        todo.put(thing)

    def each(worker: Worker) -> None:
        _leave_ctrl_c()
        try:
            while True:
                done.put((work(worker, todo.get_nowait()), None))
        except (queue.Empty, Stopped):
            pass
        except BaseException as error:
            done.put((None, error))
        finally:
            worker.end()  # Linux kills a process with the thread that started it

    crew = [Worker(program) for _ in range(min(workers, len(things)))]
    threads = [threading.Thread(target=each, args=(worker,), daemon=True) for worker in crew]
    try:
        for thread in threads:
            thread.start()
        for _ in things:
            yield _next(done)
    finally:
        for worker in crew:
            worker.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _next(done: queue.SimpleQueue[Any]) -> Any:
    while True:
        with contextlib.suppress(queue.Empty):
            result, error = done.get(timeout=WAKE_S)
            if error is not None:
                raise error
            return result


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C to the main thread, and to no process started here, from its first moment on."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
