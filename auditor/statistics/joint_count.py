"""How far apart the odds of two classes can be, from how many compounds have both of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Z = 1.959964
MANY = 100.0
"""Variance of a joint count, given the margins, above which the log odds ratio counts as normal."""
CLOSE = 1e-7
"""Change of a log odds ratio that no printed number shows."""
STEPS = 12
_CHUNK_CELLS = 1_000_000
_WIDE = 9.0
"""Standard deviations to either side beyond which a joint count has no probability worth a number."""


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

    tables, sign = _of_rarer_classes(both, first, second, total)
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


@dataclass(frozen=True)
class _Tables:
    """Tables of two rarer classes, each (m,): ``x`` joint positives of ``a`` and ``b`` among ``n``."""

    x: Vector
    a: Vector
    b: Vector
    n: Vector

    @property
    def cells(self) -> tuple[Vector, Vector, Vector, Vector]:
        return self.x, self.a - self.x, self.b - self.x, self.n - self.a - self.b + self.x

    def part(self, chosen: NDArray[np.int64]) -> _Tables:
        return _Tables(self.x[chosen], self.a[chosen], self.b[chosen], self.n[chosen])


def _of_rarer_classes(both: Vector, first: Vector, second: Vector, total: Vector) -> tuple[_Tables, Vector]:
    """Return the tables of the rarer class of either task, and the sign that the odds take by it."""
    x, a, b, n = (np.asarray(part, dtype=np.float64) for part in (both, first, second, total))
    turn = 2 * a > n
    x, a = np.where(turn, b - x, x), np.where(turn, n - a, a)
    turn_other = 2 * b > n
    x, b = np.where(turn_other, a - x, x), np.where(turn_other, n - b, b)
    return _Tables(x, np.minimum(a, b), np.maximum(a, b), n), np.where(turn ^ turn_other, -1.0, 1.0)


@dataclass(frozen=True)
class _Distribution:
    """The distribution of the joint count of some tables (m, k), at odds that are asked for.

    Parameters
    ----------
    count
        Joint counts, less the observed one.
    weight
        Their log probability at equal odds, but for a constant.
    below, above
        Which are on either side, the observed one by half.
    """

    count: Vector
    weight: Vector
    below: Vector
    above: Vector

    def tail(self, side: Vector, theta: Vector) -> tuple[Vector, Vector]:
        """Return the probability of a side at a log odds ratio, and its slope (m,)."""
        power = self.weight + theta[:, None] * self.count
        mass = np.exp(power - power.max(axis=1, keepdims=True))
        mass /= mass.sum(axis=1, keepdims=True)
        on_side = mass * side
        tail = on_side.sum(axis=1)
        slope = np.einsum("mk,mk->m", on_side, self.count)
        return tail, slope - tail * np.einsum("mk,mk->m", mass, self.count)


def _limits(tables: _Tables, low: Vector, high: Vector, variance: Vector) -> tuple[Vector, Vector]:
    """Return the limits, searched from those of a normal log odds ratio."""
    for part, found in _distributions(tables, tables.x, variance):
        step = 3 / np.sqrt(variance[part])
        low[part] = _solved(found, found.above, low[part], step)
        high[part] = _solved(found, found.below, high[part], -step)
    low[tables.x <= 0], high[tables.x >= tables.a] = -np.inf, np.inf
    return low, high


def _mid_p(tables: _Tables) -> Vector:
    """Return twice the smaller side at equal odds."""
    mean = tables.a * tables.b / tables.n
    variance = mean * (tables.n - tables.a) * (tables.n - tables.b) / (tables.n * (tables.n - 1))
    out = np.ones(len(tables.x))
    for part, found in _distributions(tables, mean, variance):
        equal = np.zeros(len(part))
        sides = [found.tail(side, equal)[0] for side in (found.below, found.above)]
        out[part] = 2 * np.minimum(*sides)
    return out


def _distributions(
    tables: _Tables, centre: Vector, variance: Vector
) -> Iterator[tuple[NDArray[np.int64], _Distribution]]:
    """Yield some tables at a time, those of similar length together, with their distribution."""
    reach = np.ceil(_WIDE * (np.sqrt(variance) + 2))
    start = np.maximum(0, np.floor(centre) - reach).astype(np.int64)
    stop = np.minimum(tables.a, np.ceil(centre) + reach).astype(np.int64)
    most = int(tables.n.max()) if len(tables.n) else 0
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, most + 1)))])
    order = np.argsort(stop - start, kind="stable")
    while len(order):
        size = max(1, _CHUNK_CELLS // int((stop - start)[order[-1]] + 1))
        order, part = order[:-size], order[-size:]
        yield part, _distribution(tables.part(part), start[part], stop[part], factorials)


def _distribution(
    tables: _Tables, start: NDArray[np.int64], stop: NDArray[np.int64], factorials: Vector
) -> _Distribution:
    x, a, b, n = (v.astype(np.int64)[:, None] for v in (tables.x, tables.a, tables.b, tables.n))
    places = start[:, None] + np.arange(int((stop - start).max()) + 1)
    k = np.minimum(places, stop[:, None])
    weight = -(factorials[k] + factorials[a - k] + factorials[b - k] + factorials[n - a - b + k])
    weight[places > k] = -np.inf
    half = 0.5 * (k == x)
    return _Distribution((k - x).astype(np.float64), weight, (k < x) + half, (k > x) + half)


def _solved(found: _Distribution, side: Vector, theta: Vector, step: Vector) -> Vector:
    """Return where a side has 2.5 % (m,); `step` has the sign in which the side grows.

    Newton's steps on the probit of the side, which is nearly straight in the log odds ratio.
    """
    from scipy.special import ndtri

    for _ in range(STEPS):
        tail, slope = found.tail(side, theta)
        at = ndtri(np.clip(tail, 1e-300, 1 - 1e-16))
        with np.errstate(divide="ignore", invalid="ignore"):
            move = (-Z - at) * np.exp(-at * at / 2) / np.sqrt(2 * np.pi) / slope
        # where a side is all or nothing it has no slope: a whole step
        move = np.where(np.isfinite(move), move, np.where(at > -Z, -step, step))
        move = np.clip(move, -np.abs(step), np.abs(step))
        theta = theta + move
        if np.abs(move).max() < CLOSE:
            break
    return theta
