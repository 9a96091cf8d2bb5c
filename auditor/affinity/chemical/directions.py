"""Along which directions of chemistry two tasks go together, and how much unrelated tasks would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.chemical.jackknife import Spread
from auditor.affinity.chemical.similarity import CHUNK, PENALTY, Compounds, similarities, unit_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.chemical.products import Columns

    Matrix = NDArray[np.float64]

LANDMARKS = 1_024
"""Compounds through which the directions of a kernel without features are found."""


def along_directions(compounds: Compounds, columns: Columns) -> Matrix:
    """Return the labels' sums along the kernel's principal directions (t, directions).

    With features Φ of which the kernel is ΦΦ', turned to their principal axes over all compounds,
    these are Φ'z: over the directions their products of two tasks add up to z_i K z_j. The features
    of ``ridge`` are exact; those of the other kernels go through `LANDMARKS` compounds, so that what is
    unlike all of them is left out (Williams & Seeger 2000, Nyström's approximation).
    """
    ridge = compounds.ridge
    if ridge is None:
        return _by_landmarks(compounds, columns)
    n, t = columns.labels.shape
    if n < len(ridge.mean):  # as many directions as compounds
        features = unit_features(compounds.packed, ridge).astype(np.float64)
        lengths, axes = np.linalg.eigh(features @ features.T)
        lengths = np.maximum(lengths, 0)
        few: Matrix = (columns.labels.T @ axes) * np.sqrt(lengths / (lengths + PENALTY))
        return few
    sums = np.zeros((t, len(ridge.mean)))
    for rows in _ranges(n):
        sums += columns.labels[rows].T @ unit_features(compounds.packed[rows], ridge)
    weights, axes = np.linalg.eigh(ridge.inverse.astype(np.float64))
    many: Matrix = (sums @ axes) * np.sqrt(np.maximum(weights, 0))
    return many


def _by_landmarks(compounds: Compounds, columns: Columns) -> Matrix:
    n, t = columns.labels.shape
    places = np.unique(np.linspace(0, n - 1, min(n, LANDMARKS)).astype(np.int64))
    landmarks = compounds.packed[places]
    m = len(places)
    sums, total, square = np.zeros((t, m)), np.zeros(m), np.zeros((m, m))
    for rows in _ranges(n):
        near = similarities(compounds.packed[rows], landmarks, compounds.power)
        sums += columns.labels[rows].T @ near
        total += near.sum(axis=0)
        square += near.T @ near
    values, axes = np.linalg.eigh(similarities(landmarks, landmarks, compounds.power).astype(np.float64))
    kept = values > 1e-6 * values[-1]
    root = axes[:, kept] / np.sqrt(values[kept])
    turn = np.linalg.eigh(root.T @ (square - np.outer(total, total) / n) @ root)[1]
    along: Matrix = sums @ root @ turn
    return along


def _ranges(n: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))


def spread_over_directions(along: Matrix, scale: Matrix, below: Matrix) -> Spread:
    """Return how a slope and what divides it vary over the signs of their directions (t, t).

    Direction k adds a_ik a_jk to the slope. If two tasks follow structure independently of each
    other, either sign of it was as likely, so that its variance is its square. Both tasks keep how
    strongly they follow every direction, hence their smoothness. Of two tasks that do go together, the
    same holds of what is left of a_ik a_jk when their correlation is taken out.

    Parameters
    ----------
    along
        Of `along_directions` (t, directions).
    scale
        What the sum of the products is divided by to be the slope (t, t).
    below
        The denominator of the correlation, √(B_ii B_jj) (t, t); a task's own slope is taken to come
        from the directions as its squares do.

    Reference: Wu 1986, doi 10.1214/aos/1176350142, for the variance over random signs.
    """
    squares, scale = along**2, (scale + scale.T) / 2  # rounding tells K_ab from K_ba
    with np.errstate(invalid="ignore", divide="ignore"):
        part = squares / squares.sum(axis=1, keepdims=True)
        above = squares @ squares.T / scale**2
        both = (part * along) @ along.T / scale
        both = (both + both.T) * below / 2
        own = (part**2).sum(axis=1)
        under = below**2 * (own[:, None] + own[None, :] + 2 * part @ part.T) / 4
    return Spread(above, both, under)
