"""What the benchmarks share: medians, peak memory, a mirror, Markdown tables."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

MIRROR = Path(os.environ.get("MTL_AUDIT_MIRROR") or Path(__file__).parents[2] / "shared" / "data")


def median_s(work: Callable[[], object], *, repeats: int = 5) -> float:
    """Return the median time of some work in seconds, after one run that does not count."""
    return medians(work, repeats=repeats)[0]


def medians(*works: Callable[[], object], repeats: int = 5) -> list[float]:
    """Return the median times of several works in seconds, run in turn so that all see the same machine."""
    for work in works:
        work()
    found = [[_timed(work) for work in works] for _ in range(repeats)]
    return [statistics.median(times) for times in zip(*found, strict=True)]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_process(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Run a module-level function in a process of its own; return its result and peak memory in GB."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(sender, work, arguments))
    process.start()
    result = receiver.recv()
    process.join()
    return result


def _measured(sender: Any, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    result = work(*arguments)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sender.send((result, peak_gb))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"| {' | '.join(columns)} |")
    print(f"|{'---|' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |", flush=True)


def has_mirror() -> bool:
    """Tell whether published files are at hand, and say so where they are not."""
    found = (MIRROR / "moleculenet").is_dir()
    if not found:
        print(f"NOT RUN: no mirror of published files at {MIRROR}; set MTL_AUDIT_MIRROR")
    return found
