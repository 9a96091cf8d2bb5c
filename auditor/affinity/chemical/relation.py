"""How two tasks' labels go together over similar compounds, where they need share none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.chemical.directions import along_directions, spread_over_directions
from auditor.affinity.chemical.jackknife import Spread, covariance, ratio_interval
from auditor.affinity.chemical.products import Columns, Products, multiply
from auditor.affinity.chemical.regression import (
    Sums,
    centred_share,
    correlation,
    mean_kernel,
    slopes,
    sums,
    sums_of_group,
    variation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.chemical.similarity import Compounds
    from auditor.benchmark.labels import Labels

OWN_Z = 3.0
"""Standard deviations by which a task's own slope must exceed that of shuffled labels."""
NORMAL = 1.959963984540054
"""Standard deviations of a normal distribution on either side that hold 95 %."""


@dataclass(frozen=True)
class Relation:
    """The correlation of every pair of tasks over similar compounds, and what it rests on.

    Parameters
    ----------
    correlation, standard_error, low, high
        The estimate, its error and its 95 % interval (t, t); NaN where a task is refused, or where the
        interval over scaffolds has no end. The interval alone is NaN where that over directions has
        none. The error is the larger one of those over scaffolds and over directions of chemistry.
    own_z
        How many standard deviations a task's own slope stands above that of shuffled labels (t,).
    kernel_variance
        A task's own slope times the mean K_aa (t,): the share of its label variance that the kernel
        explains, if labels follow the kernel; it can exceed 1 where they follow a part of it only.
    p
        Two-sided p of no correlation (t, t), of the interval's own tests: how often two tasks that follow
        structure as smoothly as these, independently, would go together or against each other so much.
    """

    correlation: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    own_z: NDArray[np.float64]
    kernel_variance: NDArray[np.float64]
    p: NDArray[np.float64]


def columns_of(
    labels: Labels, order: NDArray[np.int64], families: NDArray[np.int64], groups: NDArray[np.int64]
) -> Columns:
    """Return the labels of compounds in an order, mean 0 and variance 1 per task; a constant task is 0.

    ``families`` and ``groups`` (n,) are those of the benchmark's compounds, not yet in that order.
    """
    dense = labels.dense(order)
    masks = np.isfinite(dense)
    sizes = np.maximum(masks.sum(axis=0), 1)
    values = np.where(masks, dense, 0.0)
    centred = np.where(masks, values - values.sum(axis=0) / sizes, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / sizes)
    # what rounding leaves of a constant column does not count as variation
    scale = np.where(spread > 1e-9 * np.abs(values).max(axis=0, initial=0), spread, np.inf)
    standard = (centred / scale).astype(np.float32)
    return Columns(standard, masks.astype(np.float32), families[order], groups[order])


def relate(compounds: Compounds, columns: Columns) -> Relation:
    """Return how every pair of tasks goes together over similar compounds.

    For tasks i and j, products of standardised labels z_ia z_jb are regressed on the kernel K_ab over
    all pairs of a compound a of i and a compound b of j that are not of one family. With the means K̄
    over those pairs, over those of a, and over those of b:

        B_ij = Σ (K_ab - K̄) z_ia z_jb / Σ (K_ab - K̄_a - K̄_b + K̄)²,   ρ_ij = B_ij / √(B_ii B_jj)

    so that a task goes with itself at 1, whichever compounds it was measured on. (Without the
    denominators, a label of Tox21 goes with itself across scaffold-disjoint halves at 0.6.) All sums
    come from K Z, K M and (K∘K) M, of one pass over K.

    What is estimated is the correlation of what the directions of chemistry that the kernel sees do to
    the one label and to the other; the tasks' directions are few, so that two unrelated tasks go
    together by chance, however many compounds there are. The interval is the wider end of two: over
    scaffolds, which are left out in turn (the noise of labels, the choice of compounds), and over the
    directions (that chance, with both tasks as smooth as they are).

    Parameters
    ----------
    compounds, columns
        In one order, in which groups, and families within them, lie end to end.

    Reference
    ---------
    Haseman & Elston 1972, doi 10.1007/BF01066731; without shared samples: Bulik-Sullivan et al. 2015,
    doi 10.1038/ng.3406.
    """
    products, total, share, slope, own_z = _slopes(compounds, columns)
    over_directions = spread_over_directions(
        along_directions(compounds, columns), variation(total) * share, _scale(slope)
    )
    found = _with_errors(slope, _replicates(columns, products, total, share), over_directions)
    estimable = _varied(own_z) & np.isfinite(found[-1])
    value, error, low, high, p, _ = (np.where(estimable, matrix, np.nan) for matrix in found)
    self_similarity = columns.masks.T @ products.diagonal / total.sizes - np.diag(mean_kernel(total))
    return Relation(
        correlation=value,
        standard_error=error,
        low=low,
        high=high,
        own_z=own_z,
        kernel_variance=np.diag(slope) * self_similarity,
        p=p,
    )


