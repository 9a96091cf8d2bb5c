"""What the cache holds, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PARTS = (
    "files", "datasets", "identity", "trainings", "jobs", "projections", "fingerprints", "recommendations",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of the cache: what it is called, how many files it holds, and their bytes."""

    name: str
    files: int
    bytes: int


def part_of(cache: Path, name: str) -> Part:
    """Return what a part of the cache holds, without the files that only hold a lock."""
    sizes = []
    for path in (cache / name).rglob("*"):
        try:
            if path.is_file() and path.name[0] != ".":
                sizes.append(path.stat().st_size)
        except OSError:  # another process has cleared it meanwhile
            continue
    return Part(name, len(sizes), sum(sizes))
