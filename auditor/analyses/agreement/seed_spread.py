"""How much an affinity and its agreement with E change from seed to seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.affinity.gradient.cosine import affinity_of
from auditor.statistics.association import correlation
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix


@dataclass(frozen=True)
class Spread:
    """Agreement of each seed's affinity with E, and of the seeds with one another."""

    with_reference: tuple[float, ...]
    between: tuple[float, ...]

    @property
    def seeds(self) -> int:
        """Number of seeds."""
        return len(self.with_reference)


def spread_over_seeds(
    matrices: Sequence[NDArray[np.float64]],
    reference: NDArray[np.float64],
    usable: NDArray[np.bool_],
) -> Spread:
    """Return r with the reference per seed, and r between every two seeds, over the usable pairs."""
    sides = [np.where(upper(usable), upper((m + m.T) / 2), np.nan) for m in matrices]
    target = upper(reference)
    between = [_r(a, b) for place, a in enumerate(sides) for b in sides[:place]]
    return Spread(tuple(_r(side, target) for side in sides), tuple(between))


def per_seed(context: AuditContext, affinity: AffinityMatrix) -> Sequence[NDArray[np.float64]]:
    """Return the affinity of every seed alone; none where it is not known, and never a new training.

    An estimator may state them as ``about["per_seed"]``; for `gradient-cosine` they are made of the traces.
    """
    if affinity.per_seed:
        return affinity.per_seed
    trainings = context.trainings
    if affinity.estimator != "gradient-cosine" or trainings is None or len(trainings.traces) < 2:
        return []
    window = context.window if np.isnan(affinity.window) else affinity.window
    return [affinity_of([trace], window=window).values for trace in trainings.traces if len(trace.gram)]


def _r(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    both = np.isfinite(a) & np.isfinite(b)
    return correlation(a[both], b[both])
