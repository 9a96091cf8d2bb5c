"""The dataset: properties of small amines and alcohols, from a file in the package."""

from __future__ import annotations

import csv
import importlib.resources
from typing import TYPE_CHECKING

import numpy as np

from auditor.dataset import SourceData, Task, TaskTable

if TYPE_CHECKING:
    from auditor.files import SourceFiles

TASKS = (
    Task("large", "classification", description="more than six heavy atoms"),
    Task("aromatic", "classification"),
    Task("amine", "classification"),
    Task("carbons", "regression", unit="atoms", low=0, high=50),
)


def load(files: SourceFiles, *, sparse: bool = False) -> SourceData:
    """Return the rows as they are in the file; ``sparse`` leaves out every third row of each task."""
    path = importlib.resources.files("mtl_audit_example") / "amines.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return SourceData(
        tuple(_table(task, rows, place if sparse else None) for place, task in enumerate(TASKS)),
        notes=("The labels are computed from the structures, not measured.",),
    )


def _table(task: Task, rows: list[dict[str, str]], without: int | None) -> TaskTable:
    kept = [row for place, row in enumerate(rows) if row[task.name] and place % 3 != without]
    return TaskTable(task, [r["smiles"] for r in kept], np.array([float(r[task.name]) for r in kept]))
