"""What processes of the pool do in tests."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BUSY_S = 120
"""After which nothing works on, whatever became of a test."""


def echoing() -> Callable[[int], Iterator[tuple[int, int]]]:
    """Answer a number with itself and the process, as often as it says."""

    def do(number: int) -> Iterator[tuple[int, int]]:
        for _ in range(number):
            yield number, os.getpid()

    return do


def failing() -> Callable[[int], Iterator[int]]:
    """Refuse to open."""
    raise ValueError("nothing here")


def crashing() -> Callable[[int], Iterator[int]]:
    """End the process at the second answer, by the signal given; 0 = by exit code 3."""

    def do(number: int) -> Iterator[int]:
        yield 1
        if number:
            os.kill(os.getpid(), number)
        sys.exit(3)

    return do


def spinning() -> Callable[[float], Iterator[float]]:
    """Use so many seconds of processor time for each of three answers."""

    def do(seconds: float) -> Iterator[float]:
        for _ in range(3):
            until = time.process_time() + seconds
            while time.process_time() < until:
                pass
            yield seconds

    return do


def meddling() -> Callable[[int], Iterator[Any]]:
    """Read from stdin and print to stdout, as a library might."""

    def do(number: int) -> Iterator[Any]:
        print("a library says", number, flush=True)
        os.write(1, b"native code says so too\n")
        yield sys.stdin.read(), os.read(0, 10)

    return do


def busy(folder: Path) -> Callable[[str], Iterator[int]]:
    """Work far longer than a test waits: in Python, or in native code that lets no other thread run."""

    def do(how: str) -> Iterator[int]:
        (folder / f"{os.getpid()}").touch()
        until = time.monotonic() + BUSY_S
        while time.monotonic() < until:
            if how == "native":
                yield sum(range(BUSY_S * 10**8))

    return do


def dying(chance: float) -> Callable[[int], Iterator[int]]:
    """Give the number back, unless the process dies before or after the answer."""
    rng = random.Random(os.getpid())

    def do(number: int) -> Iterator[int]:
        for _ in range(2):
            if rng.random() < chance:
                os.kill(os.getpid(), rng.choice([signal.SIGKILL, signal.SIGSEGV]))
            yield number

    return do
