"""Writing a file so that it is whole or not there, and what the system's refusal to write comes to."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from auditor.cache.parts import part_of, sweep
from auditor.errors import StorageError

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
