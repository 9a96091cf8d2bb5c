"""How far apart the odds of two classes can be, from how many compounds have both of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.conditional import Tables, distributions, of_rarer_classes, solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Z = 1.959964
MANY = 100.0
"""Variance of a joint count, given the margins, above which the log odds ratio counts as normal."""


@dataclass(frozen=True)
class LogOdds:
    """The log odds ratio of many 2 x 2 tables, each (m,).

    Parameters
    ----------
    low, high
        95 % interval; infinite where the joint count is the smallest or largest that the margins allow.
    p
        Two-sided, of equal odds: twice the smaller mid-p of the joint count.
    """

    low: Vector
    high: Vector
    p: Vector


def log_odds(both: Vector, first: Vector, second: Vector, total: Vector) -> LogOdds:
    """Return the interval of the log odds ratio given the margins, by the mid-p of the joint count.

    Given how many compounds are positive in either task, the number that are so in both follows Fisher's
    noncentral hypergeometric distribution, whatever the prevalences. The limits are the odds ratios at
    which the observed number, counted by half, and all beyond it have 2.5 %: this holds for a joint
    count of 0 as well. With many compounds in every cell the normal distribution gives the same.

    Parameters
    ----------
    both, first, second, total
        Compounds that are positive in both tasks, in the one, in the other, and all (m,).

    Reference: Fisher 1935, J. R. Stat. Soc. 98:39; Lancaster 1961, J. Am. Stat. Assoc. 56:223 (mid-p).
    """
    from scipy.special import ndtr

    tables, sign = of_rarer_classes(both, first, second, total)
    cells = [cell + 0.5 for cell in tables.cells]
    middle = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    variance: Vector = 1 / np.sum([1 / cell for cell in cells], axis=0)  # of the joint count
    half = Z / np.sqrt(variance)
    low, high = middle - half, middle + half
    p = 2 * ndtr(-np.abs(middle) * np.sqrt(variance))
    few = np.flatnonzero(variance <= MANY)
    exact = tables.part(few)
    low[few], high[few] = _limits(exact, low[few], high[few], variance[few])
    p[few] = _mid_p(exact)
    return LogOdds(np.where(sign < 0, -high, low), np.where(sign < 0, -low, high), np.minimum(p, 1.0))


def _limits(tables: Tables, low: Vector, high: Vector, variance: Vector) -> tuple[Vector, Vector]:
    """Return the limits, searched from those of a normal log odds ratio."""
    for part, found in distributions(tables, tables.x, variance):
        step = 3 / np.sqrt(variance[part])
        low[part] = solved(found, found.above, low[part], step)
        high[part] = solved(found, found.below, high[part], -step)
    low[tables.x <= 0], high[tables.x >= tables.a] = -np.inf, np.inf
    return low, high


def _mid_p(tables: Tables) -> Vector:
    """Return twice the smaller side at equal odds."""
    mean = tables.a * tables.b / tables.n
    variance = mean * (tables.n - tables.a) * (tables.n - tables.b) / (tables.n * (tables.n - 1))
    out = np.ones(len(tables.x))
    for part, found in distributions(tables, mean, variance):
        equal = np.zeros(len(part))
        sides = [found.tail(side, equal)[0] for side in (found.below, found.above)]
        out[part] = 2 * np.minimum(*sides)
    return out
