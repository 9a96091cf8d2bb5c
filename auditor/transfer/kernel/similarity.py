"""The kernel: how similar compounds are, centred, so that a compound has 1 with itself on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.chemistry.fingerprints import tanimoto, tanimoto_blocks
from auditor.chemistry.substructures import morgan_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

REFERENCE = 2_000
"""Compounds whose mean the kernel is centred at; those beyond are held against the same mean."""
WHOLE = 8_192
"""Compounds up to which the kernel is held whole, 268 MB; beyond, blocks are made when asked for."""


@dataclass(frozen=True)
class Similarity:
    """Compounds, of whose kernel any block can be had.

    Parameters
    ----------
    packed
        Counted substructures in unary code, as bits (n, bytes).
    mean
        Mean similarity of each compound to the reference compounds (n,).
    overall
        Mean similarity among the reference compounds.
    scale
        Mean of the centred kernel's diagonal.
    whole
        The kernel (n, n), where it is small enough to be held.
    """

    packed: NDArray[np.uint8]
    mean: NDArray[np.float64]
    overall: float
    scale: float
    whole: NDArray[np.float32] | None = None

    def block(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the kernel of some compounds with others (len(rows), len(columns))."""
        if self.whole is not None:
            part: NDArray[np.float64] = self.whole[np.ix_(rows, columns)].astype(np.float64)
            return part
        raw = tanimoto(self.packed[rows], self.packed[columns]).astype(np.float64)
        centred: NDArray[np.float64] = raw - self.mean[rows][:, None] - self.mean[columns]
        centred += self.overall
        centred /= self.scale
        return centred

    def diagonal(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the kernel of some compounds with themselves (len(rows),)."""
        if self.whole is not None:
            part: NDArray[np.float64] = self.whole[rows, rows].astype(np.float64)
            return part
        found: NDArray[np.float64] = (1 - 2 * self.mean[rows] + self.overall) / self.scale
        return found


def similarity_of(smiles: Sequence[str], *, reference: int | None = None) -> Similarity:
    """Return the min-max Tanimoto kernel of counted Morgan substructures (radius 2), centred.

    k(a, b) = Σ min / Σ max of the counts, less what a and b have with the mean reference compound, so
    that the kernel is that of vectors from which the mean vector is taken; then divided so that its
    diagonal is 1 on average. It is positive semi-definite whichever compounds are the reference.

    Parameters
    ----------
    reference
        The kernel is centred and scaled by the first so many compounds; None for all.

    Raises
    ------
    DataError
        A text is not a molecule.

    Reference: Ralaivola et al. 2005, doi 10.1016/j.neunet.2005.07.009 (the min-max kernel).
    """
    packed = morgan_counts(smiles)
    n, of = len(packed), len(packed) if reference is None else reference
    chosen = np.arange(of) if of <= REFERENCE else np.linspace(0, of - 1, REFERENCE).astype(np.int64)
    means = [block.mean(axis=1, dtype=np.float64) for _, block in tanimoto_blocks(packed, packed[chosen])]
    mean = np.concatenate(means) if means else np.zeros(0)
    overall = float(mean[chosen].mean()) if n else 0.0
    scale = float(1 - 2 * mean[:of].mean() + overall) if n else 1.0
    found = Similarity(packed, mean, overall, scale if scale > 0 else 1.0)
    if n > WHOLE:
        return found
    every = np.arange(n)
    return replace(found, whole=found.block(every, every).astype(np.float32))
