"""The cache folder: written atomically, checksummed, locked, and never trusted blindly.

An *entry* is a folder with a ``manifest.json`` that holds a format version, the SHA-256 of every
other file and whatever the writer wants to remember. A reader gets the entry whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import DataError

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """A verified entry: what the writer remembered, and its files by name."""

    about: Mapping[str, Any]
    files: Mapping[str, Path]


def default_cache_dir() -> Path:
    """Return the user's cache folder for this tool."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("mtl-audit", appauthor=False))


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def key_of(value: object) -> str:
    """Return a short stable key of any JSON-able value."""
    text = json.dumps(value, sort_keys=True, default=str)
    return sha256_bytes(text.encode())[:16]


@contextlib.contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one clear line."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"cannot write {path}: {error.strerror or error}",
            hint="free some space there, or choose another folder with --cache-dir or --output",
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that it is either complete or not there.

    Raises
    ------
    DataError
        The folder cannot be written, or the disk is full.
    """
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock beside ``path``, so that two processes do not write it together."""
    import filelock

    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path.parent / f".{path.name}.lock")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def save_entry(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write an entry; an older one of the same name is replaced in one step."""
    with writable(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name, data in files.items():
            write_atomic(staging / name, data)
        manifest = {
            "format": FORMAT,
            "sha256": {name: sha256_bytes(data) for name, data in files.items()},
            "about": dict(about),
            "about_sha256": sha256_bytes(_canonical(about)),
        }
        write_atomic(staging / MANIFEST, json.dumps(manifest, sort_keys=True, indent=1).encode())
        with writable(folder):
            if folder.exists():
                shutil.rmtree(folder)
            staging.replace(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _canonical(about: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(about), sort_keys=True).encode()


def load_entry(folder: Path) -> Entry | None:
    """Return an entry, or None if it is absent, of another format, truncated or tampered with."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            return None
        if sha256_bytes(_canonical(manifest["about"])) != manifest["about_sha256"]:
            return None
        files = {name: folder / name for name in manifest["sha256"]}
        if any(sha256_file(path) != manifest["sha256"][name] for name, path in files.items()):
            return None
        return Entry(manifest["about"], files)
    except (OSError, ValueError, KeyError, TypeError):
        return None
