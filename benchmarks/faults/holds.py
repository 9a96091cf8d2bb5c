"""What must hold after a fault: nothing finished is lost or made again, nothing unfinished is left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from auditor import console
from auditor.cache.store import MANIFEST, load_entry
from auditor.cache.writing import SUFFIX
from benchmarks.faults.cases import Case
from benchmarks.faults.tally import Tally

Entries = Mapping[Path, tuple[int, int]]
"""Finished entries of a cache, and which file their manifest is: inode and time of writing."""
GROWING = ("recommendations",)
"""Parts of the cache whose entries are replaced by design."""


def finished(cache: Path) -> Entries:
    """Return the good entries of a cache."""
    found = {}
    for folder in _folders(cache):
        if _good(folder):
            status = (folder / MANIFEST).stat()
            found[folder] = (status.st_ino, status.st_mtime_ns)
    return found


def damaged(cache: Path) -> list[Path]:
    """Return the entries of a cache that no reader takes."""
    return [folder for folder in _folders(cache) if not _good(folder)]


def litter(folder: Path) -> list[Path]:
    """Return unfinished files and folders."""
    return [path for path in folder.rglob("*") if path.name.endswith((SUFFIX, ".before", ".checkpoint"))]


def held_locks(folder: Path) -> list[Path]:
    """Return the locks that somebody still holds."""
    import filelock

    held = []
    for path in folder.rglob(".*.lock"):
        try:
            with filelock.FileLock(path, timeout=0):
                pass
        except filelock.Timeout:
            held.append(path)
    return held


def outputs(case: Case, folder: Path) -> dict[str, bytes | None]:
    """Return the files that a command has written."""
    paths = {name: folder / name for name in case.outputs}
    return {name: path.read_bytes() if path.exists() else None for name, path in paths.items()}


def compare(case: Case, folder: Path, wanted: Mapping[str, bytes | None], tally: Tally) -> None:
    """Blame every output that is not what an undisturbed run writes."""
    for name, data in outputs(case, folder).items():
        if data != wanted[name]:
            tally.blame("wrong", f"{name} of {case.name} in {folder} is not that of an undisturbed run")


def kept(before: Entries, cache: Path, tally: Tally) -> None:
    """Blame every entry that was finished before and is gone now, or was written again."""
    now = finished(cache)
    for folder, file in before.items():
        if folder.parent.name not in GROWING and now.get(folder) != file:
            tally.blame("lost", f"{folder} was finished and is {'made again' if folder in now else 'gone'}")


def tidy(folder: Path, tally: Tally) -> None:
    """Blame what is left behind when a command has ended by itself."""
    for path in litter(folder):
        tally.blame("left", f"{path} remains")


def _folders(cache: Path) -> list[Path]:
    found = [path for path in cache.glob("*/*") if path.is_dir() and path.name[0] != "."]
    return [path for path in found if path.parent.name != "files"]


def _good(folder: Path) -> bool:
    level, console.settings.level = console.settings.level, -9
    try:
        return load_entry(folder) is not None
    finally:
        console.settings.level = level
