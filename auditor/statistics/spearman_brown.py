"""How reliable a mean is, from how the measurements in it agree with one another."""

from __future__ import annotations

import math


def spearman_brown(r: float, parts: float) -> float:
    """Return the reliability of a mean of ``parts`` measurements that correlate r with one another.

    It is between 0 and 1. An r of 0 or below gives 0, not NaN: the agreement was measured and there is
    none, which averaging cannot raise (the formula itself would run below -1 there). NaN for an r that
    is NaN. What divides by a reliability must refuse 0.

    Reference: Spearman 1910, Br. J. Psychol. 3:271; Brown 1910, ibid. 3:296.
    """
    if math.isnan(r):
        return math.nan
    return min(1.0, parts * r / (1 + (parts - 1) * r)) if r > 0 else 0.0
