"""How often each Morgan substructure occurs in a molecule, in unary code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.chemistry.fingerprints import BITS, RADIUS
from auditor.chemistry.levels import parse
from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def morgan_counts(smiles: Sequence[str], *, radius: int = RADIUS, bits: int = BITS) -> NDArray[np.uint8]:
    """Return counted Morgan fingerprints in unary code, packed: (len(smiles), bytes).

    A count c of a substructure sets the first c of its bits, so that two molecules share as many
    bits as the sum of the smaller counts: Tanimoto similarity of these bits is Σ min / Σ max of
    the counts. There are as many bits as the largest counts add up to.

    Raises
    ------
    DataError
        A text is not a molecule.
    """
    counted = _count(smiles, radius, bits)
    most = np.zeros(bits, dtype=np.int64)
    for places, counts in counted:
        np.maximum.at(most, places, counts)
    first = np.concatenate([[0], np.cumsum(most)])
    out = np.zeros((len(smiles), -(-int(first[-1]) // 8)), dtype=np.uint8)
    for row, (places, counts) in enumerate(counted):
        on = np.repeat(first[places], counts) + _ranks(counts)
        np.bitwise_or.at(out[row], on // 8, np.left_shift(np.uint8(1), (on % 8).astype(np.uint8)))
    return out


def _count(
    smiles: Sequence[str], radius: int, bits: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return, per molecule, which substructures it has and how often."""
    from rdkit import rdBase
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=bits)
    out = []
    with rdBase.BlockLogs():
        for text in smiles:
            try:
                found = generator.GetCountFingerprint(parse(text)).GetNonzeroElements()
            except ValueError as error:
                raise DataError(
                    f"no fingerprint of '{text[:80]}': {error}", hint="take the compound out of the data"
                ) from error
            pairs = np.array(sorted(found.items()), dtype=np.int64).reshape(-1, 2)
            out.append((pairs[:, 0], pairs[:, 1]))
    return out


def _ranks(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, … count - 1 for each count, end to end."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)
