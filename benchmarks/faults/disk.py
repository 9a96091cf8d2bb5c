"""A full disk: from every operation on, and for real on disks of random sizes."""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.faults.cases import ANALYZE, BENEFIT, OVERLAP, RECOMMEND, REPORT, Case
from benchmarks.faults.child import Ended, run
from benchmarks.faults.holds import compare, finished, kept, outputs, tidy
from benchmarks.faults.hook import full_from
from benchmarks.faults.kill import Undisturbed, undisturbed
from benchmarks.faults.space import apart, small_disk, unmount
from benchmarks.faults.tally import Tally

CODES = {"no space left": errno.ENOSPC, "file too large": errno.EFBIG, "input/output error": errno.EIO}


def disk(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Let the disk be full from random operations of each command on, then run the command again."""
    plains = {case: undisturbed(case, work / "plain") for case in (OVERLAP, REPORT, ANALYZE, RECOMMEND)}
    for case, plain in plains.items():
        tally = Tally(f"disk full from an operation on: {case.name}")
        places = range(1, plain.needing_space + 1)
        for place in sorted(rng.sample(places, min(times // len(plains), len(places)))):
            code = rng.choice(list(CODES.values()))
            _once(case, plain, work / "full", full_from(work / "full", place, code=code), tally)
        yield tally
    yield _small_disks(BENEFIT, work, max(1, times // 10), rng)


def _once(case: Case, plain: Undisturbed, folder: Path, fault: Callable[[], None], tally: Tally) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    case.prepare(folder)
    old = outputs(case, folder)
    tally.times += 1
    _refused(case, folder, run(case.arguments, folder, prepare=fault), plain, old, tally)
    _later(case, folder, plain, tally)


def _refused(
    case: Case,
    folder: Path,
    ended: Ended,
    plain: Undisturbed,
    old: Mapping[str, bytes | None],
    tally: Tally,
) -> None:
    """Check a run on a full disk: one clear line, exit code 4, and files that are old or new."""
    tally.see("refused" if ended.code else "completed all the same")
    if not ended.is_clear(0, 4):
        tally.blame("unclear", f"{case.name}: exit {ended.code}: {ended.err[-600:]}")
    for name, data in outputs(case, folder).items():
        if data not in (old[name], plain.outputs[name]):
            tally.blame("wrong", f"{name} of {case.name} is neither the old nor the new one")


def _later(case: Case, folder: Path, plain: Undisturbed, tally: Tally) -> None:
    """Check a run after there is space again: it completes, and makes nothing finished again."""
    before = finished(folder / "cache")
    ended = run(case.arguments, folder)
    if not ended.is_clear(0):
        tally.blame("unclear", f"{case.name} later: exit {ended.code}: {ended.err[-600:]}")
    kept(before, folder / "cache", tally)
    compare(case, folder, plain.outputs, tally)
    tidy(folder, tally)


def _small_disks(case: Case, work: Path, times: int, rng: random.Random) -> Tally:
    """Run a command on disks of random sizes, up to what it needs; then let the disk grow."""
    tally = Tally(f"a small disk: {case.name}")
    refusal = apart()
    if refusal:
        tally.see(f"NOT RUN, since this system lets nobody mount a disk ({refusal})", 0)
        return tally
    plain = undisturbed(case, work / "plain")
    needed = sum(path.stat().st_blocks // 2 for path in (work / "plain").rglob("*")) + 64
    for _ in range(times):
        folder = work / "small"
        small_disk(folder, rng.randint(64, needed))
        case.prepare(folder)
        old = outputs(case, folder)
        tally.times += 1
        _refused(case, folder, run(case.arguments, folder), plain, old, tally)
        small_disk(folder, 64 * needed)
        _later(case, folder, plain, tally)
        unmount(folder)
    return tally
