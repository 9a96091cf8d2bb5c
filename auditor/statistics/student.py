"""Student's t: how many standard errors a 95 % interval reaches to either side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_NORMAL = 1.959963984540054
"""The same of a normal distribution, the limit for many degrees of freedom."""
_MANY = 100
"""Degrees of freedom above which the expansion is right to eight digits."""


def freedom(count: int, about: Mapping[str, Any]) -> int:
    """Return the degrees of freedom of an affinity's standard error, from its count and its facts.

    One less than the observations, or than ``about["standard_error_over"]`` where the error rests on
    fewer pieces than there are observations.
    """
    return min(count, int(about.get("standard_error_over", count))) - 1


@lru_cache(maxsize=4096)
def reach(freedom: int) -> float:
    """Return t such that a 95 % interval is the estimate, t standard errors to either side.

    Parameters
    ----------
    freedom
        Degrees of freedom: of a mean of n observations n - 1. Below 1 the answer is NaN.

    Reference: Abramowitz & Stegun 1964, formulae 26.7.3 and 26.7.4 (exact, solved by bisection) and
    26.7.5 (the expansion, above 100 degrees of freedom).
    """
    if freedom < 1:
        return math.nan
    if freedom > _MANY:
        return _expanded(freedom)
    low, high = _NORMAL, 13.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < 0.95 else (low, middle)
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """Return the probability that |T| < t."""
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = total = (math.cos(angle) if odd else 1.0) if freedom > 1 else 0.0
    for step in range(2 + odd, freedom - 1, 2):
        term *= square * (step - 1) / step
        total += term
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total


def _expanded(freedom: int) -> float:
    x, n = _NORMAL, float(freedom)
    first = (x**3 + x) / 4
    second = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    third = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    return x + first / n + second / n**2 + third / n**3
