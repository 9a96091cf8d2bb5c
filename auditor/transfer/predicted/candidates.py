"""The predictors that an audit offers, and what the one chosen among them says of groups left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.seeding import derive
from auditor.transfer.group_gains import GroupGains, choose_groups
from auditor.transfer.predicted.choose import choose, predictors
from auditor.transfer.predicted.crossed import Accuracy, crossed
from auditor.transfer.predicted.features import data_features
from auditor.transfer.predicted.folds import FOLDS, fold_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.transfer.predictor import Fit, Predict

MOST_TASKS = 60
"""Tasks beyond which only predictors are tried that cost a matrix product."""


def candidates_of(
    context: AuditContext,
    affinities: Mapping[str, NDArray[np.float64]],
    tasks: Sequence[int],
) -> dict[str, Fit]:
    """Return the predictors of the gains of some tasks, by name.

    Of more than `MOST_TASKS` tasks without those that solve for every pair of tasks.
    """
    square = np.ix_(tasks, tasks)
    columns = [context.benchmark.labels.column(task)[1] for task in tasks]
    features = data_features(
        counts=np.array([len(values) for values in columns], dtype=np.int64),
        spread=np.array([values.std() if len(values) else np.nan for values in columns]),
        correlation=np.where(context.usable, context.empirical.values, np.nan)[square],
        overlap=context.overlap.measure(context.gate.thresholds.measure)[square],
    )
    own = {name: matrix[square] for name, matrix in affinities.items()}
    found = predictors(own, features=features, seed=context.seed)
    if len(tasks) <= MOST_TASKS:
        return found
    slow = ("ridge", "ETAP", "random effects")
    return {name: fit for name, fit in found.items() if not any(word in name for word in slow)}


def held_out_choice(candidates: Mapping[str, Fit], table: GroupGains, seed: int) -> NDArray[np.float64]:
    """Return what is predicted of each group by the predictor chosen without it (g, t)."""
    predicted = np.full(table.members.shape, np.nan)
    parts = fold_rows(table.g, seed=derive(seed, "outer"))
    with console.progress("predicting gains of left-out groups", len(parts)) as advance:
        for held in parts:
            kept = np.ones(table.g, dtype=np.bool_)
            kept[held] = False
            found = choose(candidates, choose_groups(table, kept), seed=seed)
            predicted[held] = found.predict(table.members[held])
            advance(1)
    return predicted


def held_out_accuracy(candidates: Mapping[str, Fit], table: GroupGains, seed: int) -> Accuracy:
    """Return the accuracy of the predictor chosen without each group, and without what judges it."""
    with console.progress("judging predictions of left-out groups", 2 * min(FOLDS, table.g)) as advance:

        def fit(train: GroupGains) -> Predict:
            found = choose(candidates, train, seed=seed).predict
            advance(1)
            return found

        return crossed(fit, table, seed=derive(seed, "outer"))
