"""Folds of whole groups: cells of one group come from one training and never part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from auditor.seeding import derive
from auditor.transfer.group_gains import GroupGains, choose_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.predictor import Fit

FOLDS = 5


def group_folds(
    table: GroupGains, *, seed: int, folds: int = FOLDS
) -> Iterator[tuple[GroupGains, GroupGains]]:
    """Yield (fitted on, held out) for each fold; with fewer groups than folds, one group is held out."""
    for held in fold_rows(table.g, seed=seed, folds=folds):
        kept = np.ones(table.g, dtype=np.bool_)
        kept[held] = False
        yield choose_groups(table, kept), choose_groups(table, held)


def fold_rows(g: int, *, seed: int, folds: int = FOLDS) -> list[NDArray[np.int64]]:
    """Return the rows of each fold, a random partition of g groups."""
    order = np.random.default_rng(derive(seed, "folds")).permutation(g)
    return [np.sort(part) for part in np.array_split(order, min(folds, g))]


def out_of_fold(fit: Fit, table: GroupGains, *, seed: int, folds: int = FOLDS) -> NDArray[np.float64]:
    """Return what a predictor says of each group when it is fitted without its fold (g, t)."""
    predicted = np.full(table.members.shape, np.nan)
    for held in fold_rows(table.g, seed=seed, folds=folds):
        kept = np.ones(table.g, dtype=np.bool_)
        kept[held] = False
        predicted[held] = fit(choose_groups(table, kept))(table.members[held])
    return predicted
