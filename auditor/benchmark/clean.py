"""A joined benchmark as a table that other programs read: one row per compound, one column per task."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from auditor.benchmark.benchmark import Benchmark
    from auditor.source.rows import Task

SMILES = "smiles"
SPLIT = "split"


@dataclass(frozen=True)
class Clean:
    """A benchmark without the compounds that have no label.

    Parameters
    ----------
    smiles_column
        Its name: "smiles", or the first other one that no task has.
    smiles
        The first published SMILES of each compound (n,).
    tasks
        (t,) in the order of reports.
    labels
        One column (n,) per task, NaN where there is no label.
    sides
        train, val or test for each compound (n,); empty where there is no split.
    """

    smiles_column: str
    smiles: tuple[str, ...]
    tasks: tuple[Task, ...]
    labels: tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]
    sides: tuple[str, ...] = ()

    @property
    def split_column(self) -> str:
        """The name of the column of sides: "split", or the first other one that nothing has."""
        taken = {self.smiles_column, *(task.name for task in self.tasks)}
        names = (SPLIT, *(f"{SPLIT}_{number}" for number in range(1, len(taken) + 1)))
        return next(name for name in names if name not in taken)


def clean(benchmark: Benchmark, sides: Sequence[str] = ()) -> Clean:
    """Return what a benchmark holds, compound by compound; ``sides`` (n,) are those of a split."""
    labels = np.full((benchmark.t, benchmark.n), np.nan)
    for place in range(benchmark.t):
        rows, values = benchmark.labels.column(place)
        labels[place, rows] = values
    kept = np.flatnonzero(~np.isnan(labels).all(axis=0))
    names = (SMILES, *(f"{SMILES}_{number}" for number in range(1, benchmark.t + 1)))
    return Clean(
        next(name for name in names if name not in benchmark.task_names),
        tuple(benchmark.smiles[row] for row in kept),
        benchmark.tasks,
        tuple(labels[:, kept]),
        tuple(sides[row] for row in kept) if sides else (),
    )


def clean_csv(table: Clean) -> bytes:
    """Return a table as CSV: an empty cell where there is no label, classes as 0 and 1.

    The first column holds the SMILES and every other one a task, as chemprop takes it without an option;
    a split is the last one, which chemprop reads with ``--splits-column``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    last = [table.split_column] if table.sides else []
    writer.writerow([table.smiles_column, *(task.name for task in table.tasks), *last])
    columns = [
        [_cell(value, task.kind == "classification") for value in column.tolist()]
        for task, column in zip(table.tasks, table.labels, strict=True)
    ]
    columns += [list(table.sides)] if table.sides else []
    writer.writerows(zip(table.smiles, *columns, strict=True))
    return text.getvalue().encode()


def clean_parquet(table: Clean) -> bytes:
    """Return a table as Parquet: text, and float64 with null where there is no label."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, pa.Array] = {table.smiles_column: pa.array(table.smiles, pa.string())}
    for task, column in zip(table.tasks, table.labels, strict=True):
        columns[task.name] = pa.array(column, pa.float64(), from_pandas=True)
    if table.sides:
        columns[table.split_column] = pa.array(table.sides, pa.string())
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), out)
    return bytes(out.getvalue())


def _cell(value: float, label: bool) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if label and value.is_integer() else repr(value)  # a median of labels may be 0.5
