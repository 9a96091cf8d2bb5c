"""The smallest correlation that so many compounds show in four of five samples, by the tests of E."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.conditional import Tables, distributions, of_rarer_classes, solved
from auditor.statistics.phi import phi_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

POWER = 0.8
Z = 1.959964
Z_POWER = 0.841621
FEWEST = 5
"""Compounds of the rarer class below which no r with values is stated."""
_HALVINGS = 50


@dataclass(frozen=True)
class Detectable:
    """The smallest correlation above 0 that is found, and the smallest below; NaN where none is (m,)."""

    above: Vector
    below: Vector


def detectable_phi(first: Vector, second: Vector, total: Vector) -> Detectable:
    """Return the φ of two classes at which the mid-p test finds it with 80 % power.

    The joint counts that the test calls correlated are counted out given the positives of either task,
    and the odds ratio is that at which these counts, the first of them by half, have 80 %: another
    sample has other positives, and needs one more or one less. Below 0 there is often none: a joint
    count of 0 is the only one too small, or is none either.

    Parameters
    ----------
    first, second, total
        Compounds that are positive in the one task, in the other, and all (m,); both classes occur.
    """
    turned, sign = of_rarer_classes(np.zeros(first.shape), first, second, total)
    tables = replace(turned, x=np.zeros(first.shape))
    many, few = _critical(tables)
    above, below = (_odds_of(tables, count, upper) for count, upper in ((many, True), (few, False)))
    p, q = tables.a / tables.n, tables.b / tables.n
    up, down = phi_at(above, p, q), phi_at(below, p, q)
    return Detectable(np.where(sign > 0, up, -down), np.where(sign > 0, down, -up))


def detectable_of_values(n: Vector) -> Vector:
    """Return the |r| of two normal tasks of values found with 80 % power; NaN below seven compounds.

    tanh((t + 0.84) / sqrt(n - 6)) with Student's t of n / 4 + 6 degrees of freedom: what the error of the
    jackknife costs. Checked by simulation from n = 20 (docs/calibration.md).
    """
    from scipy.special import stdtrit

    with np.errstate(invalid="ignore", divide="ignore"):
        reach = (stdtrit(n / 4 + 6, 0.975) + Z_POWER) / np.sqrt(np.where(n > 6, n - 6, np.nan))
    least: Vector = np.tanh(reach)
    return least


def detectable_of_class(positive: Vector, n: Vector) -> Vector:
    """Return the |r| of a class with normal values found with 80 % power; NaN below `FEWEST` of a class.

    Where the classes differ in their mean only, the error of r grows with r, the more the rarer a class is.

    Reference: Tate 1954, Ann. Math. Stat. 25:603 (the error); Welch 1947, Biometrika 34:28 (freedom).
    """
    from scipy.special import stdtrit

    m, rest = np.minimum(positive, n - positive), np.maximum(positive, n - positive)
    known = m >= FEWEST
    m, rest = np.where(known, m, FEWEST), np.where(known, rest, FEWEST)
    # two more than Welch's: the test takes them from a kurtosis that few compounds understate
    freedom = (1 / m + 1 / rest) ** 2 / (1 / (m**2 * (m - 1)) + 1 / (rest**2 * (rest - 1))) + 2
    t, plain = stdtrit(freedom, 0.975), 1 / np.sqrt(m + rest - 3)
    rare = (m + rest) ** 2 / (4 * m * rest)
    low, high = np.zeros(m.shape), np.full(m.shape, 0.999)
    for _ in range(_HALVINGS):
        r = (low + high) / 2
        error = plain * np.sqrt(np.maximum(1 - 1.5 * r**2 + rare * r**2, 0.01))
        found = np.arctanh(r) >= np.maximum(Z * plain, t * error) + Z_POWER * error
        low, high = np.where(found, low, r), np.where(found, r, high)
    return np.where(known, high, np.nan)


def _critical(tables: Tables) -> tuple[Vector, Vector]:
    """Return the least joint count called too many, and the most called too few if that is not 0."""
    mean = tables.a * tables.b / tables.n
    variance = mean * (tables.n - tables.a) * (tables.n - tables.b) / (tables.n * (tables.n - 1))
    many, few = np.full(len(mean), np.nan), np.full(len(mean), np.nan)
    for part, found in distributions(tables, mean, variance):
        mass = found.mass(np.zeros(len(part)))
        inside = np.isfinite(found.weight)
        upward = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1] - mass / 2
        downward = np.cumsum(mass, axis=1) - mass / 2
        # tables hold 0 as the observed count, so that `count` is the joint count itself
        high = np.where(inside & (upward <= 0.025), found.count, np.inf).min(axis=1)
        low = np.where(inside & (downward <= 0.025), found.count, -np.inf).max(axis=1)
        many[part], few[part] = high, low
    return np.where(np.isfinite(many), many, np.nan), np.where(few >= 1, few, np.nan)


def _odds_of(tables: Tables, count: Vector, upper: bool) -> Vector:
    """Return the log odds ratio at which a joint count is beyond a critical one with 80 % (m,)."""
    out = np.full(len(count), np.nan)
    known = np.flatnonzero(np.isfinite(count))
    there = Tables(count[known], *(part[known] for part in (tables.a, tables.b, tables.n)))
    cells = [cell + 0.5 for cell in there.cells]
    variance: Vector = 1 / np.sum([1 / cell for cell in cells], axis=0)
    way = 1.0 if upper else -1.0
    start = np.log(cells[0] * cells[3] / (cells[1] * cells[2])) + way * Z_POWER / np.sqrt(variance)
    for part, found in distributions(there, there.x, variance):
        side = found.above if upper else found.below
        step = way * 3 / np.sqrt(variance[part])
        out[known[part]] = solved(found, side, start[part], step, share=POWER)
    return out
