"""How two tasks' labels go together over similar compounds, where they need share none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.chemical.jackknife import covariance, ratio_interval
from auditor.affinity.chemical.products import Columns, Products, multiply
from auditor.affinity.chemical.regression import (
    Sums,
    centred_share,
    correlation,
    expanded,
    mean_kernel,
    per_family,
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
_SHUFFLED_CELLS = 20_000_000


@dataclass(frozen=True)
class Relation:
    """The correlation of every pair of tasks over similar compounds, and what it rests on.

    Parameters
    ----------
    correlation, standard_error, low, high
        The estimate, its jackknife error and its 95 % interval (t, t); NaN where a task is refused or
        the interval has no end.
    own_z
        How many standard deviations a task's own slope stands above that of shuffled labels (t,).
    kernel_variance
        A task's own slope times the mean K_aa (t,): the share of its label variance that the kernel
        explains, if labels follow the kernel; it can exceed 1 where they follow a part of it only.
    p
        Two-sided permutation p per pair (t, t), NaN without shuffles: the larger of shuffling one
        task's labels and the other's. Small where either would be unlikely to look so related.
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


def relate(compounds: Compounds, columns: Columns, *, shuffles: int = 0, seed: int = 0) -> Relation:
    """Return how every pair of tasks goes together over similar compounds.

    For tasks i and j, products of standardised labels z_ia z_jb are regressed on the kernel K_ab over
    all pairs of a compound a of i and a compound b of j that are not of one family. With the means K̄
    over those pairs, over those of a, and over those of b:

        B_ij = Σ (K_ab - K̄) z_ia z_jb / Σ (K_ab - K̄_a - K̄_b + K̄)²,   ρ_ij = B_ij / √(B_ii B_jj)

    so that a task goes with itself at 1, whichever compounds it was measured on. (Without the
    denominators, a label of Tox21 goes with itself across scaffold-disjoint halves at 0.6.) All sums
    come from K Z, K M and (K∘K) M, of one pass over K.

    The interval is for the value that the same statistic has without sampling error: the correlation
    of those parts of two labels that the kernel describes. It leaves scaffolds out in turn, and
    is rather too wide than too narrow where labels are mostly noise.

    Parameters
    ----------
    compounds, columns
        In one order, in which groups, and families within them, lie end to end.
    shuffles
        Label shuffles per task behind ``p``; 0 for none.

    Reference
    ---------
    Haseman & Elston 1972, doi 10.1007/BF01066731; without shared samples: Bulik-Sullivan et al. 2015,
    doi 10.1038/ng.3406.
    """
    products = multiply(compounds, columns)
    total = sums(columns, products)
    share = centred_share(total, columns, products)
    slope = slopes(total) / share
    with np.errstate(invalid="ignore"):
        own_z = np.diag(slope) * np.sqrt(np.diag(variation(total) * share) / 2)
    found = _with_errors(slope, _replicates(columns, products, total, share))
    estimable = np.logical_and.outer(own_z >= OWN_Z, own_z >= OWN_Z) & np.isfinite(found[2])
    value, error, low, high = (np.where(estimable, matrix, np.nan) for matrix in found)
    self_similarity = columns.masks.T @ products.diagonal / total.sizes - np.diag(mean_kernel(total))
    return Relation(
        correlation=value,
        standard_error=error,
        low=low,
        high=high,
        own_z=own_z,
        kernel_variance=np.diag(slope) * self_similarity,
        p=shuffled_p(columns, products, total, shuffles=shuffles, seed=seed),
    )


def _with_errors(
    slope: NDArray[np.float64], replicates: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Return correlation, standard error and interval (t, t) from slopes and their replicates."""
    ratios = np.stack([correlation(replicate) for replicate in replicates])
    below = np.stack([_scale(replicate) for replicate in replicates])
    value, error = correlation(slope), np.sqrt(covariance(ratios, ratios))
    low, high = ratio_interval(slope, _scale(slope), replicates, below)
    for matrix, of_itself in ((value, 1), (low, 1), (high, 1), (error, 0)):
        np.fill_diagonal(matrix, of_itself)
    return value, error, low, high


def _replicates(
    columns: Columns, products: Products, total: Sums, share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the slopes without each group of compounds in turn (groups, t, t).

    The share of K's variation that centring leaves is taken to be that of all compounds.
    """
    edges = np.append(np.flatnonzero(np.diff(columns.groups, prepend=-1)), len(columns.groups))
    parts = [(columns.part(*edge), products.part(*edge)) for edge in pairwise(edges)]
    return np.stack([slopes(total - sums_of_group(*part)) / share for part in parts])


def shuffled_p(
    columns: Columns, products: Products, total: Sums, *, shuffles: int, seed: int
) -> NDArray[np.float64]:
    """Return the permutation p of every pair (t, t); NaN on the diagonal and without shuffles.

    Shuffling a task's labels among its compounds leaves K Z of the other as it is, so that a
    shuffle costs one product of length n per pair.
    """
    t = columns.labels.shape[1]
    out = np.full((t, t), np.nan)
    if not shuffles:
        return out
    mean = mean_kernel(total)
    observed = np.abs(total.label_label + mean * total.inner_label_label)
    near = expanded(per_family(columns.labels.astype(np.float64), columns.families), columns.families)
    rng = np.random.default_rng(seed)
    for task in range(t):
        rows = np.flatnonzero(columns.masks[:, task])
        followed = products.labels[rows] + near[rows] * mean[:, task]  # (n of the task, t)
        own = columns.labels[rows, task].astype(np.float64)
        beyond, done = np.zeros(t), 0
        while done < shuffles:
            size = min(shuffles - done, max(1, _SHUFFLED_CELLS // max(len(rows), 1)))
            shuffled = rng.permuted(np.tile(own, (size, 1)), axis=1)
            beyond += (np.abs(shuffled @ followed) >= observed[:, task] - 1e-9).sum(axis=0)
            done += size
        out[:, task] = (beyond + 1) / (shuffles + 1)
    np.fill_diagonal(out, np.nan)
    return np.maximum(out, out.T)


def _scale(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return √(B_ii B_jj) (t, t), zero where an own slope is not positive."""
    root = np.sqrt(np.maximum(np.diag(slope), 0))
    return np.outer(root, root)
