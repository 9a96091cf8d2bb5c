"""Every subset of up to 27 tasks, priced in blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOW_BITS = 16


def priced(
    weight: NDArray[np.float64], price: NDArray[np.float64]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield the number of the first subset of a block, and the profit of each subset in it.

    The profit of S is ``sum of weight over pairs in S / (|S| - 1) - sum of price over S``, with the
    first term 0 for a single task; that of the empty set is 0. ``weight`` (t, t) is symmetric with
    every pair once per direction: a pair counts ``weight[i, j]`` once. Bit i of a number is task i.
    """
    t = len(weight)
    low = min(t, _LOW_BITS)
    sizes, pairs = _linear(np.ones(low)), _pairs(weight[:low, :low])
    cost = _linear(price[:low])
    for high in range(2 ** (t - low)):
        tasks = [low + bit for bit in range(t - low) if high >> bit & 1]
        total = pairs + _linear(weight[tasks, :low].sum(axis=0))
        total += weight[np.ix_(tasks, tasks)].sum() / 2
        total /= np.maximum(sizes + (len(tasks) - 1), 1.0)
        total -= cost
        total -= price[tasks].sum()
        yield high << low, total


def best_division(weight: NDArray[np.float64], *, both: bool) -> tuple[int, float]:
    """Return the number of the subset that is worth most together with the rest, and that worth.

    With ``both`` neither may be empty. The last task is always in the rest: no division is missed.
    """
    t = len(weight)
    low = min(t - 1, _LOW_BITS)
    sizes, pairs = _linear(np.ones(low)), _pairs(weight[:low, :low])
    degree, everything = weight.sum(axis=0), weight.sum() / 2
    beside = _linear(degree[:low])
    best, value = 0, -np.inf
    for high in range(2 ** (t - 1 - low)):
        tasks = [low + bit for bit in range(t - 1 - low) if high >> bit & 1]
        inside = pairs + _linear(weight[tasks, :low].sum(axis=0)) + weight[np.ix_(tasks, tasks)].sum() / 2
        size = sizes + len(tasks)
        rest = everything - beside - degree[tasks].sum() + inside
        total = inside / np.maximum(size - 1.0, 1.0) + rest / np.maximum(t - size - 1.0, 1.0)
        if both and high == 0:
            total[0] = -np.inf
        place = int(np.argmax(total))
        if total[place] > value:
            best, value = (high << low) + place, float(total[place])
    return best, value


def _linear(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of weights over every subset (2**b,)."""
    found = np.zeros(2 ** len(weight))
    for bit, value in enumerate(weight):
        found[1 << bit : 2 << bit] = found[: 1 << bit] + value
    return found


def _pairs(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of weights over the pairs in every subset (2**b,)."""
    found = np.zeros(2 ** len(weight))
    for bit, row in enumerate(weight):
        found[1 << bit : 2 << bit] = found[: 1 << bit] + _linear(row[:bit])
    return found
