"""The folder of a run: its files written together, with a manifest that tells if one was changed.

Other files may lie in the folder. The manifest is written last: where a run is cut short between two
files, those that are new do not have the checksums of the manifest before, and are not taken for a run.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.cache.bounded import read_bounded
from auditor.cache.store import MANIFEST, manifest_of, sha256_bytes
from auditor.cache.writing import part_of, sweep, sync_folder, writable
from auditor.errors import DataError


def write_run(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write the files of a run: all of them are on the disk before the first gets its name.

    Raises
    ------
    StorageError
        The folder cannot be written, or the disk is full; the files of the run before are as they were.
    """
    complete = {**files, MANIFEST: manifest_of("", files, about)}
    with writable(folder), contextlib.ExitStack() as parts:
        folder.mkdir(parents=True, exist_ok=True)
        ready = []
        for name, data in complete.items():
            sweep(folder / name)
            stream, part = parts.enter_context(part_of(folder / name))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            part.chmod(0o644)
            ready.append((part, folder / name))
        for part, path in ready:
            part.replace(path)
        sync_folder(folder)


def check_run(path: Path, data: bytes) -> None:
    """Refuse a file of a run that was changed since; without a manifest beside it nothing is checked.

    Raises
    ------
    DataError
        Its checksum is not the one in the manifest.
    """
    try:
        wanted = json.loads(read_bounded(path.parent / MANIFEST))["sha256"].get(path.name)
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        wanted = ""
    if wanted is not None and wanted != sha256_bytes(data):
        raise DataError(
            f"{path} is not as it was written: its checksum is not the one in {MANIFEST}",
            hint=f"run the audit again, or delete {path.parent / MANIFEST} to read it as it is",
        )
