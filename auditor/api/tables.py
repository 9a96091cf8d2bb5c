"""DataFrames from the document of an audit; what is not estimable is NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.report.pair_columns import pair_columns, task_names

Data = Mapping[str, Any]


def matrix(data: Data, rows: Sequence[Sequence[Any]], *, whole: bool = False) -> pd.DataFrame:
    """Return a matrix of the document (t, t), tasks by tasks; ``whole`` numbers stay so."""
    names = task_names(data)
    values = np.array(rows, dtype=np.int64 if whole else np.float64).reshape(len(names), len(names))
    index = pd.Index(names, name="task")
    return pd.DataFrame(values, index=index, columns=pd.Index(names))


def pairs(data: Data) -> pd.DataFrame:
    """Return one row per pair of tasks: measures, E with its interval, symmetric affinities, verdict."""
    return pd.DataFrame(pair_columns(data))


def tasks(data: Data) -> pd.DataFrame:
    """Return one row per task: its kind, its unit, its labels and what became of its published rows."""
    return pd.DataFrame(list(data["tasks"])).set_index("name").rename_axis("task")
