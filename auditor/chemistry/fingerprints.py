"""Morgan fingerprints, packed eight bits to a byte, and Tanimoto similarity in blocks."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.cache.locks import locked
from auditor.cache.store import load_entry, save_entry
from auditor.chemistry.levels import parse
from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIUS = 2
BITS = 2_048
ROWS = 512
"""Rows of a similarity block."""
_FILE = "bits.npy"


def morgan_bits(
    smiles: Sequence[str], *, radius: int = RADIUS, bits: int = BITS, cache: Path | None = None
) -> NDArray[np.uint8]:
    """Return the Morgan fingerprints of some molecules, packed: (len(smiles), bits / 8).

    Stereo is not encoded. Salts are part of the molecule: give parents where they should not count.

    Parameters
    ----------
    smiles
        Texts that RDKit can parse.
    radius, bits
        Bonds around an atom, and length of the fingerprint: a multiple of eight.
    cache
        The cache folder; None computes anew.

    Raises
    ------
    DataError
        A text is not a molecule.

    Reference: Rogers & Hahn 2010, doi 10.1021/ci100050t.
    """
    if cache is None:
        return _compute(smiles, radius, bits)
    folder = cache / "fingerprints" / _key(smiles, radius, bits)
    with locked(folder):
        entry = load_entry(folder)
        if entry is None:
            found = _compute(smiles, radius, bits)
            stream = io.BytesIO()
            np.save(stream, found)
            save_entry(folder, {_FILE: stream.getvalue()}, {"molecules": len(smiles)})
            return found
        packed: NDArray[np.uint8] = np.load(entry.files[_FILE], allow_pickle=False)
        return packed


def tanimoto(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the Tanimoto similarity of packed fingerprints: (len(left), len(right)).

    Two molecules without any bit are alike: 1. The whole answer is held at once; see
    `tanimoto_blocks` for many molecules.
    """
    blocks = [block for _, block in tanimoto_blocks(left, right)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(right)), dtype=np.float32)


def tanimoto_blocks(
    left: NDArray[np.uint8], right: NDArray[np.uint8], *, rows: int = ROWS
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield the Tanimoto similarity in blocks of rows: (first row, block (rows, len(right))).

    By a product of zeros and ones in single precision, which is exact for these counts.
    """
    across = unpacked(right)
    sizes = across.sum(axis=1)
    for start in range(0, len(left), rows):
        down = unpacked(left[start : start + rows])
        shared = down @ across.T
        union = down.sum(axis=1)[:, None] + sizes - shared
        yield start, np.divide(shared, union, out=np.ones_like(shared), where=union > 0)


def unpacked(packed: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return packed fingerprints as zeros and ones in single precision (n, bits): 32 times the size."""
    return np.unpackbits(packed, axis=1, bitorder="little").astype(np.float32)


def _compute(smiles: Sequence[str], radius: int, bits: int) -> NDArray[np.uint8]:
    from rdkit import rdBase
    from rdkit.Chem import rdFingerprintGenerator
    from rdkit.DataStructs import BitVectToBinaryText

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=bits)
    out = np.zeros((len(smiles), bits // 8), dtype=np.uint8)
    with rdBase.BlockLogs():
        for row, text in enumerate(smiles):
            try:
                fingerprint = generator.GetFingerprint(parse(text))
            except ValueError as error:
                raise DataError(
                    f"no fingerprint of '{text[:80]}': {error}", hint="take the compound out of the data"
                ) from error
            out[row] = np.frombuffer(BitVectToBinaryText(fingerprint), dtype=np.uint8)
    return out


def _key(smiles: Sequence[str], radius: int, bits: int) -> str:
    import rdkit

    state = hashlib.sha256(f"morgan {radius} {bits} rdkit {rdkit.__version__}".encode())
    for text in smiles:
        state.update(f"\n{text}".encode())
    return state.hexdigest()[:16]
