"""Kernels: how similar compounds are, as a matrix of which only blocks are ever made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from auditor.chemistry.fingerprints import morgan_bits, unpacked
from auditor.chemistry.substructures import morgan_counts
from auditor.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kernel = Literal["ridge", "tanimoto", "tanimoto-squared", "tanimoto-counts"]
KERNELS: tuple[str, ...] = get_args(Kernel)
CHUNK = 2_048
"""Compounds on either side of a block: 16 MB in single precision."""
PENALTY = 10.0
"""Of the ridge regression behind the kernel ``ridge``, in units of a fingerprint's squared length."""


@dataclass(frozen=True)
class Ridge:
    """Ridge regression on fingerprints of length 1: their mean (q,) and inverse covariance (q, q)."""

    mean: NDArray[np.float32]
    inverse: NDArray[np.float32]


@dataclass(frozen=True)
class Compounds:
    """Compounds as a kernel sees them.

    Parameters
    ----------
    packed
        Features as bits (n, bytes), eight to a byte.
    power
        To which the Tanimoto similarity is raised.
    ridge
        The regression whose predictions are the kernel, instead of Tanimoto similarity.
    """

    packed: NDArray[np.uint8]
    power: int = 1
    ridge: Ridge | None = None


def compounds_of(smiles: Sequence[str], kernel: str, *, cache: Path | None = None) -> Compounds:
    """Return molecules as a kernel sees them.

    ``ridge`` takes Morgan bits of radius 2, scaled to length 1 and centred, as Φ and is
    Φ (Φ'Φ + 10 I)⁻¹ Φ': what a label measured on one compound adds to the prediction of another by
    ridge regression. ``tanimoto`` is |A∩B| / |A∪B| of the bits, ``tanimoto-squared`` its square,
    for which only close relatives count, and ``tanimoto-counts`` is Σ min / Σ max of how often each
    substructure occurs. All are positive semi-definite.

    Raises
    ------
    UsageError
        There is no such kernel.
    DataError
        A text is not a molecule.

    Reference: Ralaivola et al. 2005, doi 10.1016/j.neunet.2005.07.009 (Tanimoto kernels).
    """
    if kernel not in KERNELS:
        raise UsageError(f"no kernel named '{kernel}'", hint=f"one of {', '.join(KERNELS)}")
    if kernel == "tanimoto-counts":
        return Compounds(morgan_counts(smiles))
    packed = in_use(morgan_bits(smiles, cache=cache))
    if kernel == "ridge":
        return Compounds(packed, ridge=fit_ridge(packed))
    return Compounds(packed, power=2 if kernel == "tanimoto-squared" else 1)


def in_use(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return packed features without those that no compound has; no similarity changes."""
    used = np.unpackbits(np.bitwise_or.reduce(packed, axis=0)).astype(bool)
    chunks = (packed[start : start + CHUNK] for start in range(0, len(packed), CHUNK))
    return np.concatenate([np.packbits(np.unpackbits(chunk, axis=1)[:, used], axis=1) for chunk in chunks])


def fit_ridge(packed: NDArray[np.uint8], *, penalty: float = PENALTY) -> Ridge:
    """Return the regression on the fingerprints of some compounds; labels play no part in it."""
    n, bits = len(packed), 8 * packed.shape[1]
    if n < bits:  # the inverse of the smaller side, by Woodbury's identity
        features = _unit(unpacked(packed))
        mean = features.mean(axis=0)
        features -= mean
        inner = np.linalg.inv(features @ features.T + penalty * np.eye(n))
        across = features.T @ inner.astype(np.float32)
        return Ridge(mean, (np.eye(bits, dtype=np.float32) - across @ features) / np.float32(penalty))
    total, square = np.zeros(bits), np.zeros((bits, bits))
    for start in range(0, n, CHUNK):
        features = _unit(unpacked(packed[start : start + CHUNK]))
        total += features.sum(axis=0)
        square += features.T @ features
    mean = (total / n).astype(np.float32)
    square -= n * np.outer(mean, mean)
    square[np.diag_indices(bits)] += penalty
    return Ridge(mean, np.linalg.inv(square).astype(np.float32))


def blocks(
    compounds: Compounds, families: NDArray[np.int64]
) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield the kernel's blocks on and below the diagonal: (rows, columns, block).

    Only diagonal blocks hold pairs inside a family (n,); families lie end to end.
    """
    pieces = list(cuts(families))
    for number, rows in enumerate(pieces):
        bits = unpacked(compounds.packed[rows])
        down = _predictors(bits, compounds.ridge)
        for across in pieces[:number]:
            yield rows, across, _block(down, unpacked(compounds.packed[across]), compounds)
        yield rows, rows, _block(down, bits, compounds)


def cuts(families: NDArray[np.int64]) -> Iterator[slice]:
    """Yield neighbouring ranges of about `CHUNK` compounds that cut through no family."""
    ends = np.append(np.flatnonzero(np.diff(families)) + 1, len(families))
    start = 0
    while start < len(families):
        fitting = ends[(ends > start) & (ends <= start + CHUNK)]
        stop = int(fitting[-1]) if len(fitting) else int(ends[ends > start][0])
        yield slice(start, stop)
        start = stop


def similarities(down: NDArray[np.uint8], across: NDArray[np.uint8], power: int = 1) -> NDArray[np.float32]:
    """Return the Tanimoto similarities of packed fingerprints, raised to a power (rows, columns)."""
    return _tanimoto(unpacked(down), unpacked(across), power)


def unit_features(packed: NDArray[np.uint8], ridge: Ridge) -> NDArray[np.float32]:
    """Return packed fingerprints at length 1, less the mean of the ridge regression's (n, q)."""
    shifted: NDArray[np.float32] = _unit(unpacked(packed)) - ridge.mean
    return shifted


def _predictors(bits: NDArray[np.float32], ridge: Ridge | None) -> NDArray[np.float32]:
    """Return what is multiplied with the features of other compounds to give a block's rows."""
    if ridge is None:
        return bits
    weights: NDArray[np.float32] = (_unit(bits) - ridge.mean) @ ridge.inverse
    return weights


def _block(
    down: NDArray[np.float32], bits: NDArray[np.float32], compounds: Compounds
) -> NDArray[np.float32]:
    if compounds.ridge is not None:
        predicted: NDArray[np.float32] = down @ (_unit(bits) - compounds.ridge.mean).T
        return predicted
    return _tanimoto(down, bits, compounds.power)


def _tanimoto(down: NDArray[np.float32], bits: NDArray[np.float32], power: int) -> NDArray[np.float32]:
    shared: NDArray[np.float32] = down @ bits.T
    union = down.sum(axis=1)[:, None] + bits.sum(axis=1)[None, :]
    union -= shared
    np.divide(shared, union, out=shared, where=union > 0)
    return shared if power == 1 else np.power(shared, power, out=shared)


def _unit(bits: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.sqrt(np.maximum(bits.sum(axis=1, keepdims=True), 1))
    unit: NDArray[np.float32] = bits / length
    return unit
