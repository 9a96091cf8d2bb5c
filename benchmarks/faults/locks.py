"""Several processes on one cache, and one that is killed while the others wait for its lock."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults.cases import ANALYZE, OVERLAP, RECOMMEND, Case
from benchmarks.faults.child import Child, start
from benchmarks.faults.holds import compare, damaged, held_locks, tidy
from benchmarks.faults.kill import Undisturbed, undisturbed
from benchmarks.faults.tally import Tally

PATIENCE_S = 300


def locks(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Start a command several times at once, and kill the one that holds a lock."""
    rounds = max(1, times // 50)
    for case, together in ((OVERLAP, 4), (ANALYZE, 2), (ANALYZE, 4), (RECOMMEND, 2)):
        plain = undisturbed(case, work / "plain")
        tally = Tally(f"{together} processes at once: {case.name}")
        for _ in range(rounds):
            folder = _fresh(case, work / "together")
            children = [_start(case, folder, number) for number in range(together)]
            _all_end(case, folder, children, plain, tally)
        yield tally
    plain = undisturbed(ANALYZE, work / "plain")
    tally = Tally("the holder of a lock is killed while another waits")
    for _ in range(2 * rounds):
        folder = _fresh(ANALYZE, work / "holder")
        holder = _start(ANALYZE, folder, 0)
        if not _has_lock(folder / "cache" / "trainings"):
            tally.blame("unclear", "no lock was taken")
        waiting = _start(ANALYZE, folder, 1)
        time.sleep(rng.uniform(0, plain.duration_s / 4))
        holder.end(kill_after_s=0)
        _all_end(ANALYZE, folder, [waiting], plain, tally)
    yield tally


def _fresh(case: Case, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    case.prepare(folder)
    return folder


def _start(case: Case, folder: Path, number: int) -> Child:
    return start(case.arguments, folder, stderr=folder / f"stderr-{number}")


def _all_end(case: Case, folder: Path, children: list[Child], plain: Undisturbed, tally: Tally) -> None:
    """Wait for all; each must complete, and what they wrote must be one undisturbed run's."""
    tally.times += 1
    for child in children:
        ended = child.end()
        if not ended.is_clear(0):
            tally.blame("unclear", f"exit {ended.code}: {ended.err[-600:]}")
        if "waiting for another process" in ended.err:
            tally.see("waited and said so")
    for path in (*damaged(folder / "cache"), *held_locks(folder)):
        tally.blame("left", f"{path} is damaged or still held")
    compare(case, folder, plain.outputs, tally)
    tidy(folder, tally)


def _has_lock(folder: Path) -> bool:
    """Wait until somebody holds a lock below a folder."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if folder.exists() and held_locks(folder):
            return True
        time.sleep(0.01)
    return False
