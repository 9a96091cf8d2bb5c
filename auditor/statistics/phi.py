"""φ, the correlation of two classes: its interval, and the largest that the prevalences allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.joint_count import Z, log_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

_LEAST = 1e-12


@dataclass(frozen=True)
class Phi:
    """φ of many 2 x 2 tables with a 95 % interval and the two-sided p of φ = 0, each (m,)."""

    value: Vector
    low: Vector
    high: Vector
    p: Vector


def phi_interval(both: Vector, first: Vector, second: Vector, total: Vector) -> Phi:
    """Return φ of tables whose two classes both occur, with an interval that holds for rare classes.

    The interval of the odds ratio given the margins (`log_odds`) is one of φ at these margins. What the
    margins themselves leave open is independent of it to first order, and is added in squares at either
    limit; at φ = 0 it is nothing, so that the interval excludes 0 where p ≤ 0.05.

    Parameters
    ----------
    both, first, second, total
        Compounds that are positive in both tasks, in the one, in the other, and all (m,).

    Reference: Zou & Donner 2008, Stat. Med. 27:1693 (limits added in squares).
    """
    p, q, corner = (np.asarray(part, dtype=np.float64) / total for part in (first, second, both))
    value = (corner - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    odds = log_odds(both, first, second, total)
    below, above = (_reach(value, limit, p, q, np.asarray(total)) for limit in (odds.low, odds.high))
    return Phi(value, np.maximum(value - below, -1.0), np.minimum(value + above, 1.0), odds.p)


def phi_limit(both: Vector, first: Vector, second: Vector, total: Vector) -> tuple[Vector, Vector]:
    """Return the largest |φ| of the observed sign that the margins allow, and φ as a fraction of it.

    Reference: Guilford 1965, Psychometrika 30:1 (φ/φ_max), with the lower limit for negative φ.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q, corner = first / total, second / total, both / total
        scale = np.sqrt(p * (1 - p) * q * (1 - q))
        phi = (corner - p * q) / scale
        upper = (np.minimum(p, q) - p * q) / scale
        lower = (p * q - np.maximum(0, p + q - 1)) / scale
        limit = np.where(phi < 0, lower, upper)
        return limit, phi / limit


def corner_of(theta: Vector, p: Vector, q: Vector) -> Vector:
    """Return the share of compounds that are positive in both tasks at a log odds ratio (m,).

    The root of (odds ratio) (p - c) (q - c) = c (1 - p - q + c).

    Reference: Plackett 1965, J. Am. Stat. Assoc. 60:516.
    """
    odds = np.exp(np.clip(theta, -60, 60))
    linear = 1 + (p + q) * (odds - 1)
    root = np.sqrt(np.maximum(linear**2 - 4 * odds * (odds - 1) * p * q, 0))
    # either of two forms of the root loses all digits where `linear` is negative, the other elsewhere
    with np.errstate(invalid="ignore", divide="ignore"):
        plain, turned = (linear - root) / (2 * (odds - 1)), 2 * odds * p * q / (linear + root)
    corner: Vector = np.where(linear > 0, turned, plain)
    return np.clip(corner, np.maximum(0, p + q - 1), np.minimum(p, q))


def phi_at(theta: Vector, p: Vector, q: Vector) -> Vector:
    """Return φ at a log odds ratio and prevalences (m,)."""
    phi: Vector = (corner_of(theta, p, q) - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    return phi


def _reach(value: Vector, theta: Vector, p: Vector, q: Vector, n: Vector) -> Vector:
    """Return how far the limit at a log odds ratio lies from φ, with what the margins leave open (m,)."""
    corner = corner_of(theta, p, q)
    vary_p, vary_q = p * (1 - p), q * (1 - q)
    scale = np.sqrt(vary_p * vary_q)
    limit = (corner - p * q) / scale
    only_p, only_q, none = (
        np.maximum(cell, _LEAST) for cell in (p - corner, q - corner, 1 - p - q + corner)
    )
    bend = 1 / np.maximum(corner, _LEAST) + 1 / only_p + 1 / only_q + 1 / none
    slope_p = ((1 / none + 1 / only_p) / bend - q) / scale - limit * (1 - 2 * p) / (2 * vary_p)
    slope_q = ((1 / none + 1 / only_q) / bend - p) / scale - limit * (1 - 2 * q) / (2 * vary_q)
    open_ = slope_p**2 * vary_p + slope_q**2 * vary_q + 2 * slope_p * slope_q * limit * scale
    reach: Vector = np.sqrt((limit - value) ** 2 + Z**2 * np.maximum(open_, 0) / n)
    return reach
