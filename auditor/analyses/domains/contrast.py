"""Whether tasks of one domain go together more than tasks of different ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import PERMUTATIONS
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Contrast:
    """Mean over pairs within a domain less the mean over pairs across domains.

    ``p`` is two-sided (twice the smaller tail, at most 1) over tasks dealt out to domains of the same
    sizes, (b + 1) / (m + 1); NaN where a side has no pair.
    """

    within: float
    across: float
    difference: float
    p: float
    pairs_within: int
    pairs_across: int
    permutations: int


def contrast(
    values: NDArray[np.float64],
    domains: Sequence[str],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> Contrast:
    """Return the contrast of a symmetric (t, t) matrix between domains (t,); NaN entries are left out."""
    rows, columns = np.triu_indices(len(values), 1)
    keep = np.isfinite(upper(values))
    rows, columns, x = rows[keep], columns[keep], upper(values)[keep]
    codes = np.unique(np.asarray(domains), return_inverse=True)[1]
    same = codes[rows] == codes[columns]
    inside, outside = _means(x, same[None])
    difference = float((inside - outside)[0])
    p = float("nan")
    if np.isfinite(difference):
        rng = np.random.default_rng(seed)
        null = _null(x, codes, (rows, columns), rng, permutations)
        # a draw that leaves one side without a pair counts against the finding
        above = int((~(null < difference - 1e-12)).sum())
        below = int((~(null > difference + 1e-12)).sum())
        p = min(1.0, 2 * (min(above, below) + 1) / (permutations + 1))
    return Contrast(
        float(inside[0]),
        float(outside[0]),
        difference,
        p,
        int(same.sum()),
        int((~same).sum()),
        permutations,
    )


def _null(
    x: NDArray[np.float64],
    codes: NDArray[np.int64],
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    rng: np.random.Generator,
    permutations: int,
) -> NDArray[np.float64]:
    """Return the difference under permuted domains (m,)."""
    parts, done = [], 0
    while done < permutations:
        size = min(permutations - done, max(1, 4_000_000 // max(len(x), 1)))
        dealt = rng.permuted(np.tile(codes, (size, 1)), axis=1)
        inside, outside = _means(x, dealt[:, places[0]] == dealt[:, places[1]])
        parts.append(inside - outside)
        done += size
    return np.concatenate(parts)


def _means(
    x: NDArray[np.float64], same: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the means of x (p,) where each row of same (m, p) holds and where not."""
    weight = same.astype(np.float64)
    count, total = weight.sum(axis=1), weight @ x
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / count, (x.sum() - total) / (len(x) - count)


def within_indicator(domains: Sequence[str]) -> NDArray[np.float64]:
    """Return 1 for pairs of one domain and 0 for others (t, t)."""
    names = np.asarray(domains)
    same: NDArray[np.float64] = np.equal.outer(names, names).astype(np.float64)
    return same
