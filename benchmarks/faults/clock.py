"""Clocks that jump: no result depends on a time, no time decides what is valid."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.cases import ANALYZE
from benchmarks.faults.child import run
from benchmarks.faults.holds import compare, finished, kept, tidy
from benchmarks.faults.hook import die_at
from benchmarks.faults.kill import undisturbed
from benchmarks.faults.tally import Tally

YEAR_S = 365.25 * 86_400
MOMENTS = (0.0, 1.0, 10 * YEAR_S, 80 * YEAR_S, 200 * YEAR_S)
"""Seconds since 1970: then, the past, and futures that thirty-two bits do not hold."""
EPOCHS = {"0": 0, "-1": 0, "1e9": 0, "253402300799": 0, "253402300800": 2, "1e30": 2, "nan": 2, "soon": 2}
"""Values of SOURCE_DATE_EPOCH, and the exit code that each gives."""


def clock(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Kill a command, change all clocks, go on; and set SOURCE_DATE_EPOCH to what it should not be."""
    plain = undisturbed(ANALYZE, work / "plain")
    tally = Tally("clock and file times jump between a kill and a restart")
    folder = work / "jump"
    for _ in range(max(1, times // 10)):
        shutil.rmtree(folder, ignore_errors=True)
        run(ANALYZE.arguments, folder, prepare=die_at(folder, rng.randint(1, plain.operations)))
        before = finished(folder / "cache")
        for path in folder.rglob("*"):
            moment = rng.choice(MOMENTS)
            os.utime(path, (moment, moment))
        before = {entry: finished(folder / "cache")[entry] for entry in before}
        tally.times += 1
        ended = run(ANALYZE.arguments, folder, prepare=_jumping(rng.randrange(2**32)))
        if not ended.is_clear(0):
            tally.blame("unclear", f"exit {ended.code}: {ended.err[-600:]}")
        kept(before, folder / "cache", tally)
        compare(ANALYZE, folder, plain.outputs, tally)
        tidy(folder, tally)
    yield tally
    yield _epochs(work / "plain")


def _jumping(seed: int) -> Callable[[], None]:
    """Return a preparation of a child in which every reading of a clock is another moment."""

    def prepare() -> None:
        rng, steady = random.Random(seed), time.monotonic
        time.time = lambda: rng.choice(MOMENTS) + rng.random()
        time.monotonic = lambda: steady() + rng.choice((0.0, 0.0, 3_600.0, YEAR_S))

    return prepare


def _epochs(folder: Path) -> Tally:
    tally = Tally("SOURCE_DATE_EPOCH")
    for value, code in EPOCHS.items():
        tally.times += 1
        ended = run((*ANALYZE.arguments, "--force"), folder, env={"SOURCE_DATE_EPOCH": value})
        if not ended.is_clear(code):
            tally.blame("unclear", f"{value}: exit {ended.code}: {ended.err[-600:]}")
    return tally
