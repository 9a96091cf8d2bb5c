"""A command of the program in a process of its own, forked from one that has imported the heavy libraries.

So its life is work rather than imports, and a fault falls into the work.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code, -9 where it was killed, and what it said on stderr."""

    code: int
    err: str
    duration_s: float

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL

    def is_clear(self, *codes: int) -> bool:
        """Return whether it ended as documented: without a traceback, a refusal with a line and a hint."""
        said = self.code == 0 or ("mtl-audit: error:" in self.err and "hint:" in self.err)
        return self.code in codes and "Traceback" not in self.err and said


@dataclass(frozen=True)
class Child:
    """A running command."""

    pid: int
    stderr: Path
    started: float

    def end(self, *, kill_after_s: float | None = None) -> Ended:
        """Wait for the end, or kill after so many seconds."""
        pid, status = 0, 0
        while kill_after_s is not None and not pid and time.monotonic() < self.started + kill_after_s:
            time.sleep(0.002)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        if kill_after_s is not None and not pid:
            os.kill(self.pid, signal.SIGKILL)
        if not pid:
            status = os.waitpid(self.pid, 0)[1]
        code = os.waitstatus_to_exitcode(status)
        said = (
            self.stderr.read_text(errors="replace") if self.stderr.exists() else ""
        )  # killed before its first word
        return Ended(code, said, time.monotonic() - self.started)


def warm(commands: Sequence[Sequence[str]], folder: Path) -> None:
    """Run some commands once in this process, so that children find everything imported."""
    from auditor.cli import run as command
    from auditor.training import checkpoint

    checkpoint.SHARE = 1e9  # as many checkpoints as there are epochs
    here, argv = Path.cwd(), sys.argv
    folder.mkdir(parents=True, exist_ok=True)
    try:
        os.chdir(folder)
        os.environ["MTL_AUDIT_CACHE_DIR"] = str(folder / "cache")
        with (folder / "said").open("w") as said, redirect_stdout(said), redirect_stderr(said):
            for arguments in commands:
                sys.argv = ["mtl-audit", *arguments]
                command(list(arguments))
    finally:
        os.chdir(here)
        sys.argv = argv


def start(
    arguments: Sequence[str],
    folder: Path,
    *,
    env: Mapping[str, str] = NOTHING,
    prepare: Callable[[], None] = lambda: None,
    stderr: Path | None = None,
) -> Child:
    """Start ``mtl-audit`` with some arguments, its cache in ``folder / "cache"``.

    Parameters
    ----------
    env
        Added to the environment.
    prepare
        Called in the child before the command: what injects the fault.
    stderr
        Where its stderr goes, ``folder / "stderr"`` by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = stderr or folder / "stderr"
    started = time.monotonic()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _become(arguments, folder, said, env, prepare)
    return Child(pid, said, started)


def run(arguments: Sequence[str], folder: Path, **options: object) -> Ended:
    """Run a command to its end."""
    return start(arguments, folder, **options).end()  # type: ignore[arg-type]


def _become(
    arguments: Sequence[str],
    folder: Path,
    stderr: Path,
    env: Mapping[str, str],
    prepare: Callable[[], None],
) -> None:
    code = 70
    try:
        handle = os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for source, target in ((nowhere, 0), (nowhere, 1), (handle, 2)):
            os.dup2(source, target)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        fixed = {"MTL_AUDIT_CACHE_DIR": str(folder / "cache"), "SOURCE_DATE_EPOCH": "1750000000"}
        os.environ.update({**fixed, **env})
        os.environ.pop("MTL_AUDIT_CONFIG", None)
        os.chdir(folder)
        sys.argv = ["mtl-audit", *arguments]
        from auditor.cli import run as command

        prepare()
        code = command(list(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
