"""The cache folder: written atomically, checksummed, locked, and never trusted blindly.

An *entry* is a folder with a ``manifest.json`` that holds a format version, the entry's own name, the
SHA-256 of every other file and whatever the writer wants to remember. A reader gets the entry whole or
not at all. Everything that is written is synced to the disk before it gets its name, and the folder
that holds the name is synced after.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor import console
from auditor.cache.writing import SUFFIX, parts_of, sync_folder, writable, write_atomic

FORMAT = 2
"""Version of an entry: 2 added its own name, so that another one in its place is noticed."""
READABLE = (1, FORMAT)
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


def save_entry(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write an entry; an older one of the same name is replaced, and read until it is.

    The caller holds `locked(folder)`, so that what is unfinished under this name is a dead writer's.
    """
    with writable(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        for part in parts_of(folder):
            _remove(part)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=SUFFIX))
        staging.chmod(0o755)
    try:
        for name, data in {**files, MANIFEST: manifest_of(folder.name, files, about)}.items():
            write_atomic(staging / name, data)
        with writable(folder):
            _put(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put(staging: Path, folder: Path) -> None:
    """Give an entry its name; until it has it, the one before is kept under another."""
    before = _before(folder)
    if folder.exists():
        _remove(before)
        folder.rename(before)
    staging.rename(folder)
    sync_folder(folder.parent)
    _remove(before)


def _before(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.before"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def manifest_of(name: str, files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """Return the manifest of some files: version, name, checksums, and what is to be remembered."""
    manifest = {
        "format": FORMAT,
        "name": name,
        "sha256": {file: sha256_bytes(data) for file, data in files.items()},
        "about": dict(about),
        "about_sha256": sha256_bytes(_canonical(about)),
    }
    return json.dumps(manifest, sort_keys=True, indent=1).encode()


def _canonical(about: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(about), sort_keys=True).encode()


def load_entry(folder: Path) -> Entry | None:
    """Return an entry, or None if it is absent or, which is said, cannot be used."""
    found = folder if folder.exists() or folder.is_symlink() else _before(folder)
    if not found.exists():
        return None
    try:
        return _verified(found, folder.name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error) if isinstance(error, _Unusable) else "its manifest cannot be read"
    console.warn(f"{folder} cannot be used and is made again: {reason}")
    return None


class _Unusable(ValueError):
    """Why an entry is not taken for what it is called."""


def _verified(folder: Path, name: str) -> Entry:
    manifest = json.loads((folder / MANIFEST).read_bytes())
    if manifest["format"] not in READABLE:
        raise _Unusable(f"it is of version {manifest['format']} of the store, and this is {FORMAT}")
    if sha256_bytes(_canonical(manifest["about"])) != manifest["about_sha256"]:
        raise _Unusable(f"{MANIFEST} is damaged")
    if manifest["format"] > 1 and manifest["name"] != name:
        raise _Unusable(f"it is the entry {manifest['name']}")
    files = {file: folder / file for file in manifest["sha256"]}
    for file, path in files.items():
        if path.parent != folder:
            raise _Unusable(f"{MANIFEST} names files outside of it")
        if not path.is_file():
            raise _Unusable(f"{file} is missing")
        if sha256_file(path) != manifest["sha256"][file]:
            raise _Unusable(f"{file} is damaged")
    return Entry(manifest["about"], files)
