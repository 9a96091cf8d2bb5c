"""Small benchmarks with known answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auditor.benchmark.labels import Labels, from_columns
from auditor.plugin.component import Identity, Owner
from auditor.source.rows import Kind, SourceData, Task, TaskTable

ALCOHOLS = tuple("C" * size + "O" for size in range(1, 61))
"""Sixty distinct compounds."""


def labels_of(table: Sequence[Sequence[float]] | NDArray[np.float64]) -> Labels:
    """Return sparse labels of a dense table (n, t) in which NaN is not measured."""
    dense = np.asarray(table, dtype=np.float64)
    columns = []
    for column in dense.T:
        rows = np.flatnonzero(~np.isnan(column))
        columns.append((rows, column[rows]))
    return from_columns(len(dense), columns)


def table(
    name: str, smiles: Sequence[str], values: Sequence[float], kind: Kind = "classification"
) -> TaskTable:
    """Return the published rows of one task."""
    return TaskTable(Task(name, kind), tuple(smiles), np.asarray(values, dtype=np.float64))


def source(*tables: TaskTable) -> SourceData:
    """Return source data of some tables."""
    return SourceData(tables)


def identity(name: str = "parent-inchikey") -> Identity:
    """Return a built-in identity level."""
    attribute = name.replace("-", "_")
    owner = Owner("core", "mtl-audit", "test")
    return Identity(name, f"auditor.chemistry.levels:{attribute}", "a level", owner)
