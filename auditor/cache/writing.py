"""Writing a file so that it is whole or not there, and what the system's refusal to write comes to.

Until it is whole a file is a part beside its place, named after what it becomes. A process that is
killed leaves its part behind. The writer holds a lock on the part itself as long as it lives, so that
whoever writes the same name next can tell a dead writer's part from that of another process, without
trusting a clock or a process number. (Windows has no such lock: there only `mtl-audit cache clear`
removes them.)
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from auditor.errors import StorageError

SUFFIX = ".part"
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextlib.contextmanager
def writable(path: Path, *, options: str = "--cache-dir or --output") -> Iterator[None]:
    """Turn the operating system's refusal to write into one clear line; the hint names the options."""
    try:
        yield
    except OSError as error:
        elsewhere = f"choose another folder with {options}"
        forbidden = error.errno in _FORBIDDEN
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}",
            hint=elsewhere if forbidden else f"free some space there, or {elsewhere}",
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that it is either complete or not there.

    Raises
    ------
    StorageError
        The folder cannot be written, or the disk is full.
    """
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path)
        with part_of(path) as (stream, part):
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            part.chmod(0o644)
            part.replace(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a loss of power, where the system can promise it."""
    with contextlib.suppress(OSError):  # Windows opens no folder, some file systems sync none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def part_of(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a new file beside ``path`` to write and to rename; it is deleted where it is still there."""
    handle, part = _claimed(path)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream, part
    finally:
        part.unlink(missing_ok=True)


def parts_of(path: Path) -> list[Path]:
    """Return the unfinished files and folders of a name, whoever writes them."""
    return list(path.parent.glob(f".{glob.escape(path.name)}.*{SUFFIX}"))


def sweep(path: Path) -> None:
    """Delete the unfinished files of a name whose writers are dead."""
    for part in parts_of(path):
        if part.is_file() and _abandoned(part):
            part.unlink(missing_ok=True)


def _claimed(path: Path) -> tuple[int, Path]:
    """Create and lock an unfinished file; one that was swept in between is created again."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=SUFFIX)
        _lock(handle)
        if Path(name).exists():
            return handle, Path(name)
        os.close(handle)


def _abandoned(part: Path) -> bool:
    try:
        handle = os.open(part, os.O_RDWR)
    except OSError:  # swept by another process, or not ours to touch
        return False
    try:
        return _lock(handle, wait=False)
    finally:
        os.close(handle)


if sys.platform == "win32":

    def _lock(handle: int, *, wait: bool = True) -> bool:
        return False

else:
    import fcntl

    def _lock(handle: int, *, wait: bool = True) -> bool:
        """Lock an open file until it is closed; False where another process holds it or nobody can."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True
