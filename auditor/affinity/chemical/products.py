"""Products of a kernel with labels and masks, from one pass over its blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.affinity.chemical.similarity import Compounds, blocks, cuts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """Labels and masks of some compounds; families and groups lie end to end.

    Parameters
    ----------
    labels
        Standardised per task, zero where nothing was measured (n, t).
    masks
        One where a label was measured, else zero (n, t).
    families, groups
        Numbers (n,). A pair of compounds inside a family is no pair; a group holds whole families
        and is left out at a time.
    """

    labels: NDArray[np.float32]
    masks: NDArray[np.float32]
    families: NDArray[np.int64]
    groups: NDArray[np.int64]

    def part(self, start: int, stop: int) -> Columns:
        """Return the columns of some neighbouring compounds."""
        return Columns(*(getattr(self, field.name)[start:stop] for field in fields(self)))


@dataclass(frozen=True)
class Products:
    """A kernel K (n, n), zero inside families, multiplied with columns.

    Parameters
    ----------
    labels, ones
        K times the labels and K times the masks (n, t).
    squares
        The elementwise square of K times the masks (n, t).
    inner_labels, inner_ones, inner_squares
        The same for K cut down to pairs of compounds of one group (n, t).
    diagonal
        The kernel of each compound with itself (n,).
    """

    labels: NDArray[np.float64]
    ones: NDArray[np.float64]
    squares: NDArray[np.float64]
    inner_labels: NDArray[np.float64]
    inner_ones: NDArray[np.float64]
    inner_squares: NDArray[np.float64]
    diagonal: NDArray[np.float64]

    def part(self, start: int, stop: int) -> Products:
        """Return the products' rows of some neighbouring compounds."""
        return Products(*(getattr(self, field.name)[start:stop] for field in fields(self)))


def multiply(compounds: Compounds, columns: Columns) -> Products:
    """Return the kernel of some compounds times their columns.

    Half the blocks are made and each is used twice: n² / 2 similarities of 2 × 2,048 floating-point
    operations. Memory is 48 n t bytes for the answer, and some blocks of 16 MB.
    """
    n, t = columns.labels.shape
    both = np.concatenate([columns.labels, columns.masks], axis=1)
    once, twice, inner_once, inner_twice = (np.zeros((n, width)) for width in (2 * t, t, 2 * t, t))
    diagonal = np.zeros(n)
    pieces = sum(1 for _ in cuts(columns.families))
    with console.progress("comparing compounds", pieces * (pieces + 1) // 2) as advance:
        for rows, across, block in blocks(compounds, columns.families):
            if rows == across:
                diagonal[rows] = block.diagonal()
                family = columns.families[rows]
                block[family[:, None] == family[None, :]] = 0
            _add(once, both, rows, across, block)
            inner = list(_shared_groups(columns.groups, rows, across))
            for left, right in inner:
                _add(inner_once, both, left, right, _cut(block, rows, across, left, right))
            np.multiply(block, block, out=block)
            _add(twice, columns.masks, rows, across, block)
            for left, right in inner:
                _add(inner_twice, columns.masks, left, right, _cut(block, rows, across, left, right))
            advance(1)
    return Products(
        once[:, :t], once[:, t:], twice, inner_once[:, :t], inner_once[:, t:], inner_twice, diagonal
    )


def _add(
    out: NDArray[np.float64],
    columns: NDArray[np.float32],
    rows: slice,
    across: slice,
    block: NDArray[np.float32],
) -> None:
    """Add a block's product with columns and, off the diagonal, that of its mirror image."""
    out[rows] += block @ columns[across]
    if rows != across:
        out[across] += block.T @ columns[rows]


def _shared_groups(groups: NDArray[np.int64], rows: slice, across: slice) -> Iterator[tuple[slice, slice]]:
    """Yield where each group that both ranges hold lies in them."""
    for group in np.intersect1d(groups[rows], groups[across]):
        yield _range(groups, group, rows), _range(groups, group, across)


def _range(groups: NDArray[np.int64], group: int, within: slice) -> slice:
    inside = np.flatnonzero(groups[within] == group) + within.start
    return slice(int(inside[0]), int(inside[-1]) + 1)


def _cut(
    block: NDArray[np.float32], rows: slice, across: slice, left: slice, right: slice
) -> NDArray[np.float32]:
    """Return the part of a block that lies at some rows and columns of the whole kernel."""
    down = slice(left.start - rows.start, left.stop - rows.start)
    return block[down, right.start - across.start : right.stop - across.start]
