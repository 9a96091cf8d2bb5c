"""Folders that cannot be written: the cache and the place of the report, empty, finished and half done."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.cases import ANALYZE, REPORT, Case
from benchmarks.faults.child import Ended, run
from benchmarks.faults.holds import compare, finished, kept, outputs
from benchmarks.faults.hook import die_at
from benchmarks.faults.kill import undisturbed
from benchmarks.faults.space import apart, read_only, unmount
from benchmarks.faults.tally import Tally

NOBODY = 65_534
Forbid = Callable[[Path], Callable[[], None]]
"""Makes a folder read-only and returns what the child does before it begins."""


@dataclass(frozen=True)
class Place:
    """A folder that becomes read-only, how far the command had come before, and how it then ends."""

    name: str
    folder: str
    case: Case
    begun: Callable[[Path], None]
    code: int


def readonly(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Forbid writing by a read-only mount, and by being another user."""
    work.mkdir(parents=True, exist_ok=True)
    plain = undisturbed(ANALYZE, work / "plain")

    def half(folder: Path) -> None:
        run(ANALYZE.arguments, folder, prepare=die_at(folder, rng.randint(20, plain.operations // 2)))

    def whole(folder: Path) -> None:
        run(ANALYZE.arguments, folder)

    places = (
        Place("an empty cache", "cache", ANALYZE, lambda folder: (folder / "cache").mkdir(parents=True), 4),
        Place("a half finished cache", "cache", ANALYZE, half, 4),
        Place("a finished cache", "cache", ANALYZE, whole, 0),
        Place(
            "the folder of the run", "out", ANALYZE, lambda folder: (folder / "out").mkdir(parents=True), 4
        ),
        Place("the folder of a report", ".", REPORT, REPORT.prepare, 4),
    )
    refusal = apart()
    for place in places:
        for name, forbid in (("mounted read-only", _mounted), ("of another user", _other_user)):
            tally = Tally(f"{name}: {place.name}")
            impossible = refusal if forbid is _mounted else _cannot_change_user()
            if impossible:
                tally.see(f"NOT RUN: {impossible}", 0)
            for _ in range(0 if impossible else max(1, times // 50)):
                _once(place, work / "place", forbid, tally)
            yield tally


def _cannot_change_user() -> str:
    return "" if os.getuid() == 0 else "only root can become another user"


def _once(place: Place, folder: Path, forbid: Forbid, tally: Tally) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if place.case is REPORT:
        folder.rmdir()
    place.begun(folder)
    before, old = finished(folder / "cache"), outputs(place.case, folder)
    _open_to_all(folder)
    tally.times += 1
    try:
        ended = run(
            place.case.arguments,
            folder,
            prepare=forbid(folder / place.folder),
            stderr=folder.parent / "stderr",
        )
    finally:
        unmount(folder / place.folder)
        _open_to_all(folder)
    _judge(place, ended, tally)
    for name, data in outputs(place.case, folder).items():
        if old[name] is not None and data != old[name]:
            tally.blame("lost", f"{name} was changed")
    kept(before, folder / "cache", tally)
    if place.folder == "out" and list((folder / "cache" / "trainings").glob("*")):
        tally.blame("unclear", "trained before it was refused")
    _later(place, folder, tally)


def _judge(place: Place, ended: Ended, tally: Tally) -> None:
    tally.see("refused" if ended.code else "read what was finished")
    if not ended.is_clear(place.code):
        tally.blame("unclear", f"{place.name}: exit {ended.code}: {ended.err[-600:]}")


def _later(place: Place, folder: Path, tally: Tally) -> None:
    """Run again where writing is allowed."""
    ended = run(place.case.arguments, folder)
    if not ended.is_clear(0):
        tally.blame("unclear", f"{place.name} later: exit {ended.code}: {ended.err[-600:]}")
    if place.case is ANALYZE:
        compare(ANALYZE, folder, outputs(ANALYZE, folder.parent / "plain"), tally)


def _mounted(folder: Path) -> Callable[[], None]:
    refusal = read_only(folder)
    if refusal:
        raise RuntimeError(refusal)
    return lambda: None


def _other_user(folder: Path) -> Callable[[], None]:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o555)
    return lambda: os.setuid(NOBODY)


def _open_to_all(folder: Path) -> None:
    """Let every user read and write a folder, and come to it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    for above in (folder.parent, folder.parent.parent):
        above.chmod(0o755)
