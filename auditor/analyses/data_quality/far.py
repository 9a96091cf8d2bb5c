"""Values far from all others of their task: a slip of the decimal point, or another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 20
"""Values below which none is called far from the others."""
MOST = 3
"""Values that are called far at most; more of them are a group."""
SPREADS = 10.0
"""Distance from the median, in robust standard deviations, from which a value is far."""
TIMES, TIMES_SIGNED = 5.0, 10.0
"""How many times farther from the median than the next value a far one is: among positive values, and
where some are negative, so that a logarithm cannot tell a long tail from a slip."""
LOG_SPREADS = 6.0
"""Gap to the next value on the logarithmic scale, in robust standard deviations of the logarithms."""
DECADES = 3.0
"""Gap to the next value, in powers of ten, from which a small one is far."""
FOLD = 0.6
"""Least gap to the next value, in powers of ten, of a large one."""


def far_values(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of values (m,) that lie far from all others, by linear and logarithmic distance.

    One to three values at an end are far where the gap between them and the rest is. A large positive
    value must be far on both scales, because what is measured over decades has a long tail on the linear
    one and what is measured within a decade has none on the logarithmic one.
    """
    if len(values) < LEAST:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    high = _count(ordered)
    low = _small(ordered) or (_count(-ordered[::-1]) if ordered[0] < 0 else 0)
    return np.concatenate([order[:low], order[len(order) - high :]])


def robust_spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation that the middle half of normal values would have."""
    low, high = np.percentile(values, (25, 75))
    return float(high - low) / 1.349


def _count(ordered: NDArray[np.float64]) -> int:
    """Return how many of the largest values are far from the rest, 0 for none."""
    middle, spread = float(np.median(ordered)), robust_spread(ordered)
    positive = bool(ordered[0] >= 0)
    for count in range(1, MOST + 1):
        rest, first = ordered[:-count], float(ordered[-count])
        reach = float(np.abs(rest - middle).max())
        times = TIMES if positive else TIMES_SIGNED
        if (
            spread > 0
            and first - middle > max(SPREADS * spread, times * reach)
            and (not positive or _gap_of_logs(rest, first))
        ):
            return count
    return 0


def _gap_of_logs(rest: NDArray[np.float64], value: float) -> bool:
    logs = np.log10(rest[rest > 0])
    if 2 * len(logs) < len(rest):
        return False
    return bool(np.log10(value) - logs[-1] > max(FOLD, LOG_SPREADS * robust_spread(logs)))


def _small(ordered: NDArray[np.float64]) -> int:
    """Return how many of the smallest values are positive and decades below the rest."""
    if ordered[0] <= 0:
        return 0
    logs = np.log10(ordered)
    limit = max(DECADES, LOG_SPREADS * robust_spread(logs))
    gaps = np.diff(logs[: MOST + 1])
    wide = np.flatnonzero(gaps > limit)
    return int(wide[-1]) + 1 if len(wide) else 0