def values_of(compounds: Compounds, columns: Columns) -> NDArray[np.float64]:
    """Return the correlation of `relate` without its errors (t, t), NaN where a task is refused."""
    *_, slope, own_z = _slopes(compounds, columns)
    return np.where(_varied(own_z), correlation(slope), np.nan)


def _slopes(
    compounds: Compounds, columns: Columns
) -> tuple[Products, Sums, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return products, sums, the share that centring leaves, slopes (t, t), and `own_z` (t,)."""
    products = multiply(compounds, columns)
    total = sums(columns, products)
    share = centred_share(total, columns, products)
    slope = slopes(total) / share
    with np.errstate(invalid="ignore"):
        own_z = np.diag(slope) * np.sqrt(np.diag(variation(total) * share) / 2)
    return products, total, share, slope, own_z


def _varied(own_z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the pairs of which both tasks follow structure (t, t)."""
    pairs: NDArray[np.bool_] = np.logical_and.outer(own_z >= OWN_Z, own_z >= OWN_Z)
    return pairs


def _with_errors(
    slope: NDArray[np.float64], replicates: NDArray[np.float64], over_directions: Spread
) -> tuple[NDArray[np.float64], ...]:
    """Return correlation, standard error, interval, p and the end of the one over scaffolds (t, t)."""
    from scipy.stats import norm
    from scipy.stats import t as student

    value, scale = correlation(slope), _scale(slope)
    ratios = np.stack([correlation(replicate) for replicate in replicates])
    below = np.stack([_scale(replicate) for replicate in replicates])
    over_scaffolds = Spread(
        covariance(replicates, replicates), covariance(replicates, below), covariance(below, below)
    )
    law = student(len(replicates) - 1)
    one = ratio_interval(slope, scale, over_scaffolds, float(law.ppf(0.975)))
    other = ratio_interval(slope, scale, over_directions, NORMAL)
    low, high = np.minimum(one[0], other[0]), np.maximum(one[1], other[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        left = over_directions.above - 2 * value * over_directions.both + value**2 * over_directions.below
        error = np.maximum(np.sqrt(covariance(ratios, ratios)), np.sqrt(np.maximum(left, 0)) / scale)
        by_scaffold = 2 * law.sf(np.abs(slope) / np.sqrt(over_scaffolds.above))
        p = np.maximum(by_scaffold, 2 * norm.sf(np.abs(slope) / np.sqrt(over_directions.above)))
        p = np.where(np.isfinite(low + high), p, np.nan)
    end = one[1]
    for matrix, of_itself in ((value, 1), (low, 1), (high, 1), (error, 0), (p, np.nan), (end, 1)):
        np.fill_diagonal(matrix, of_itself)
    return value, error, low, high, p, end


def _replicates(
    columns: Columns, products: Products, total: Sums, share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the slopes without each group of compounds in turn (groups, t, t).

    The share of K's variation that centring leaves is taken to be that of all compounds.
    """
    edges = np.append(np.flatnonzero(np.diff(columns.groups, prepend=-1)), len(columns.groups))
    parts = [(columns.part(*edge), products.part(*edge)) for edge in pairwise(edges)]
    return np.stack([slopes(total - sums_of_group(*part)) / share for part in parts])


def _scale(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return √(B_ii B_jj) (t, t), zero where an own slope is not positive."""
    root = np.sqrt(np.maximum(np.diag(slope), 0))
    return np.outer(root, root)
