"""What a sweep over overlaps found, and the statistics of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import correlation
from auditor.statistics.pairs import upper
from auditor.statistics.replication import spearman_brown
from auditor.statistics.resampling import Pairs, all_pairs, draws, interval, r_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 400
STATISTICS = ("full", "own", "stability", "drop", "label_part", "reliability")


@dataclass(frozen=True)
class Measured:
    """One overlap of one repeat.

    Parameters
    ----------
    affinity, labels
        The estimate and E of the degraded table (t, t); NaN where a pair does not count.
    halves
        The estimate from even and from odd logs (2, t, t), where the estimator has logs.
    """

    affinity: NDArray[np.float64]
    labels: NDArray[np.float64]
    halves: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Grid:
    """A sweep.

    Parameters
    ----------
    overlaps
        Mean Jaccard of the pairs that count, falling (p,).
    cells
        ``cells[level][repeat]``.
    target
        E of the full table (t, t).
    """

    overlaps: tuple[float, ...]
    cells: tuple[tuple[Measured, ...], ...]
    target: NDArray[np.float64]

    @property
    def repeats(self) -> int:
        """Number of repeats."""
        return len(self.cells[0])


@dataclass(frozen=True)
class Level:
    """What became of affinity at one overlap; each an estimate with a 95 % interval.

    Parameters
    ----------
    full
        r of the affinity with E of the full table.
    own
        r of the affinity with E of the degraded table: all that one would see with that table alone.
    stability
        r of the degraded table's E with that of the full table.
    drop
        Fall of ``own`` below the r with the full E at the highest overlap.
    label_part
        The part of the fall that is E's instability, in r; see `label_part`.
    label_share
        The same as a share of the fall; NaN where no fall is established.
    reliability
        Of the affinity, split-half.
    """

    overlap: float
    full: tuple[float, float, float]
    own: tuple[float, float, float]
    stability: tuple[float, float, float]
    drop: tuple[float, float, float]
    label_part: tuple[float, float, float]
    label_share: tuple[float, float, float]
    reliability: tuple[float, float, float]
    pairs: int


def levels_of(grid: Grid, *, seed: int) -> tuple[list[Level], NDArray[np.float64]]:
    """Return the statistics per level, and r with the full E in every draw of tasks and repeats.

    Returns
    -------
    The levels, and (draws, p), without rows where no task can be drawn.
    """
    whole = statistics(grid, all_pairs(len(grid.target)), range(grid.repeats))
    rng = np.random.default_rng([seed, 1])
    sample = [
        statistics(grid, pairs, rng.integers(0, grid.repeats, grid.repeats).tolist())
        for pairs in draws(len(grid.target), seed=seed, most=DRAWS)
    ]
    drawn = np.array(sample).reshape(-1, *whole.shape)
    levels = []
    for p, overlap in enumerate(grid.overlaps):
        ends = [(float(whole[p, k]), *interval(drawn[:, p, k])) for k in range(len(STATISTICS))]
        full, own, stability, drop, part, reliability = ends
        share = (float("nan"),) * 3
        if drop[1] > 0:
            with np.errstate(invalid="ignore", divide="ignore"):
                shares = drawn[:, p, 4] / drawn[:, p, 3]
            share = (part[0] / drop[0], *interval(shares))
        pairs = [int(np.isfinite(upper(cell.affinity)).sum()) for cell in grid.cells[p]]
        levels.append(Level(overlap, full, own, stability, drop, part, share, reliability, sum(pairs)))
    return levels, drawn[:, :, 0]


def points_of(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return overlap and r with the full E of every level and repeat, both (levels x repeats,)."""
    pairs = all_pairs(len(grid.target))
    found = [
        (overlap, r_over(cell.affinity, grid.target, pairs))
        for overlap, row in zip(grid.overlaps, grid.cells, strict=True)
        for cell in row
    ]
    points = np.array(found)
    return points[:, 0], points[:, 1]


def statistics(grid: Grid, pairs: Pairs, repeats: Sequence[int]) -> NDArray[np.float64]:
    """Return `STATISTICS` per level (p, 6) over some pairs, averaged over some repeats."""
    import warnings

    rows = []
    for row in grid.cells:
        found = [_cell(grid, row[repeat], grid.cells[0][repeat], pairs) for repeat in repeats]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            rows.append(np.nanmean(found, axis=0))
    return np.array(rows)


def label_part(
    reference: NDArray[np.float64],
    affinity: NDArray[np.float64],
    target: NDArray[np.float64],
    labels: NDArray[np.float64],
) -> tuple[float, float]:
    """Return the fall of r when affinity and E both degrade, and the part that is E's.

    With the affinity going from G₁ to G₀ and E from E₁ to E₀, the fall r(G₁, E₁) - r(G₀, E₀) is walked
    in both orders, and E's steps are averaged:

        ½ {[r(G₁, E₁) - r(G₁, E₀)] + [r(G₀, E₁) - r(G₀, E₀)]}

    What is left is the affinity's, by the same rule: the two add up to the fall. All r are over the
    pairs where everything is known. Arguments are the values of pairs (p,).

    Reference: Shapley 1953, for two players.
    """
    keep = np.isfinite(reference) & np.isfinite(affinity) & np.isfinite(target) & np.isfinite(labels)
    g1, g0, e1, e0 = (values[keep] for values in (reference, affinity, target, labels))
    first, second = correlation(g1, e1), correlation(g0, e0)
    mixed, other = correlation(g1, e0), correlation(g0, e1)
    return first - second, ((first - mixed) + (other - second)) / 2


def _cell(grid: Grid, cell: Measured, reference: Measured, pairs: Pairs) -> tuple[float, ...]:
    fall, part = label_part(
        reference.affinity[pairs], cell.affinity[pairs], grid.target[pairs], cell.labels[pairs]
    )
    own = float("nan")
    if cell.halves is not None:
        own = spearman_brown(r_over(cell.halves[0], cell.halves[1], pairs), 2)
    return (
        r_over(cell.affinity, grid.target, pairs),
        r_over(cell.affinity, cell.labels, pairs),
        r_over(cell.labels, grid.target, pairs),
        fall,
        part,
        own,
    )
