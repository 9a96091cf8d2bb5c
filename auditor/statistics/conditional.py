"""How many compounds have both of two classes, given how many have either: the distribution at any odds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

CLOSE = 1e-7
"""Change of a log odds ratio that no printed number shows."""
STEPS = 12
_CHUNK_CELLS = 1_000_000
_WIDE = 9.0
"""Standard deviations to either side beyond which a joint count has no probability worth a number."""


@dataclass(frozen=True)
class Tables:
    """Tables of two rarer classes, each (m,): ``x`` joint positives of ``a`` and ``b`` among ``n``."""

    x: Vector
    a: Vector
    b: Vector
    n: Vector

    @property
    def cells(self) -> tuple[Vector, Vector, Vector, Vector]:
        return self.x, self.a - self.x, self.b - self.x, self.n - self.a - self.b + self.x

    def part(self, chosen: NDArray[np.int64]) -> Tables:
        return Tables(self.x[chosen], self.a[chosen], self.b[chosen], self.n[chosen])


def of_rarer_classes(both: Vector, first: Vector, second: Vector, total: Vector) -> tuple[Tables, Vector]:
    """Return the tables of the rarer class of either task, and the sign that the odds take by it."""
    x, a, b, n = (np.asarray(part, dtype=np.float64) for part in (both, first, second, total))
    turn = 2 * a > n
    x, a = np.where(turn, b - x, x), np.where(turn, n - a, a)
    turn_other = 2 * b > n
    x, b = np.where(turn_other, a - x, x), np.where(turn_other, n - b, b)
    return Tables(x, np.minimum(a, b), np.maximum(a, b), n), np.where(turn ^ turn_other, -1.0, 1.0)


@dataclass(frozen=True)
class Distribution:
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

    def mass(self, theta: Vector) -> Vector:
        """Return the probability of each joint count at a log odds ratio (m, k)."""
        power = self.weight + theta[:, None] * self.count
        mass: Vector = np.exp(power - power.max(axis=1, keepdims=True))
        mass /= mass.sum(axis=1, keepdims=True)
        return mass

    def tail(self, side: Vector, theta: Vector) -> tuple[Vector, Vector]:
        """Return the probability of a side at a log odds ratio, and its slope (m,)."""
        mass = self.mass(theta)
        on_side = mass * side
        tail = on_side.sum(axis=1)
        slope = np.einsum("mk,mk->m", on_side, self.count)
        return tail, slope - tail * np.einsum("mk,mk->m", mass, self.count)


def distributions(
    tables: Tables, centre: Vector, variance: Vector
) -> Iterator[tuple[NDArray[np.int64], Distribution]]:
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
    tables: Tables, start: NDArray[np.int64], stop: NDArray[np.int64], factorials: Vector
) -> Distribution:
    x, a, b, n = (v.astype(np.int64)[:, None] for v in (tables.x, tables.a, tables.b, tables.n))
    places = start[:, None] + np.arange(int((stop - start).max()) + 1)
    k = np.minimum(places, stop[:, None])
    weight = -(factorials[k] + factorials[a - k] + factorials[b - k] + factorials[n - a - b + k])
    weight[places > k] = -np.inf
    half = 0.5 * (k == x)
    return Distribution((k - x).astype(np.float64), weight, (k < x) + half, (k > x) + half)


def solved(
    found: Distribution, side: Vector, theta: Vector, step: Vector, *, share: float = 0.025
) -> Vector:
    """Return where a side has a share (m,), searched from theta; `step` has the sign in which it grows.

    Newton's steps on the probit of the side, which is nearly straight in the log odds ratio.
    """
    from scipy.special import ndtri

    wanted = ndtri(share)
    for _ in range(STEPS):
        tail, slope = found.tail(side, theta)
        at = ndtri(np.clip(tail, 1e-300, 1 - 1e-16))
        with np.errstate(divide="ignore", invalid="ignore"):
            move = (wanted - at) * np.exp(-at * at / 2) / np.sqrt(2 * np.pi) / slope
        # where a side is all or nothing it has no slope: a whole step
        move = np.where(np.isfinite(move), move, np.where(at > wanted, -step, step))
        move = np.clip(move, -np.abs(step), np.abs(step))
        theta = theta + move
        if np.abs(move).max() < CLOSE:
            break
    return theta
