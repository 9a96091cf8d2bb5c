"""Regression of label products on molecular similarity: Haseman and Elston's, for two tasks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.chemical.products import Columns, Products


@dataclass(frozen=True)
class Sums:
    """Sums over pairs of compounds (a, b): a of the row's task, b of the column's (t, t).

    ``label_label`` is Σ z K z, ``one_label`` Σ K z of b, ``ones`` Σ K and ``squares`` Σ K², over the
    pairs that are in different families. ``inner_*`` are the same without K over the pairs inside a
    family, which a task shares with another or has in itself; ``labels`` and ``sizes`` (t,) are Σ z
    and the number of compounds.
    """

    label_label: NDArray[np.float64]
    one_label: NDArray[np.float64]
    ones: NDArray[np.float64]
    squares: NDArray[np.float64]
    inner_label_label: NDArray[np.float64]
    inner_one_label: NDArray[np.float64]
    inner_ones: NDArray[np.float64]
    labels: NDArray[np.float64]
    sizes: NDArray[np.float64]

    def __sub__(self, other: Sums) -> Sums:
        """Return the sums over what is left when other compounds are taken out."""
        return Sums(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


def sums(columns: Columns, products: Products) -> Sums:
    """Return the sums over all pairs of the compounds of a benchmark."""
    z, m = columns.labels.astype(np.float64), columns.masks.astype(np.float64)
    return _sums(
        columns,
        label_label=z.T @ products.labels,
        one_label=m.T @ products.labels,
        ones=m.T @ products.ones,
        squares=m.T @ products.squares,
    )


def sums_of_group(columns: Columns, products: Products) -> Sums:
    """Return the sums over all pairs that have at least one compound in a group.

    Parameters
    ----------
    columns, products
        The rows of the group. Its pairs with all compounds are counted in both directions, hence
        those inside it once too often.
    """
    z, m = columns.labels.astype(np.float64), columns.masks.astype(np.float64)
    label_label, ones, squares = z.T @ products.labels, m.T @ products.ones, m.T @ products.squares
    return _sums(
        columns,
        label_label=label_label + label_label.T - z.T @ products.inner_labels,
        one_label=m.T @ products.labels + products.ones.T @ z - m.T @ products.inner_labels,
        ones=ones + ones.T - m.T @ products.inner_ones,
        squares=squares + squares.T - m.T @ products.inner_squares,
    )


def slopes(found: Sums) -> NDArray[np.float64]:
    """Return the slope of z_a z_b on K_ab with an intercept, for every pair of tasks (t, t).

    The labels are centred over the compounds that the sums are over. NaN where K does not vary.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = found.labels / found.sizes
        crossed = shift[:, None] * found.one_label
        covered = found.label_label - crossed - crossed.T + np.outer(shift, shift) * found.ones
        crossed = shift[:, None] * found.inner_one_label
        inner = found.inner_label_label - crossed - crossed.T
        inner += np.outer(shift, shift) * found.inner_ones
        # centred labels add up to zero over all pairs, so over those that count to minus the rest
        slope = (covered + mean_kernel(found) * inner) / variation(found)
    level: NDArray[np.float64] = (slope + slope.T) / 2  # rounding tells K_ab from K_ba
    return level


def variation(found: Sums) -> NDArray[np.float64]:
    """Return Σ (K - mean K)² over the pairs of compounds of every pair of tasks (t, t)."""
    cells = _cells(found)
    with np.errstate(invalid="ignore", divide="ignore"):
        left: NDArray[np.float64] = found.squares - found.ones**2 / cells
    return np.where(left > 1e-9 * found.squares, left, np.nan)


def centred_share(found: Sums, columns: Columns, products: Products) -> NDArray[np.float64]:
    """Return which share of the kernel's variation is left after centring rows and columns (t, t).

    Labels are centred per task, so what they can follow is K_ab less the mean similarity of a to the
    other task's compounds and of b to the first one's.
    """
    m = columns.masks.astype(np.float64)
    near = expanded(per_family(m, columns.families), columns.families)
    others = found.sizes[None, :] - near  # (n, t): compounds of the task outside the family
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = m.T @ np.where(others > 0, products.ones**2 / others, 0.0)
        left = found.squares - rows - rows.T + found.ones**2 / _cells(found)
        share = left / variation(found)
    level: NDArray[np.float64] = (share + share.T) / 2
    return level


def correlation(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return slope_ij / √(slope_ii slope_jj) (t, t); NaN where an own slope is not positive."""
    own = np.diag(slope)
    root = np.sqrt(np.where(own > 0, own, np.nan))
    out: NDArray[np.float64] = slope / np.outer(root, root)
    return out


def _sums(columns: Columns, **covered: NDArray[np.float64]) -> Sums:
    """Return sums over pairs outside families, with those over pairs inside them."""
    z, m = columns.labels.astype(np.float64), columns.masks.astype(np.float64)
    family_z, family_m = per_family(z, columns.families), per_family(m, columns.families)
    return Sums(
        **covered,
        inner_label_label=family_z.T @ family_z,
        inner_one_label=family_m.T @ family_z,
        inner_ones=family_m.T @ family_m,
        labels=z.sum(axis=0),
        sizes=m.sum(axis=0),
    )


def mean_kernel(found: Sums) -> NDArray[np.float64]:
    """Return the mean of K over the pairs of compounds of every pair of tasks (t, t)."""
    mean: NDArray[np.float64] = found.ones / _cells(found)
    return mean


def _cells(found: Sums) -> NDArray[np.float64]:
    cells = np.outer(found.sizes, found.sizes) - found.inner_ones
    return np.where(cells > 0, cells, np.nan)


def expanded(rows: NDArray[np.float64], families: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for every compound the row of its family (n, t)."""
    number = np.concatenate([[0], np.cumsum(np.diff(families) != 0)])
    spread: NDArray[np.float64] = rows[number]
    return spread


def per_family(columns: NDArray[np.float64], families: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sums of columns (n, t) over families, which lie end to end."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(families)) + 1])
    summed: NDArray[np.float64] = np.add.reduceat(columns, starts, axis=0)
    return summed
