"""Kernels of molecular similarity, multiplied with labels block by block and never held whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from auditor import console
from auditor.errors import UsageError
from auditor.fingerprints import morgan_bits, unpacked
from auditor.substructures import morgan_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kernel = Literal["tanimoto", "tanimoto-squared", "tanimoto-counts"]
KERNELS: tuple[str, ...] = get_args(Kernel)
CHUNK = 2_048
"""Compounds on either side of a block of the kernel: 16 MB in single precision."""


@dataclass(frozen=True)
class Compounds:
    """Compounds as a kernel sees them.

    Parameters
    ----------
    packed
        Features as bits (n, bytes), eight to a byte.
    power
        To which the Tanimoto similarity of the bits is raised.
    families
        Number of the family of each compound (n,). A pair inside a family is no pair: it is left
        out of every sum. Families lie end to end.
    """

    packed: NDArray[np.uint8]
    power: int
    families: NDArray[np.int64]

    def part(self, start: int, stop: int) -> Compounds:
        """Return some neighbouring compounds; the cuts must not go through a family."""
        return Compounds(self.packed[start:stop], self.power, self.families[start:stop])


@dataclass(frozen=True)
class Products:
    """A kernel K (n, n) multiplied with columns, entries inside a family set to zero.

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


def compounds_of(
    smiles: Sequence[str], kernel: str, families: NDArray[np.int64], *, cache: Path | None = None
) -> Compounds:
    """Return molecules as a kernel sees them.

    ``tanimoto`` compares Morgan bits of radius 2, |A∩B| / |A∪B|. ``tanimoto-squared`` is its square:
    positive definite too, and sharper, so that only close relatives count. ``tanimoto-counts``
    compares how often each substructure occurs, Σ min / Σ max.

    Raises
    ------
    UsageError
        There is no such kernel.
    DataError
        A text is not a molecule.

    Reference: Ralaivola et al. 2005, doi 10.1016/j.neunet.2005.07.009.
    """
    if kernel not in KERNELS:
        raise UsageError(f"no kernel named '{kernel}'", hint=f"one of {', '.join(KERNELS)}")
    if kernel == "tanimoto-counts":
        return Compounds(morgan_counts(smiles), 1, families)
    power = 2 if kernel == "tanimoto-squared" else 1
    return Compounds(morgan_bits(smiles, cache=cache), power, families)


def multiply(
    compounds: Compounds,
    labels: NDArray[np.float32],
    masks: NDArray[np.float32],
    *,
    label: str = "",
) -> Products:
    """Return the kernel of some compounds times columns (n, t), from one pass over half its blocks.

    Time is that of n² / 2 similarities: each 2 × 2,048 floating-point operations. Memory is 24 n t
    bytes for the answer and four blocks of 16 MB.

    Parameters
    ----------
    labels, masks
        Columns (n, t), zero where nothing was measured.
    label
        What a progress bar is called; empty for none.
    """
    n, t = labels.shape
    columns = np.concatenate([labels, masks], axis=1)
    once, twice = np.zeros((n, 2 * t)), np.zeros((n, t))
    pieces = list(_pieces(compounds.families))
    steps = len(pieces) * (len(pieces) + 1) // 2
    with console.progress(label, steps if label else 0) as advance:
        for rows, across, block in _blocks(compounds, pieces):
            for left, right, entries in _sides(rows, across, block):
                once[left] += entries @ columns[right]
            np.multiply(block, block, out=block)
            for left, right, entries in _sides(rows, across, block):
                twice[left] += entries @ masks[right]
            advance(1)
    return Products(once[:, :t], once[:, t:], twice)


def similarity(
    left: NDArray[np.float32], right: NDArray[np.float32], power: int
) -> NDArray[np.float32]:
    """Return the Tanimoto similarity of rows of ones and zeros to a power (len(left), len(right))."""
    shared: NDArray[np.float32] = left @ right.T
    union = left.sum(axis=1)[:, None] + right.sum(axis=1)[None, :]
    union -= shared
    np.divide(shared, union, out=shared, where=union > 0)
    return shared if power == 1 else np.power(shared, power, out=shared)


def _sides(
    rows: slice, across: slice, block: NDArray[np.float32]
) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield a block and, off the diagonal, its mirror image."""
    yield rows, across, block
    if rows != across:
        yield across, rows, block.T


def _blocks(
    compounds: Compounds, pieces: Sequence[slice]
) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    for number, rows in enumerate(pieces):
        down = unpacked(compounds.packed[rows])
        for across in pieces[:number]:
            yield rows, across, similarity(down, unpacked(compounds.packed[across]), compounds.power)
        block = similarity(down, down, compounds.power)
        family = compounds.families[rows]
        block[family[:, None] == family[None, :]] = 0
        yield rows, rows, block


def _pieces(families: NDArray[np.int64]) -> Iterator[slice]:
    """Yield neighbouring ranges of about `CHUNK` compounds that cut through no family."""
    ends = np.append(np.flatnonzero(np.diff(families)) + 1, len(families))
    start = 0
    while start < len(families):
        fitting = ends[ends <= start + CHUNK]
        stop = int(fitting[-1]) if len(fitting) and fitting[-1] > start else int(ends[ends > start][0])
        yield slice(start, stop)
        start = stop
