"""Anchors: new measurements after a plan, and the error of affinity that they buy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.measurement_plan.search import plan_measurements
from auditor.analyses.sparse_settings.setting import Setting, affinity_audit, filled, full
from auditor.analyses.threshold.sweep import GRADIENTS
from auditor.seeding import derive
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.threshold.settings import Settings
    from auditor.audit.context import AuditContext


@dataclass(frozen=True)
class Anchored:
    """The affinity after some new measurements.

    Parameters
    ----------
    reached
        The Jaccard overlap that was planned for; the sparse table's own where nothing was added.
    measurements
        New labels.
    values
        G (t, t).
    error
        Root mean square of its difference from the full table's G over the pairs of different groups.
    noise
        What that would be if both estimated the same: from their standard errors.
    """

    reached: float
    measurements: int
    values: NDArray[np.float64]
    error: float
    noise: float


def add_anchors(
    context: AuditContext, setting: Setting, overlaps: tuple[float, ...], settings: Settings
) -> list[Anchored]:
    """Measure compounds after the plan for each overlap, train again, and compare with the full table.

    Every label that a plan asks for is known from the full table. First in the list is the sparse
    table as it is.
    """
    whole = affinity_audit(context, full(setting), settings, setting.repeat).estimate(GRADIENTS)
    found = []
    for reached in (setting.overlap, *(o for o in overlaps if o > setting.overlap)):
        cells = np.zeros((0, 2), dtype=np.int64)
        result = setting.gradients
        if reached > setting.overlap:
            cells = cells_for(context, setting, reached)
            table = filled(setting, cells)
            result = affinity_audit(context, table, settings, setting.repeat).estimate(GRADIENTS)
        error = _rms(result.values - whole.values, setting.across)
        noise = _rms(np.hypot(result.standard_error, whole.standard_error), setting.across)
        found.append(Anchored(reached, len(cells), result.values, error, noise))
    return found


def cells_for(context: AuditContext, setting: Setting, overlap: float) -> NDArray[np.int64]:
    """Return the (compound, task) cells of the plan that brings tasks of different groups to an overlap."""
    rule = replace(context.request.thresholds, measure="jaccard", reliable=overlap)
    table = setting.context.benchmark
    rows, columns = np.nonzero(np.triu(setting.across, 1))
    plan = plan_measurements(
        table,
        table.labels,
        pairs=list(zip(rows.tolist(), columns.tolist(), strict=True)),
        rule=rule,
        scaffolds=setting.scaffolds,
        seed=derive(context.seed, "anchors", setting.repeat),
    )
    return plan.cells


def _rms(values: NDArray[np.float64], pairs: NDArray[np.bool_]) -> float:
    chosen = upper(np.where(pairs, values, np.nan))
    chosen = chosen[np.isfinite(chosen)]
    return float(np.sqrt((chosen**2).mean())) if len(chosen) else float("nan")
