"""A sparse table made from a full one, so that what every proposal should have found is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.threshold.design import Layout, at_overlap, table_of
from auditor.analyses.threshold.material import Ground
from auditor.analyses.threshold.sweep import GRADIENTS, trained_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.threshold.settings import Settings
    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix
    from auditor.benchmark.benchmark import Benchmark

CHEMICAL = "chemical-correlation"


@dataclass(frozen=True)
class Setting:
    """One overlap of one repeat.

    Parameters
    ----------
    overlap
        The Jaccard overlap between tasks of different groups.
    ground
        The full table.
    layout
        Which tasks and compounds are in which group.
    compounds
        The full table's compounds that the sparse one has (n,), in its order.
    context
        The audit of the sparse table.
    gradients, chemical
        What the two estimators find there.
    repeat
        Number of the repeat.
    """

    overlap: float
    ground: Ground
    layout: Layout
    compounds: NDArray[np.int64]
    context: AuditContext
    gradients: AffinityMatrix
    chemical: AffinityMatrix
    repeat: int

    @property
    def across(self) -> NDArray[np.bool_]:
        """Pairs of tasks of different groups (t, t)."""
        return self.layout.across

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Pairs of tasks of one group (t, t), which share all their compounds."""
        same = ~self.layout.across
        np.fill_diagonal(same, False)
        return same

    @property
    def scaffolds(self) -> tuple[str, ...]:
        """Scaffold of every compound (n,)."""
        place = {int(compound): at for at, compound in enumerate(self.ground.compounds)}
        return tuple(self.ground.scaffolds[place[int(compound)]] for compound in self.compounds)


def make_setting(
    context: AuditContext,
    ground: Ground,
    layout: Layout,
    overlap: float,
    settings: Settings,
    repeat: int,
) -> Setting:
    """Degrade a table to an overlap, train on it, and run both estimators."""
    table = at_overlap(ground.benchmark, layout, overlap)
    varied = affinity_audit(context, table, settings, repeat)
    return Setting(
        overlap=overlap,
        ground=ground,
        layout=layout,
        compounds=np.unique(np.concatenate(layout.compounds_of(overlap))),
        context=varied,
        gradients=varied.estimate(GRADIENTS),
        chemical=varied.estimate(CHEMICAL),
        repeat=repeat,
    )


def affinity_audit(
    context: AuditContext, table: Benchmark, settings: Settings, repeat: int
) -> AuditContext:
    """Return the audit of a table that logs gradients, all compounds trained on."""
    return trained_on(context, table, settings, settings.batches[0], repeat, affinities=(GRADIENTS,))


def filled(setting: Setting, cells: NDArray[np.int64]) -> Benchmark:
    """Return the sparse table once some (compound, task) cells (m, 2) are measured too."""
    groups = setting.layout.compounds_of(setting.overlap)
    columns = [
        np.union1d(groups[group], setting.compounds[cells[cells[:, 1] == task, 0]])
        for task, group in enumerate(setting.layout.groups)
    ]
    return table_of(setting.ground.benchmark, columns, name=f"{setting.context.benchmark.name}, filled")


def full(setting: Setting) -> Benchmark:
    """Return the same compounds with every task measured on all of them."""
    columns = [setting.compounds] * setting.ground.benchmark.t
    return table_of(setting.ground.benchmark, columns, name=f"{setting.context.benchmark.name}, full")
