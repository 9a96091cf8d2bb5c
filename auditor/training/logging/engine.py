"""Which way to measure the tasks' gradients: exactly, or along random directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from auditor.errors import UsageError

Engine = Literal["exact", "sketch"]
MEMORY_BYTES = 4 << 30
TASKS_PER_DIRECTION = 4
"""A direction takes about as long as two tasks; below twice that, exact rows are the better bargain."""


@dataclass(frozen=True)
class Choice:
    """An engine, and why."""

    engine: Engine
    reason: str


def choose(
    device: str,
    *,
    tasks: int,
    parameters: int,
    directions: int = 64,
    memory_bytes: int = MEMORY_BYTES,
) -> Choice:
    """Return how to measure the gradients of a benchmark's tasks.

    Exact up to 4 tasks per direction (256 at 64 directions) on a processor, and as long as the rows
    fit on a graphics card; there several tasks take one walk through the graph. On a processor they
    take one each: 602 tasks of ToxCast through the graph convolution take 3.0 s one by one and 3.1 s
    in chunks of 16, on one core.

    Beyond that a sketch: the same 602 tasks take 0.4 s along 64 directions, where exact rows and their
    products take 5 s. It is unbiased; each log's cosines have an error of about 1 / sqrt(directions),
    which averages out over logs: 0.12 in one log, 0.05 in the mean of ten, where the exact means
    scatter by 0.06 between pairs.

    Parameters
    ----------
    device
        Where the training runs: ``cpu``, ``cuda``, ``cuda:1``.
    tasks, parameters
        Tasks t and shared parameters d.
    directions
        Of the sketch that would be made.
    memory_bytes
        Room for the rows (t, d) in single precision on a graphics card. A processor needs none of
        it: there the parameters are worked through in parts.

    Raises
    ------
    UsageError
        A number below 1.
    """
    given = {"tasks": tasks, "parameters": parameters, "directions": directions}
    for name, value in {**given, "memory_bytes": memory_bytes}.items():
        if value < 1:
            raise UsageError(f"{name} is {value}", hint="give at least 1")
    rows_bytes = 4 * tasks * parameters
    if not device.startswith("cpu"):
        if rows_bytes <= memory_bytes:
            return Choice("exact", f"on {device} one start of the kernels serves many tasks")
        return Choice(
            "sketch",
            f"{tasks:,} gradients of {parameters:,} parameters take {rows_bytes / 1e9:.1f} GB, "
            f"{memory_bytes / 1e9:.1f} GB are allowed",
        )
    if tasks > TASKS_PER_DIRECTION * directions:
        return Choice(
            "sketch", f"{tasks:,} tasks take one backward pass each, {directions} directions two each"
        )
    return Choice("exact", f"{tasks:,} exact gradients, one by one, are affordable on a processor")
