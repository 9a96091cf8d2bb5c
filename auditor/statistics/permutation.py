"""Permuting tasks: which may change places when pairs are missing, and the statistic that is compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 10_000
"""Distinct permutations from which those that keep the missing pairs in place suffice."""
LARGE = 4


def exchangeable(present: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return the groups of tasks within which a test permutes, from which pairs are present (t, t).

    Tasks whose pairs with all others are present or missing alike can change places with no pair going
    missing, so that every permutation looks at the same pairs. These groups are used where they allow
    enough permutations and hold an end of at least half of the pairs. Else all tasks with a pair form one
    group: a permutation then finds fewer pairs, of which |r| is larger by chance, and the test loses power.
    Only what is present decides, never the values.
    """
    linked = present & present.T
    np.fill_diagonal(linked, False)
    involved = np.flatnonzero(linked.any(axis=1))
    groups = _alike(linked, involved)
    large = np.zeros(len(linked), dtype=bool)
    for group in groups:
        large[group] = len(group) >= LARGE
    touched = (linked & (large[:, None] | large[None, :])).sum()
    many = math.prod(math.factorial(min(len(group), 8)) for group in groups) >= ENOUGH
    if len(groups) == 1 or (many and 2 * touched >= linked.sum()):
        return groups
    return [involved]


def orders(
    groups: list[NDArray[np.int64]], t: int, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return permutations of t tasks within their groups (count, t)."""
    out = np.tile(np.arange(t), (count, 1))
    for group in groups:
        out[:, group] = rng.permuted(np.tile(group, (count, 1)), axis=1)
    return out


def _alike(linked: NDArray[np.bool_], involved: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the groups of tasks linked to the same others: all linked among themselves, or none."""
    groups: list[NDArray[np.int64]] = []
    left = involved
    for closed in (True, False):
        found: dict[bytes, list[int]] = {}
        for task in left:
            row = linked[task].copy()
            row[task] = closed
            found.setdefault(row.tobytes(), []).append(int(task))
        last = not closed
        groups += [np.array(tasks) for tasks in found.values() if last or len(tasks) > 1]
        left = np.array([tasks[0] for tasks in found.values() if len(tasks) == 1], dtype=np.int64)
    return groups


def studentised(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return |Σ ab| / sqrt(Σ a²b²) of a and b, centred, by row (m,); ``a`` is one row or as many.

    Only entries finite in b's row take part, NaN below three. Unlike r it has the same spread where
    errors are larger in some entries than in others.
    """
    valid = np.isfinite(b)
    count = valid.sum(axis=1)
    if valid.all():
        a = a - a.mean(axis=-1, keepdims=True)
        b = b - b.mean(axis=1, keepdims=True)
    else:
        weight = valid.astype(np.float64)
        a = np.where(valid, a, 0.0)
        b = np.where(valid, b, 0.0)
        least = np.maximum(count, 1)[:, None]
        a = (a - a.sum(axis=1, keepdims=True) / least) * weight
        b = (b - b.sum(axis=1, keepdims=True) / least) * weight
    return ratio(a, b, count >= 3)


def ratio(a: NDArray[np.float64], b: NDArray[np.float64], enough: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return |Σ ab| / sqrt(Σ a²b²) by row, of centred entries with 0 for missing ones."""
    if a.ndim == 1:
        cross, square = b @ a, (b * b) @ (a * a)
    else:
        product = a * b
        cross, square = product.sum(axis=1), np.einsum("mp,mp->m", product, product)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = np.abs(cross) / np.sqrt(square)
    return np.where(enough & (square > 1e-300), found, np.nan)
