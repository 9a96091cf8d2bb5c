"""Products of a kernel with labels and masks, from one pass over its blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.kernels import Compounds, blocks, cuts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """Labels and masks of some compounds, families end to end.

    Parameters
    ----------
    labels
        Standardised per task, zero where nothing was measured (n, t).
    masks
        One where a label was measured, else zero (n, t).
    families
        As in `Compounds` (n,).
    """

    labels: NDArray[np.float32]
    masks: NDArray[np.float32]
    families: NDArray[np.int64]

    def part(self, start: int, stop: int) -> Columns:
        """Return the columns of some neighbouring compounds."""
        return Columns(self.labels[start:stop], self.masks[start:stop], self.families[start:stop])


@dataclass(frozen=True)
class Products:
    """A kernel K (n, n) multiplied with columns; its entries inside a family are zero.

    Parameters
    ----------
    labels, ones
        K times the labels and K times the masks (n, t).
    squares
        The elementwise square of K times the masks (n, t).
    """

    labels: NDArray[np.float64]
    ones: NDArray[np.float64]
    squares: NDArray[np.float64]

    def part(self, start: int, stop: int) -> Products:
        """Return the products' rows of some neighbouring compounds."""
        return Products(self.labels[start:stop], self.ones[start:stop], self.squares[start:stop])


def multiply(compounds: Compounds, columns: Columns, *, label: str = "") -> Products:
    """Return the kernel of some compounds times their columns.

    Half the blocks are made and each is used twice: n² / 2 similarities of 2 × 2,048 floating-point
    operations. Memory is 24 n t bytes for the answer, and some blocks of 16 MB.

    Parameters
    ----------
    label
        What the progress bar is called; empty for none.
    """
    n, t = columns.labels.shape
    both = np.concatenate([columns.labels, columns.masks], axis=1)
    once, twice = np.zeros((n, 2 * t)), np.zeros((n, t))
    pieces = sum(1 for _ in cuts(compounds.families))
    bar = console.progress(label, pieces * (pieces + 1) // 2) if label else nullcontext(_nothing)
    with bar as advance:
        for rows, across, block in blocks(compounds):
            for left, right, entries in _sides(rows, across, block):
                once[left] += entries @ both[right]
            np.multiply(block, block, out=block)
            for left, right, entries in _sides(rows, across, block):
                twice[left] += entries @ columns.masks[right]
            advance(1)
    return Products(once[:, :t], once[:, t:], twice)


def _nothing(_: int) -> None:
    pass


def _sides(
    rows: slice, across: slice, block: NDArray[np.float32]
) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield a block and, off the diagonal, its mirror image."""
    yield rows, across, block
    if rows != across:
        yield across, rows, block.T
