"""ETAP: an affinity score per group, a line, a spline, and a ridge on what is left.

Reference: Ayman, Mukhopadhyay & Laszka 2026, arXiv 2602.18591.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from auditor.seeding import derive
from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.predicted.folds import fold_rows
from auditor.transfer.predicted.linear import best_penalty, ridge_weights
from auditor.transfer.predicted.splines import fit_spline
from auditor.transfer.predictor import Fit, Predict, extend

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS_PER_COEFFICIENT = 5
"""The masked form allows one coefficient of the spline per so many cells."""
_PUBLISHED_FOLDS = 10


def affinity_line(affinity: NDArray[np.float64]) -> Fit:
    """Return the least-squares line from a member's score in its group to its gain (ETAP's step d).

    A cell whose score is NaN takes no part in the fit and is predicted NaN.
    """

    def fit(train: GroupGains) -> Predict:
        slope, level = _line(extend(affinity, train.members), train)
        return lambda members: level + slope * extend(affinity, members)

    return fit


def etap(affinity: NDArray[np.float64], *, masked: bool = True, seed: int = 0) -> Fit:
    """Return ETAP: line, then B-spline with ridge, then a ridge per task on the residual.

    Parameters
    ----------
    affinity
        Source to recipient (t, t).
    masked
        False is the published form: the spline's grid is not capped, cells are dealt to 10 folds one by
        one, and a task outside the group counts as a residual of 0. True caps the spline at one
        coefficient per `CELLS_PER_COEFFICIENT` cells, keeps groups together in folds, and fits a task's
        residual on the groups that hold it.
    """

    def fit(train: GroupGains) -> Predict:
        smooth = _smooth(affinity, train, masked=masked, seed=seed)
        left = group_gains(train.tasks, train.members, train.gains - smooth(train.members))
        penalty = best_penalty(left, masked=masked, seed=seed)
        weights = ridge_weights(left, penalty, masked=masked)
        return lambda members: smooth(members) + members @ weights[:-1] + weights[-1]

    return fit


def _smooth(
    affinity: NDArray[np.float64], train: GroupGains, *, masked: bool, seed: int
) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]]:
    """Return the affine and the spline step together."""
    score = extend(affinity, train.members)
    slope, level = _line(score, train)
    cells = train.measured & np.isfinite(score)
    x, y = level + slope * score[cells], train.gains[cells]
    if not len(y):
        return lambda members: np.full(members.shape, np.nan)
    group = np.nonzero(cells)[0]
    folds = _cell_folds(group, train.g, by_group=masked, seed=seed)
    most = len(y) // CELLS_PER_COEFFICIENT if masked else None
    curve = fit_spline(x, y, folds, most_coefficients=most)

    def smooth(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        at = level + slope * extend(affinity, members)
        out = np.full(members.shape, np.nan)
        known = np.isfinite(at)
        out[known] = curve(at[known])
        return out

    return smooth


def _cell_folds(group: NDArray[np.int64], g: int, *, by_group: bool, seed: int) -> list[NDArray[np.int64]]:
    if by_group:
        parts = [np.flatnonzero(np.isin(group, rows)) for rows in fold_rows(g, seed=seed)]
        return [part for part in parts if len(part)]
    return fold_rows(len(group), seed=derive(seed, "cells"), folds=_PUBLISHED_FOLDS)


def _line(score: NDArray[np.float64], train: GroupGains) -> tuple[float, float]:
    """Return slope and level of the least-squares line over all measured cells."""
    cells = train.measured & np.isfinite(score)
    x, y = score[cells], train.gains[cells]
    if not len(y):
        return 0.0, float("nan")
    centred = x - x.mean()
    square = float(centred @ centred)
    slope = float(centred @ (y - y.mean())) / square if square > 1e-300 else 0.0
    return slope, float(y.mean() - slope * x.mean())
