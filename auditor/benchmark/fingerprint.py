"""Labels named by what they are: one digest a task, whatever the order of rows and of columns."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark

BITS = 24
"""Of a value that count, about seven digits: what a program rounds in the last one is the same label."""


def label_digests(benchmark: Benchmark) -> tuple[str, ...]:
    """Return the SHA-256 of the labels of every task (t,): which compound has which value.

    Neither the order of rows and columns nor the name of a task is part of it, and values count to seven
    digits. Compounds go by their names at the benchmark's identity level.
    """
    keys = np.frombuffer(b"".join(map(_key, benchmark.compounds)), dtype="<u8")
    columns = (benchmark.labels.column(task) for task in range(benchmark.t))
    return tuple(_digest(keys[rows], _rounded(values)) for rows, values in columns)


def digest_of_all(tasks: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of the labels of several tasks, from the name and the digest of each."""
    lines = sorted(f"{digest} {name}" for name, digest in tasks)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _digest(keys: NDArray[np.uint64], values: NDArray[np.float64]) -> str:
    order = np.lexsort((values, keys))
    state = hashlib.sha256(keys[order].tobytes())
    state.update(values[order].astype("<f8").tobytes())
    return state.hexdigest()


def _key(compound: str) -> bytes:
    return hashlib.blake2b(compound.encode(), digest_size=8).digest()


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    mantissa, exponent = np.frexp(values)
    found: NDArray[np.float64] = np.ldexp(np.rint(np.ldexp(mantissa, BITS)), exponent - BITS) + 0.0
    return found
