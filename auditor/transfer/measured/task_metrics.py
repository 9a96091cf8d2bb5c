"""The metric by which each task is judged, and what a difference of it is worth as a gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.metrics import CLASSIFICATION, REGRESSION, Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.groups.study import Study


def metrics_of(study: Study, chosen: str = "auto") -> tuple[Metric, ...]:
    """Return the metric of each task (t,): AUROC and RMSE, or the one chosen where it fits."""
    classes = [task.kind == "classification" for task in study.benchmark.tasks]
    return tuple(
        (chosen if chosen in CLASSIFICATION else "auroc")  # type: ignore[misc]
        if is_class
        else (chosen if chosen in REGRESSION else "rmse")
        for is_class in classes
    )


def gain_scale(study: Study, metrics: Sequence[Metric]) -> NDArray[np.float64]:
    """Return what a difference of metrics is multiplied by to be a gain (t,)."""
    scale = np.ones(study.benchmark.t)
    for task, metric in enumerate(metrics):
        if metric == "rmse":
            compounds, values = study.benchmark.labels.column(task)
            known = values[np.isin(compounds, study.split.train)]
            deviation = known.std() if len(known) else 0.0
            scale[task] = -1 / deviation if deviation > 0 else np.nan
    return scale
