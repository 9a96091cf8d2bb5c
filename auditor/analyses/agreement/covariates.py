"""What is known of a pair of tasks without looking at which compound has which label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext

JACCARD = "Jaccard overlap"
SIZE = "log labels per task"
SUPPORT = "log shared compounds"
PREVALENCE = "prevalence likeness"
SPREAD = "label spread"
CONTROLS = (JACCARD, SIZE, PREVALENCE)
"""What an association of two affinities is held against."""
MEANINGS = {
    JACCARD: "|A∩B| / |A∪B|: which compounds were measured, whatever the labels",
    SIZE: "log of the geometric mean of the two tasks' numbers of labels",
    SUPPORT: "log of the number of shared compounds",
    PREVALENCE: "-|logit p_i - logit p_j| of the fractions of positives; classes only",
    SPREAD: "sqrt(p_i (1 - p_i) p_j (1 - p_j)) of the fractions of positives; classes only",
}


def pair_covariates(context: AuditContext) -> dict[str, NDArray[np.float64]]:
    """Return every covariate by name (t, t); NaN where it does not exist."""
    sizes = np.maximum(context.overlap.sizes, 1).astype(np.float64)
    odds, spread = _classes(context)
    with np.errstate(divide="ignore"):
        support = np.log(context.overlap.support.astype(np.float64))
    return {
        JACCARD: context.overlap.jaccard,
        SIZE: 0.5 * np.add.outer(np.log(sizes), np.log(sizes)),
        SUPPORT: np.where(np.isfinite(support), support, np.nan),
        PREVALENCE: -np.abs(np.subtract.outer(odds, odds)),
        SPREAD: np.sqrt(np.outer(spread, spread)),
    }


def _classes(context: AuditContext) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log odds and variance of the classes of each task (t,); NaN for values."""
    odds = np.full(context.benchmark.t, np.nan)
    spread = np.full(context.benchmark.t, np.nan)
    for place, task in enumerate(context.benchmark.tasks):
        values = context.benchmark.labels.column(place)[1]
        if task.kind == "classification" and len(values):
            positives = float((values > 0).mean())
            spread[place] = positives * (1 - positives)
            if 0 < positives < 1:
                odds[place] = np.log(positives / (1 - positives))
    return odds, spread
