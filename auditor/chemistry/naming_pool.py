"""Name molecules in worker processes, where one that crashes or never ends costs only itself.

RDKit and InChI are native code: no exception handler survives their crash, and no signal interrupts
their loops. After the death of a worker the rest of its chunk is named by one that answers molecule
by molecule, so that a second death tells which molecule it was.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from auditor.chemistry.naming_worker import send
from auditor.errors import PluginError

if TYPE_CHECKING:
    from auditor.chemistry.named import Named
    from auditor.plugin.component import Component

CHUNK = 500
LIMIT_S = 30
"""Processor seconds for one molecule; the slowest found within the size limits needs 6."""
_BOOT = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer);"
    "from auditor.chemistry.naming_worker import serve; serve()"
)
_FAULTS = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")


def name_in_workers(
    smiles: Sequence[str], level: Component, *, workers: int, limit_s: int = LIMIT_S
) -> Iterator[dict[str, Named]]:
    """Yield the names of distinct molecules, some hundred at a time, in the order they are ready.

    A molecule that crashes its worker, or needs more than ``limit_s`` seconds of processor time, is
    rejected with that as its reason. (Windows has no such limit; there only the size of a molecule
    bounds its time.)

    Raises
    ------
    PluginError
        A worker cannot start, or was ended from outside.
    """
    todo: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
    done: queue.SimpleQueue[dict[str, Named] | BaseException] = queue.SimpleQueue()
    chunks = [smiles[i : i + CHUNK] for i in range(0, len(smiles), CHUNK)]
    for chunk in chunks:
        todo.put(chunk)
    crew = [Worker(level, limit_s) for _ in range(min(workers, len(chunks)))]
    threads = [threading.Thread(target=_work, args=(w, todo, done), daemon=True) for w in crew]
    try:
        for thread in threads:
            thread.start()
        for _ in chunks:
            found = done.get()
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        for worker in crew:
            worker.dismiss()
        for worker, thread in zip(crew, threads, strict=True):
            if thread.ident is not None:
                thread.join()
            worker.close()


class Worker:
    """A process that names molecules, started anew after each death."""

    def __init__(self, level: Component, limit_s: int) -> None:
        self.level = level
        self.limit_s = limit_s
        self.process: subprocess.Popen[bytes] | None = None
        self.dismissed = False

    def name(self, chunk: Sequence[str]) -> dict[str, Named]:
        """Return the names of some molecules."""
        from auditor.chemistry.named import Named

        found: dict[str, Named] = {}
        careful = False
        while len(found) < len(chunk):
            rest = chunk[len(found) :]
            for text, named in zip(rest, self._answers(rest, careful), strict=False):
                found[text] = named
            if len(found) < len(chunk):
                cause = self._cause_of_death()
                if careful:
                    found[chunk[len(found)]] = Named(None, cause)
                careful = True
        return found

    def dismiss(self) -> None:
        """End the process, from whichever thread."""
        self.dismissed = True
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """Close what is left of the process, once no thread reads from it."""
        if self.process is not None:
            self.process.communicate()

    def _answers(self, texts: Sequence[str], careful: bool) -> Iterator[Named]:
        """Yield one answer per text until the process dies."""
        from auditor.chemistry.named import Named

        process = self.process = self.process or self._start()
        if self.dismissed:
            process.kill()
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            send(process.stdin, (list(texts), careful))
            for _ in texts:
                yield Named(*pickle.load(process.stdout))

    def _start(self) -> subprocess.Popen[bytes]:
        """Start a process and wait until it has imported what it needs."""
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT],  # -P: import nothing from the working folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            assert process.stdin is not None and process.stdout is not None
            try:
                send(process.stdin, sys.path)
                send(process.stdin, (self.level, self.limit_s))
                pickle.load(process.stdout)
            except (EOFError, OSError) as error:
                process.kill()
                process.communicate()
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines()
                raise PluginError(
                    f"a process for identity '{self.level.name}' cannot start: {' '.join(said[-1:])}",
                    hint="a plugin's function must be importable from a new process",
                ) from error
        return process

    def _cause_of_death(self) -> str:
        process, self.process = self.process, None
        assert process is not None
        process.communicate()
        cause = -process.returncode
        ended = signal.Signals(cause).name if cause in set(signal.Signals) else f"exit {-cause}"
        if ended == "SIGXCPU":
            return f"needs more than {self.limit_s} s of processor time"
        if self.dismissed or (cause > 0 and ended not in _FAULTS):
            raise PluginError(
                f"a process that named compounds was ended from outside ({ended})",
                hint="the machine may be out of memory; run again, what was named is kept",
            )
        return f"crashes the parser ({ended})"


def _work(worker: Worker, todo: queue.SimpleQueue[Any], done: queue.SimpleQueue[Any]) -> None:
    try:
        while not worker.dismissed:
            done.put(worker.name(todo.get_nowait()))
    except queue.Empty:
        pass
    except BaseException as error:  # a worker that was dismissed has nobody left to tell
        done.put(error)
