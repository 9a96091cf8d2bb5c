"""The measured gains that a recommendation learns from, as a table of the tasks that have a metric."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor import console
from auditor.analyses.recommendation.choice import fewest_groups
from auditor.errors import DataError
from auditor.statistics.replication import mean_over_seeds
from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.measured.gains import Gains
from auditor.transfer.measured.matrices import group_table


def measurable(alone: Gains) -> tuple[int, ...]:
    """Return the tasks whose gain can be measured: alone, they have a test metric with a scale.

    ``alone`` holds every task alone, in order.
    """
    known = np.isfinite(np.diag(mean_over_seeds(alone.gains)))
    tasks = tuple(int(task) for task in np.flatnonzero(known))
    if len(tasks) < 3:
        raise DataError(
            f"only {len(tasks)} of {len(known)} tasks have a metric on the test compounds",
            hint="--split random, or leave out tasks whose test labels are all of one class",
        )
    if len(tasks) < len(known):
        missing = [name for name, told in zip(alone.tasks, known, strict=True) if not told]
        console.warn(f"no gain can be measured for {', '.join(missing)}: in no group")
    return tasks


def narrowed(gains: Gains, tasks: Sequence[int]) -> GroupGains:
    """Return the measured groups of two of the given tasks or more, with these tasks as columns."""
    whole = group_table(gains)
    inside = np.isin(np.arange(whole.t), tasks)
    rows = (whole.sizes > 1) & ~whole.members[:, ~inside].any(axis=1) & whole.measured.any(axis=1)
    order = np.flatnonzero(rows)[np.lexsort(whole.members[rows].T)]  # folds must not depend on history
    return group_gains(
        [whole.tasks[task] for task in tasks],
        whole.members[order][:, inside],
        whole.gains[order][:, inside],
        halves=whole.halves[:, :, order][..., inside],
    )


def learnable(table: GroupGains, failures: int) -> GroupGains:
    """Return the table if it holds enough groups to learn from; ``failures`` counts failed trainings."""
    fewest = fewest_groups(table.t)
    if table.g < fewest:
        raise DataError(
            f"only {table.g} groups have a measured gain; {failures} trainings failed",
            hint=f"{fewest} are the fewest to learn from; give a larger --budget",
        )
    return table
