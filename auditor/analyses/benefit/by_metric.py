"""The same trainings judged by several test metrics: a benefit that depends on the metric is no fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.analyses.benefit.account import pair_benefit, reliability, size_of_benefit
from auditor.analyses.benefit.result import ByMetric, Correlated
from auditor.statistics.association import associate
from auditor.statistics.replication import mean_over_seeds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.statistics.metrics import Metric
    from auditor.transfer.measured.gains import Gains

OTHER: dict[Metric, Metric] = {"auroc": "auprc", "auprc": "auroc", "rmse": "r2", "r2": "rmse"}
"""The metric that is reported beside each: of a rank its precision, of an error its share of variance."""


def others_of(metrics: Sequence[Metric]) -> tuple[Metric, ...]:
    """Return the other metric of each task (t,)."""
    return tuple(OTHER[metric] for metric in metrics)


def by_metric(
    gains: Sequence[Gains], estimates: Mapping[str, NDArray[np.float64]], *, seed: int
) -> list[ByMetric]:
    """Return for every choice of metrics how large the benefit of pairs is, and how estimates go with it.

    Parameters
    ----------
    gains
        Of the same trainings, one per choice of metrics.
    estimates
        Affinities (t, t) by name; of one with a direction, the mean of both counts.
    """
    rows = []
    for found in gains:
        benefit = mean_over_seeds(pair_benefit(found))
        r = {name: associate((a + a.T) / 2, benefit, seed=seed) for name, a in estimates.items()}
        rows.append(
            ByMetric(
                metrics=sorted(set(found.metrics)),
                size=size_of_benefit(found),
                reliability=reliability(found),
                foretold={name: Correlated(a.pearson, a.low, a.high, a.mantel_p) for name, a in r.items()},
            )
        )
    return rows
