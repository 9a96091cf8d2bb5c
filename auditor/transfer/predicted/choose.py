"""The predictor chosen by cross-validation among the training groups.

Groups that are to be predicted take no part in the choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.transfer.predicted.etap import affinity_line, etap
from auditor.transfer.predicted.features import feature_ridge
from auditor.transfer.predicted.folds import out_of_fold
from auditor.transfer.predicted.linear import membership_ridge, task_mean
from auditor.transfer.predicted.random_effects import components
from auditor.transfer.predictor import Fit, Predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains


@dataclass(frozen=True)
class Chosen:
    """The predictor of least cross-validated error.

    Parameters
    ----------
    name
        Of the predictor.
    predict
        Fitted on all training groups.
    errors
        Cross-validated mean squared error of each candidate; infinite where it cannot predict.
    out_of_fold
        What the chosen one said of each training group without its fold (g, t).
    """

    name: str
    predict: Predict
    errors: Mapping[str, float]
    out_of_fold: NDArray[np.float64]


def predictors(
    affinities: Mapping[str, NDArray[np.float64]] | None = None,
    *,
    features: Mapping[str, NDArray[np.float64]] | None = None,
    seed: int = 0,
) -> dict[str, Fit]:
    """Return every predictor by name, the plainest first; affinities and features are (t, t)."""
    found: dict[str, Fit] = {
        "task mean": task_mean,
        "membership ridge": membership_ridge(masked=False, seed=seed),
        "membership ridge, masked": membership_ridge(masked=True, seed=seed),
        "random effects": components(),
    }
    for name, matrix in (affinities or {}).items():
        found[f"line on {name}"] = affinity_line(matrix)
        found[f"ETAP on {name}, as published"] = etap(matrix, masked=False, seed=seed)
        found[f"ETAP on {name}, masked"] = etap(matrix, masked=True, seed=seed)
        found[f"random effects and {name}"] = components({name: matrix})
    if features:
        found["data statistics"] = feature_ridge(features, seed=seed)
    return found


def choose(candidates: Mapping[str, Fit], train: GroupGains, *, seed: int) -> Chosen:
    """Return the candidate of least squared error in cross-validation over groups; the first of equals.

    Raises
    ------
    DataError
        Fewer than two training groups, or no candidate predicts every measured cell.
    """
    if train.g < 2 or not train.measured.any():
        raise DataError("two measured groups are the fewest to choose from", hint="train more groups")
    said = {name: out_of_fold(fit, train, seed=seed) for name, fit in candidates.items()}
    errors = {name: _squared_error(predicted, train) for name, predicted in said.items()}
    name = min(errors, key=lambda key: errors[key])
    if not np.isfinite(errors[name]):
        raise DataError("no predictor covers every measured gain", hint="leave out pairs without affinity")
    return Chosen(name, candidates[name](train), errors, said[name])


def _squared_error(predicted: NDArray[np.float64], train: GroupGains) -> float:
    missed = predicted[train.measured] - train.gains[train.measured]
    return float(np.mean(missed**2)) if np.isfinite(missed).all() else float("inf")
