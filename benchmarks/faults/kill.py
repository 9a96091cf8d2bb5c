"""SIGKILL: at random moments of a command's life, and before random operations on files."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.cases import ANALYZE, BENEFIT, CLEAR, OVERLAP, RECOMMEND, REPORT, TWO_WORKERS, Case
from benchmarks.faults.child import Ended, run, start
from benchmarks.faults.holds import Entries, compare, damaged, finished, held_locks, kept, outputs, tidy
from benchmarks.faults.hook import counting, die_at
from benchmarks.faults.tally import Tally

SHARES = {OVERLAP: 6, REPORT: 3, CLEAR: 3, ANALYZE: 4, BENEFIT: 4, RECOMMEND: 3, TWO_WORKERS: 1}
"""How the kills are divided among the commands."""


@dataclass(frozen=True)
class Undisturbed:
    """A command that nobody disturbed: what it wrote, how long it took, its operations on files."""

    outputs: Mapping[str, bytes | None]
    duration_s: float
    operations: int
    needing_space: int


def kill(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Kill every command at random moments, then half as often before random operations on files."""
    whole = sum(SHARES.values())
    for case, share in SHARES.items():
        plain = undisturbed(case, work / "plain")
        wanted = max(1, round(times * share / whole))
        yield _kills(case, plain, wanted, work / "moment", _at_moment(rng, plain))
        if case is not TWO_WORKERS:
            yield _kills(case, plain, -(-wanted // 2), work / "operation", _at_operation(rng, plain))


def undisturbed(case: Case, folder: Path) -> Undisturbed:
    """Run a command to its end, twice: once for its time, once for its operations."""
    count = folder.parent / f"operations-{os.getpid()}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    took = _fresh(case, folder).duration_s
    ended = _fresh(case, folder, counting(folder, count))
    if ended.code != 0:
        raise RuntimeError(f"{case.name} does not even run undisturbed: {ended.err}")
    operations, needing = (int(number) for number in count.read_text().split())
    return Undisturbed(outputs(case, folder), took, operations, needing)


def _fresh(case: Case, folder: Path, prepare: Callable[[], None] = lambda: None) -> Ended:
    shutil.rmtree(folder, ignore_errors=True)
    case.prepare(folder)
    return run(case.arguments, folder, prepare=prepare)


Attempt = Callable[[Case, Path], Ended]


def _at_moment(rng: random.Random, plain: Undisturbed) -> Attempt:
    def attempt(case: Case, folder: Path) -> Ended:
        moment = rng.uniform(0, plain.duration_s)
        return start(case.arguments, folder).end(kill_after_s=moment)

    return attempt


def _at_operation(rng: random.Random, plain: Undisturbed) -> Attempt:
    def attempt(case: Case, folder: Path) -> Ended:
        return run(case.arguments, folder, prepare=die_at(folder, rng.randint(1, plain.operations)))

    return attempt


def _kills(case: Case, plain: Undisturbed, wanted: int, folder: Path, attempt: Attempt) -> Tally:
    """Start a command until it was killed so many times; check after each kill and at each end."""
    tally = Tally(f"SIGKILL {folder.name}: {case.name}")
    while tally.times < wanted:
        shutil.rmtree(folder, ignore_errors=True)
        case.prepare(folder)
        before: Entries = finished(folder / "cache")
        old = outputs(case, folder)
        while True:
            last = tally.times >= wanted
            ended = run(case.arguments, folder) if last else attempt(case, folder)
            _check(case, folder, ended, plain, old, tally)
            if case is not CLEAR:
                kept(before, folder / "cache", tally)
            before = finished(folder / "cache")
            if not ended.killed:
                break
            tally.times += 1
        _ended(case, folder, ended, plain, wanted, tally)
    return tally


def _check(
    case: Case,
    folder: Path,
    ended: Ended,
    plain: Undisturbed,
    old: Mapping[str, bytes | None],
    tally: Tally,
) -> None:
    """Check what must hold at any moment: whole entries, free locks, files old or new."""
    if case is not CLEAR:
        for path in damaged(folder / "cache"):
            tally.blame("lost", f"{path} is damaged")
    for path in held_locks(folder):
        tally.blame("left", f"{path} is held by nobody")
    for name, data in outputs(case, folder).items():
        if data not in (old[name], plain.outputs[name]):
            tally.blame("wrong", f"{name} is neither the old nor the new one")
    if not ended.killed and not ended.is_clear(0):
        tally.blame("unclear", f"exit {ended.code}: {ended.err[-400:]}")


def _ended(case: Case, folder: Path, ended: Ended, plain: Undisturbed, wanted: int, tally: Tally) -> None:
    tally.see("complete rounds")
    if case is CLEAR and tally.times >= wanted:
        again = run(ANALYZE.arguments, folder)
        if not again.is_clear(0):
            tally.blame("unclear", f"after clearing: exit {again.code}: {again.err[-400:]}")
        compare(ANALYZE, folder, outputs(ANALYZE, folder.parent / "finished"), tally)
    compare(case, folder, plain.outputs, tally)
    tidy(folder, tally)
