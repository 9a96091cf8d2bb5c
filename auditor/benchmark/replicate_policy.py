"""What becomes of replicates that disagree: the policies, and the account of each task's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from auditor.benchmark.equality import same_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.rows import Task, TaskTable

Conflicts = Literal["auto", "drop", "majority", "median", "keep"]
POLICIES: Mapping[str, str] = {
    "auto": "drop disagreeing classes, take the median of disagreeing values",
    "drop": "drop every compound whose replicates disagree",
    "majority": "classes by majority vote (ties dropped), values by median",
    "median": "median of the replicates; a class between two classes is dropped",
    "keep": "keep the first published value",
}


@dataclass(frozen=True)
class TaskCounts:
    """What happened to the published rows of a task."""

    rows: int
    """Published rows with a value."""
    rejected: int
    """Rows whose SMILES could not be named."""
    repeated: int
    """Rows beyond the first of their compound."""
    conflicting: int
    """Compounds whose replicates disagree."""
    dropped: int
    """Compounds without a label because the policy dropped them."""
    labels: int
    """Compounds with a label."""


def settle_replicates(
    table: TaskTable, compounds: NDArray[np.int64], conflicts: Conflicts
) -> tuple[tuple[NDArray[np.int64], NDArray[np.float64]], TaskCounts]:
    """Return one value per measured compound (NaN: dropped), and the account of the task's rows.

    A compound of which only limits are known was measured and has no label.
    """
    values = np.asarray(table.values, dtype=np.float64)
    measured = np.isfinite(values)
    kept = measured & (compounds >= 0)
    limited = np.zeros(0, dtype=np.int64)
    if table.limits is not None:
        exact = table.limits == 0
        limited = np.setdiff1d(compounds[kept & ~exact], compounds[kept & exact])
        kept &= exact
    rows, values = _sorted(compounds[kept], values[kept])
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    size = np.diff(first, append=len(rows))
    label = values[first]
    disagreeing = _disagreeing(values, first)
    settle = _policy(table.task, conflicts)
    for at in disagreeing:
        label[at] = settle(values[first[at] : first[at] + size[at]])
    alive = np.isfinite(label)
    counts = TaskCounts(
        rows=int(measured.sum()),
        rejected=int((measured & (compounds < 0)).sum()),
        repeated=len(rows) - len(first),
        conflicting=len(disagreeing),
        dropped=int((~alive).sum()),
        labels=int(alive.sum()),
    )
    if not len(limited):
        return (rows[first], label), counts
    found = _sorted(np.append(rows[first], limited), np.append(label, np.full(len(limited), np.nan)))
    return found, counts


def _sorted(
    rows: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return rows and values by compound, replicates in published order; often they are already."""
    if (np.diff(rows) >= 0).all():
        return rows, values
    order = np.argsort(rows, kind="stable")
    return rows[order], values[order]


def _disagreeing(values: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which compounds have replicates that differ; ``first`` tells where each one's begin."""
    if len(first) == len(values):
        return np.zeros(0, dtype=np.int64)
    low, high = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    return np.flatnonzero(~same_value(low, high))


def _policy(task: Task, conflicts: Conflicts) -> Any:
    classes = task.kind == "classification"
    if conflicts == "keep":
        return lambda replicates: replicates[0]
    if conflicts == "drop" or (conflicts == "auto" and classes):
        return lambda replicates: np.nan
    return _middle_class if classes else np.median


def _middle_class(replicates: NDArray[np.float64]) -> float:
    """Return the majority class of binary replicates, NaN at a tie."""
    middle = float(np.median(replicates))
    return middle if middle in replicates else np.nan
