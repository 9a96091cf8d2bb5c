"""The 2 x 2 tables of two tasks of classes over their shared compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditor.benchmark.labels import from_columns
from auditor.overlap.overlap import shared_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels


class ClassTables(NamedTuple):
    """Positives of both tasks, of the one, of the other, and all shared compounds, each (m,)."""

    both: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    total: NDArray[np.float64]


def class_tables(labels: Labels, i: NDArray[np.int64], j: NDArray[np.int64]) -> ClassTables:
    """Return the tables of some pairs of tasks."""
    columns = [labels.column(task) for task in range(labels.t)]
    positive = from_columns(labels.n, [(rows[v > 0], v[v > 0]) for rows, v in columns])
    ones = shared_counts(positive, labels)
    both, total = shared_counts(positive, positive), shared_counts(labels, labels)
    return ClassTables(
        *(found.astype(np.float64) for found in (both[i, j], ones[i, j], ones[j, i], total[i, j]))
    )


def of_classes(labels: Labels) -> NDArray[np.bool_]:
    """Return which tasks have no other labels than 0 and 1 (t,)."""
    parts = (labels.column(task)[1] for task in range(labels.t))
    return np.array([bool(np.isin(values, (0.0, 1.0)).all()) for values in parts], dtype=bool)
