"""All that an audit tells of a pair of tasks, as columns: for DataFrames and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Data = Mapping[str, Any]
MEASURES = ("jaccard", "containment", "dice", "ochiai")
COUNTED = ("retention_equivalent", "support", "detectable_correlation")


def compares_tasks(data: Data) -> bool:
    """Return whether a document is that of an overlap or affinity audit of at least two tasks."""
    return len(data.get("tasks", ())) > 1 and {"overlap", "label_correlation"} <= data.keys()


def pair_columns(data: Data) -> dict[str, NDArray[Any]]:
    """Return measures, E with its interval, symmetric affinities and the verdict, an entry for every pair.

    Parameters
    ----------
    data
        Of the document of an overlap or affinity audit.

    Returns
    -------
    Columns of t (t - 1) / 2 entries, ``task`` and ``other_task`` first; what is not estimable is NaN.
    """
    names = np.array(task_names(data), dtype=object)
    upper = np.triu_indices(len(names), 1)
    overlap, labels = data["overlap"], data["label_correlation"]
    columns: dict[str, Any] = {"task": names[upper[0]], "other_task": names[upper[1]]}
    for name in (*MEASURES, *COUNTED):
        if name in overlap:  # documents of earlier versions lack some
            columns[name] = _upper(overlap[name], upper)
    columns["support"] = columns["support"].astype(np.int64)
    for name in ("correlation", "low", "high", "p"):
        if name in labels:  # a document of 0.1.0 has no p
            columns[name] = _upper(labels[name], upper)
    for name, rows in data.get("affinity", {}).items():
        if data["affinity_about"][name]["orientation"] == "symmetric":
            columns[name] = _upper(rows, upper)
    verdicts = np.array(overlap["pair_verdict"], dtype=object).reshape(len(names), len(names))
    columns["verdict"] = verdicts[upper]
    return columns


def task_names(data: Data) -> list[str]:
    """Return the names of the tasks, in the order of every matrix."""
    return [task["name"] for task in data["tasks"]]


def _upper(rows: Sequence[Sequence[Any]], upper: tuple[NDArray[Any], ...]) -> NDArray[np.float64]:
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(rows))
    found: NDArray[np.float64] = values[upper]
    return found
