"""Locks between processes: files beside what they lock, which the system frees when their holder ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import console
from auditor.cache.writing import writable

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT_S = 2
"""Seconds of waiting after which it is said."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock beside ``path``, so that two processes do not write it together.

    The system frees the lock when its holder ends, however it ends. A folder that cannot be written is
    not locked: what is finished there can still be read, as an entry appears in one step, and
    whatever would have to be written is refused.
    """
    lock = _acquired(path)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _acquired(path: Path) -> BaseFileLock | None:
    import filelock

    lock = filelock.FileLock(path.parent / f".{path.name}.lock")
    with writable(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=WAIT_S)
            except filelock.Timeout:
                console.say(f"waiting for another process that is at {path}")
                lock.acquire()
        except OSError:
            if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
                return None
            raise
    return lock
