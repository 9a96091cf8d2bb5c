"""DataFrames from the document of an audit; what is not estimable is NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

Data = Mapping[str, Any]
MEASURES = ("jaccard", "containment", "dice", "ochiai")
COUNTED = ("retention_equivalent", "support", "detectable_correlation")


def matrix(data: Data, rows: Sequence[Sequence[Any]], *, whole: bool = False) -> pd.DataFrame:
    """Return a matrix of the document (t, t), tasks by tasks; ``whole`` numbers stay so."""
    names = task_names(data)
    values = np.array(rows, dtype=np.int64 if whole else np.float64).reshape(len(names), len(names))
    index = pd.Index(names, name="task")
    return pd.DataFrame(values, index=index, columns=pd.Index(names))


def pairs(data: Data) -> pd.DataFrame:
    """Return one row per pair of tasks: measures, E with its interval, symmetric affinities, verdict."""
    names = np.array(task_names(data), dtype=object)
    upper = np.triu_indices(len(names), 1)
    overlap, labels = data["overlap"], data["label_correlation"]
    columns: dict[str, Any] = {"task": names[upper[0]], "other_task": names[upper[1]]}
    for name in (*MEASURES, *COUNTED):
        columns[name] = _upper(overlap[name], upper)
    columns["support"] = columns["support"].astype(np.int64)
    for name in ("correlation", "low", "high", "p"):
        if name in labels:  # a document of an earlier version has no p
            columns[name] = _upper(labels[name], upper)
    for name, rows in data.get("affinity", {}).items():
        if data["affinity_about"][name]["orientation"] == "symmetric":
            columns[name] = _upper(rows, upper)
    verdicts = np.array(overlap["pair_verdict"], dtype=object).reshape(len(names), len(names))
    columns["verdict"] = verdicts[upper]
    return pd.DataFrame(columns)


def tasks(data: Data) -> pd.DataFrame:
    """Return one row per task: its kind, its unit, its labels and what became of its published rows."""
    return pd.DataFrame(list(data["tasks"])).set_index("name").rename_axis("task")


def task_names(data: Data) -> list[str]:
    """Return the names of the tasks, in the order of every matrix."""
    return [task["name"] for task in data["tasks"]]


def _upper(rows: Sequence[Sequence[Any]], upper: tuple[NDArray[Any], ...]) -> NDArray[np.float64]:
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(rows))
    found: NDArray[np.float64] = values[upper]
    return found
