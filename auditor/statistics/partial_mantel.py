"""The association of two task matrices that is left when others are held constant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import PERMUTATIONS
from auditor.statistics.pairs import upper
from auditor.statistics.permutation import exchangeable, orders, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK_CELLS = 1_000_000


@dataclass(frozen=True)
class Partial:
    """A partial correlation over pairs of tasks.

    Parameters
    ----------
    r
        Correlation of what the controls leave of the one matrix and of the other.
    p
        Two-sided, by permuting tasks: (b + 1) / (m + 1); NaN where r is.
    controls, dropped
        Names of the controls that were held constant, and of those that could not be: they do not
        vary over the pairs, or are not known for all of them.
    pairs, permutations
        Sample sizes.
    """

    r: float
    p: float
    controls: tuple[str, ...]
    dropped: tuple[str, ...]
    pairs: int
    permutations: int


def partial_mantel(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    controls: Mapping[str, NDArray[np.float64]],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> Partial:
    """Return the partial correlation of two symmetric (t, t) matrices given some others.

    What the controls leave of x is permuted by tasks, and the controls are held constant again under
    each permutation (double semi-partialling): permuting x itself would also break its link with the
    controls, and find too much. The statistic is studentised, and where a permutation finds fewer pairs
    than there are, the larger p of it and of plain r is returned, as in `mantel`. Which tasks change
    places where pairs are missing, see `exchangeable`.

    Reference: Smouse, Long & Sokal 1986, Syst. Zool. 35:627 (the statistic); Dekker, Krackhardt &
    Snijders 2007, Psychometrika 72:563 (the permutation).
    """
    rows, columns = np.triu_indices(len(x), 1)
    a, b = upper(x), upper(y)
    keep = np.isfinite(a) & np.isfinite(b)
    held = {name: upper(control)[keep] for name, control in controls.items()}
    used = {name: values for name, values in held.items() if _varies(values)}
    rows, columns, a, b = rows[keep], columns[keep], a[keep], b[keep]
    names, dropped = tuple(used), tuple(name for name in held if name not in used)
    if len(a) < len(used) + 4:
        return Partial(np.nan, np.nan, names, dropped, len(a), permutations)
    z = np.column_stack([np.ones(len(a)), *(_scaled(values) for values in used.values())])
    rest = _left(_scaled(a), z)
    y_rest = _left(_scaled(b), z)
    r = _cosine(rest, y_rest)
    p = np.nan
    if np.isfinite(r):
        e = np.full(x.shape, np.nan)
        e[rows, columns] = e[columns, rows] = rest
        p = _p(e, y_rest, z, (rows, columns), np.random.default_rng(seed), permutations)
    return Partial(r, p, names, dropped, len(a), permutations)


def _p(
    e: NDArray[np.float64],
    y: NDArray[np.float64],
    z: NDArray[np.float64],
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    rng: np.random.Generator,
    permutations: int,
) -> float:
    groups = exchangeable(np.isfinite(e))
    observed, plain = (float(found[0]) for found in _partials(e[places][None], y, z))
    beyond = beyond_plain = done = 0
    while done < permutations:
        size = min(permutations - done, max(1, _CHUNK_CELLS // len(y)))
        order = orders(groups, len(e), size, rng)
        drawn = e[order[:, places[0]], order[:, places[1]]]
        null, null_plain = _partials(drawn, y, z)
        # a permutation under which too little is left to correlate counts against the finding
        beyond += int((~(null < observed - 1e-12)).sum())
        if not np.isfinite(drawn).all():
            beyond_plain += int((~(null_plain < plain - 1e-12)).sum())
        done += size
    return (max(beyond, beyond_plain) + 1) / (permutations + 1)


def _partials(
    e: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the partial |r| of y (p,) with each row of e (m, p), z (p, c) held constant.

    Studentised, and plain (m,) each.
    """
    valid = np.isfinite(e)
    weight, e = valid.astype(np.float64), np.where(valid, e, 0.0)
    size = z.shape[1]
    zz = (weight @ (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)).reshape(-1, size, size)
    ends = np.stack([weight @ (z * y[:, None]), e @ z], axis=-1)  # (m, c, 2)
    slopes = np.linalg.pinv(zz, hermitian=True) @ ends
    y_left = (y - slopes[:, :, 0] @ z.T) * weight  # (m, p)
    e_left = (e - slopes[:, :, 1] @ z.T) * weight
    enough = valid.sum(axis=1) >= size + 3
    spread = np.sqrt((y_left**2).sum(axis=1) * (e_left**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.abs((y_left * e_left).sum(axis=1)) / spread
    return ratio(y_left, e_left, enough), np.where(enough & (spread > 1e-300), plain, np.nan)


def _left(values: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    rest: NDArray[np.float64] = values - z @ np.linalg.lstsq(z, values, rcond=None)[0]
    return rest


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    square_a, square_b = float(a @ a), float(b @ b)
    if min(square_a, square_b) <= 1e-12 * len(a):
        return float("nan")
    return float(a @ b / np.sqrt(square_a * square_b))


def _varies(values: NDArray[np.float64]) -> bool:
    return bool(len(values) and np.isfinite(values).all() and np.ptp(values) > 1e-9)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = values.std()
    centred: NDArray[np.float64] = values - values.mean()
    return centred / spread if spread > 0 else centred
