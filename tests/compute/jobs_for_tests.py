"""Functions that jobs call: each leaves a file behind, so that executions can be counted."""

from __future__ import annotations

import os
import signal
import time
import uuid
from pathlib import Path

import numpy as np

from auditor.cache.store import sha256_bytes
from auditor.compute.jobs import Job, Outcome

HERE = "tests.compute.jobs_for_tests"
DATA = b"some data"


def draw(data: bytes, *, number: int, folder: str, sleep_s: float = 0.0) -> Outcome:
    """Return random numbers that depend on the data and the argument alone."""
    (Path(folder) / f"{number}-{uuid.uuid4().hex}").write_text(str(os.getpid()))
    time.sleep(sleep_s)
    seed = int(sha256_bytes(data)[:8], 16)
    values = np.random.default_rng([seed, number]).normal(size=5)
    return Outcome({"number": number, "mean": float(values.mean())}, {"values": values})


def refuse(data: bytes, *, number: int, folder: str) -> Outcome:
    """Fail as a training would whose labels are unusable."""
    raise ValueError(f"nothing to learn from in {number}")


def die_once(data: bytes, *, number: int, folder: str) -> Outcome:
    """End its own process the first time, and work after that."""
    before = list(Path(folder).glob(f"{number}-*"))
    outcome = draw(data, number=number, folder=folder)
    if not before:
        os.kill(os.getpid(), signal.SIGKILL)
    return outcome


def die(data: bytes, *, number: int, folder: str) -> Outcome:
    """End its own process every time."""
    draw(data, number=number, folder=folder)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def job(number: int, folder: Path, function: str = "draw", **arguments: object) -> Job:
    """Return a job that calls a function of this module."""
    given = {"number": number, "folder": str(folder), **arguments}
    return Job(f"{HERE}:{function}", given, sha256_bytes(DATA), f"job {number}")


def executions(folder: Path) -> dict[int, int]:
    """Return how often each job was started."""
    found: dict[int, int] = {}
    for path in folder.iterdir():
        number = int(path.name.partition("-")[0])
        found[number] = found.get(number, 0) + 1
    return found
