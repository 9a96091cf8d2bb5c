"""Affinities borrowed from a panel of related tasks that share all their compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def borrowed(
    affinity: NDArray[np.float64], likeness: NDArray[np.float64], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Predict the affinity of tasks of different panels from pairs within either panel.

    For i of panel A and j of panel B, the affinities of i with the other tasks k of A are averaged with
    weights λ_jk², the likeness of j to k; likewise those of j with the other tasks of B; the two are
    averaged. The likeness of i and j themselves plays no part: that would be another estimate, not
    a borrowed one.

    Parameters
    ----------
    affinity
        Reliable within a panel (t, t).
    likeness
        Of any two tasks, sign included, from labels and structures alone (t, t); NaN counts as none.
    groups
        Panel of every task (t,).

    Returns
    -------
    (t, t), NaN within a panel and where nothing can be borrowed.
    """
    t = len(groups)
    weights = np.nan_to_num(likeness, nan=0.0) ** 2
    known = np.isfinite(affinity)
    values = np.where(known, affinity, 0.0)
    out = np.full((t, t), np.nan)
    for i in range(t):
        panel = (groups == groups[i]) & (np.arange(t) != i)
        for j in np.flatnonzero(groups != groups[i]):
            usable = weights[j] * (panel & known[i])
            if usable.sum() > 0:
                out[i, j] = (usable * values[i]).sum() / usable.sum()
    both = np.stack([out, out.T])
    seen = np.isfinite(both).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = np.where(seen > 0, np.nansum(both, axis=0) / seen, np.nan)
    return mean
