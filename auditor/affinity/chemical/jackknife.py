"""Delete-a-group jackknife: errors of any statistic from leaving groups of compounds out in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUPS = 30


def scaffold_groups(
    scaffolds: Sequence[str], families: NDArray[np.int64], *, seed: int, groups: int = GROUPS
) -> NDArray[np.int64]:
    """Return the group of every compound (n,): groups of about equal size, scaffolds kept together.

    A scaffold with more compounds than a group has (benzene, or none at all, which are no chemical
    series) is dealt out to several groups at random. No family is ever divided.

    Parameters
    ----------
    scaffolds, families
        Of the compounds (n,); a family takes the scaffold of its first compound.
    groups
        At most so many.
    """
    rng = np.random.default_rng(seed)
    _, first, member, sizes = np.unique(
        families, return_index=True, return_inverse=True, return_counts=True
    )
    _, scaffold = np.unique(np.asarray(scaffolds)[first], return_inverse=True)
    room = -(-len(families) // groups)
    series = []
    for number in range(int(scaffold.max()) + 1):
        inside = rng.permutation(np.flatnonzero(scaffold == number))
        parts = -(-int(sizes[inside].sum()) // room)
        series += np.array_split(inside, min(parts, len(inside)))
    load = np.zeros(groups, dtype=np.int64)
    group = np.zeros(len(first), dtype=np.int64)
    for inside in sorted(series, key=lambda part: -int(sizes[part].sum())):
        lightest = int(load.argmin())
        group[inside] = lightest
        load[lightest] += sizes[inside].sum()
    numbered: NDArray[np.int64] = np.unique(group[member], return_inverse=True)[1].astype(np.int64)
    return numbered


def covariance(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the jackknife covariance of two statistics from their replicates (groups, ...).

    Reference: Efron & Stein 1981, doi 10.1214/aos/1176345462: its expectation is not too small.
    """
    groups = len(first)
    products = (first - first.mean(axis=0)) * (second - second.mean(axis=0))
    found: NDArray[np.float64] = (groups - 1) / groups * products.sum(axis=0)
    return found


@dataclass(frozen=True)
class Spread:
    """The variances of the two parts of a ratio, and their covariance; arrays of one shape."""

    above: NDArray[np.float64]
    both: NDArray[np.float64]
    below: NDArray[np.float64]


def ratio_interval(
    above: NDArray[np.float64], below: NDArray[np.float64], spread: Spread, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of a ratio: every value ρ for which above - ρ below may be zero.

    It is not symmetric, and keeps its level where the denominator is uncertain, which the ratio's
    own standard error does not. NaN where the denominator itself may be zero: the interval would
    have no end.

    Parameters
    ----------
    reach
        How many standard errors away from zero above - ρ below may be.

    Reference: Fieller 1954, J. R. Statist. Soc. B 16:175.
    """
    cross = above * below - reach**2 * spread.both
    square = below**2 - reach**2 * spread.below
    rest = above**2 - reach**2 * spread.above
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(cross**2 - square * rest, 0))
        bounded = (square > 0) & (below > 0)
        low = np.where(bounded, (cross - root) / square, np.nan)
        high = np.where(bounded, (cross + root) / square, np.nan)
    return low, high
