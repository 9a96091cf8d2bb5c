"""What a child does at its n-th operation on files: die, or find the disk full."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = ("os.mkdir", "os.rename", "os.rmdir", "os.remove", "os.chmod", "shutil.rmtree")
NEEDING_SPACE = ("open", "os.mkdir", "os.rename", "fsync")


def at_operation(root: Path, act: Callable[[int, str], None]) -> Callable[[], None]:
    """Return a preparation of a child that calls ``act(number, kind)`` before every change below ``root``.

    A change is a file opened for writing, created, synced, renamed, deleted; what SQLite does by
    itself is not seen.
    """

    def prepare() -> None:
        count = 0
        below, log = str(root) + os.sep, str(root / "stderr")
        sync = os.fsync

        def seen(kind: str) -> None:
            nonlocal count
            count += 1
            act(count, kind)

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event != "open" and event not in EVENTS:
                return
            if not isinstance(arguments[0], str | bytes):
                return
            path = os.path.join(os.getcwd(), os.fsdecode(arguments[0]))  # noqa: PTH109, PTH118
            if not path.startswith(below) or path == log:
                return
            if event != "open" or (isinstance(arguments[2], int) and arguments[2] & WRITING):
                seen(event)

        def fsync(handle: int) -> None:
            seen("fsync")
            sync(handle)

        os.fsync = fsync
        sys.addaudithook(hook)

    return prepare


def die_at(root: Path, wanted: int) -> Callable[[], None]:
    """Return a preparation of a child that is killed before its n-th operation."""

    def act(number: int, _: str) -> None:
        if number == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return at_operation(root, act)


def full_from(root: Path, wanted: int, *, code: int = errno.ENOSPC) -> Callable[[], None]:
    """Return a preparation of a child whose disk is full from its n-th operation that needs space on."""
    needing = 0

    def act(_: int, kind: str) -> None:
        nonlocal needing
        needing += kind in NEEDING_SPACE
        if kind in NEEDING_SPACE and needing >= wanted:
            raise OSError(code, os.strerror(code))

    return at_operation(root, act)


def counting(root: Path, into: Path) -> Callable[[], None]:
    """Return a preparation of a child that writes down how many operations it made, of either kind."""
    needing = 0

    def act(number: int, kind: str) -> None:
        nonlocal needing
        needing += kind in NEEDING_SPACE
        os.pwrite(handle, f"{number:08d} {needing:08d}\n".encode(), 0)

    handle = os.open(into, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    return at_operation(root, act)
