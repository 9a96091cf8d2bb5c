"""Values of one task in two units: groups a factor of 1,000, a million or a billion apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 30
"""Values below which no groups are looked for."""
FEW, SHARE = 4, 0.01
"""Values that a group holds at least, and its share of all."""
POSITIVE = 0.8
"""Share of positive values from which a task may be a concentration."""
EMPTY = 1.0
"""Powers of ten without a value that part two groups."""
CLEAR = 2.0
"""How many times wider such a stretch is than any within the groups: few values leave gaps everywhere."""
STEPS = (3, 6, 9)
"""Powers of ten between the units of concentrations."""
OFF = 0.2
"""Powers of ten that the distance of two groups may be off a step, beside its own error."""
APART = 4.0
"""Distance of two groups, in standard deviations of each, where values lie between them: those of one
even spread would make 3.5."""
BETWEEN = 0.1
"""Share of values in the middle third of the way, at most, where values lie between two groups."""
SURE = 100
"""Values below which two groups without a clear gap have to be a quarter farther apart."""
NARROW = 0.1
"""Powers of ten within which the spread of a group may be any."""
UNEQUAL = 2.0
"""Ratio of the spreads of two groups at most: another unit moves values and leaves their spread."""


@dataclass(frozen=True)
class Units:
    """Two groups of values, by the power of ten between them.

    ``small`` and ``large`` are places of the value in the middle of each; ``counts`` are their sizes.
    """

    power: int
    small: int
    large: int
    counts: tuple[int, int]


def mixed_units(values: NDArray[np.float64]) -> Units | None:
    """Return two groups of the values (m,) a factor of 1,000, 1e6 or 1e9 apart; None for none."""
    places = np.flatnonzero(values > 0)
    if len(places) < max(LEAST, POSITIVE * len(values)):
        return None
    places = places[np.argsort(values[places], kind="stable")]
    logs = np.log10(values[places])
    groups = [part for group in _parted(logs) for part in _halves(logs, group)]
    for low, high in pairwise(groups):
        power = _power(logs[low], logs[high])
        if power:
            small, large = (int(places[group[len(group) // 2]]) for group in (low, high))
            return Units(power, small, large, (len(low), len(high)))
    return None


def _parted(logs: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Return the groups of the sorted logarithms that stretches without a value part."""
    cuts = np.flatnonzero(np.diff(logs) >= EMPTY) + 1
    return [group for group in np.split(np.arange(len(logs)), cuts) if _large(group, logs)]


def _large(group: NDArray[np.int64], logs: NDArray[np.float64]) -> bool:
    return len(group) >= max(FEW, SHARE * len(logs))


def _power(low: NDArray[np.float64], high: NDArray[np.float64]) -> int:
    """Return the step between the units of two groups of logarithms, 0 where it is none."""
    few, many = sorted((low, high), key=len)
    spread = max(float(few.std()), float(many.std()))
    alike = few.std() <= UNEQUAL * many.std() and (len(few) < 10 or many.std() <= UNEQUAL * few.std())
    if not alike and spread > NARROW:
        return 0
    distance = float(high.mean() - low.mean())
    enough = len(few) >= 10 and distance >= APART * spread * (1.0 if len(low) + len(high) > SURE else 1.25)
    if not enough and not _clear(low, high):
        return 0
    error = spread * float(np.sqrt(1 / len(low) + 1 / len(high)))
    return next((step for step in STEPS if abs(distance - step) <= OFF + min(error, OFF)), 0)


def _clear(low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
    """Return whether nothing lies between two groups, and far less than that within them."""
    gap = float(high[0] - low[-1])
    return gap >= max(EMPTY, CLEAR * max(float(np.diff(part).max()) for part in (low, high)))


def _halves(logs: NDArray[np.float64], group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return a group as it is, or as two that overlap, parted where their inner spread is the least.

    Reference: Otsu 1979, IEEE Trans. Syst. Man Cybern. 9:62.
    """
    part = logs[group]
    n = len(part)
    sizes = np.arange(1, n)
    sums = np.cumsum(part)
    between = sizes * (n - sizes) * (sums[:-1] / sizes - (sums[-1] - sums[:-1]) / (n - sizes)) ** 2
    cut = int(np.argmax(between)) + 1
    low, high = part[:cut], part[cut:]
    distance = float(high.mean() - low.mean())
    spread = float(np.sqrt((cut * low.var() + (n - cut) * high.var()) / n))
    inner = (part > low.mean() + distance / 3) & (part < high.mean() - distance / 3)
    halves = [group[:cut], group[cut:]]
    if distance < APART * spread or inner.mean() > BETWEEN or not all(_large(one, logs) for one in halves):
        return [group]
    return halves
