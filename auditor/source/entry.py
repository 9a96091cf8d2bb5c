"""What a source returned: checked against its contract, and turned into bytes and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from auditor.errors import PluginError
from auditor.source.rows import Kind, SourceData, Task, TaskTable, out_of_reach

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_HINT = "a source must return auditor.source.rows.SourceData, one table of published rows per task"


def check_source(data: object, who: str) -> SourceData:
    """Return what a source returned, if it keeps the contract of `DatasetSource`.

    Parameters
    ----------
    data
        What the source returned.
    who
        The source and its plugin, for errors.

    Raises
    ------
    PluginError
        It does not; the message says how.
    """
    fault = _fault(data)
    if fault:
        raise PluginError(f"{who} returned {fault}", hint=_HINT)
    assert isinstance(data, SourceData)
    return data


def _fault(data: object) -> str:
    if not isinstance(data, SourceData):
        return f"{type(data).__name__}, not SourceData"
    if not data.tables:
        return "no task"
    if data.features is not None:
        return "features, and a named dataset is one of molecules"
    names = [table.task.name for table in data.tables]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        return f"the task name '{repeated[0]}' more than once"
    for table in data.tables:
        fault = _fault_of(table)
        if fault:
            return f"a table of task '{table.task.name}' with {fault}"
    t = len(data.tables)
    if data.truth is not None and np.shape(data.truth) != (t, t):
        return f"a truth of shape {np.shape(data.truth)} for {t} tasks"
    if not all(isinstance(said, str) for said in (*data.notes, *data.stamps)):
        return "a note that is not text"
    return ""


def _fault_of(table: TaskTable) -> str:
    task, values = table.task, np.asarray(table.values)
    if not isinstance(task.name, str) or not task.name.strip():
        return "no name"
    if task.kind not in get_args(Kind):
        return f"the unknown kind '{task.kind}'"
    try:
        "\n".join(table.smiles).encode()
    except (TypeError, UnicodeEncodeError):
        return "a SMILES that is not text"
    if values.ndim != 1 or values.dtype.kind not in "fiub":
        return f"values of shape {values.shape} and type {values.dtype}"
    if not np.isfinite(values.astype(np.float64)).all():
        return "values that are not finite: rows without a measurement must be left out"
    if said := out_of_reach(values.astype(np.float64)):
        return said
    if task.kind == "classification" and not np.isin(values, (0, 1)).all():
        return "classes other than 0 and 1"
    return ""


def pack_labels(data: SourceData) -> bytes:
    """Return the rows of all tables as Parquet: task int32, smiles text, value float64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sizes = [len(table.values) for table in data.tables]
    smiles = pa.array([text for table in data.tables for text in table.smiles], pa.string())
    values = [np.asarray(table.values, dtype=np.float64) for table in data.tables]
    columns = {
        "task": pa.array(np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)),
        "smiles": smiles.dictionary_encode(),
        "value": pa.array(np.concatenate(values)),
    }
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), out, compression="zstd")
    return bytes(out.getvalue())


def pack_tasks(data: SourceData) -> list[dict[str, Any]]:
    """Return the tasks, JSON-able: an open bound becomes null."""
    packed = [dataclasses.asdict(table.task) for table in data.tables]
    return [
        {k: None if isinstance(v, float) and math.isinf(v) else v for k, v in task.items()}
        for task in packed
    ]


def pack_words(data: SourceData) -> dict[str, Any]:
    """Return everything but the rows, JSON-able."""
    return {
        "tasks": pack_tasks(data),
        "truth": None if data.truth is None else data.truth.tolist(),
        "notes": list(data.notes),
        "stamps": list(data.stamps),
        "licence": data.licence,
        "citation": data.citation,
    }


def unpack(path: Path, words: Mapping[str, Any]) -> SourceData:
    """Return the data that `pack_labels` and `pack_words` were given."""
    import pyarrow.parquet as pq

    tasks, truth = words["tasks"], words["truth"]
    table = pq.ParquetFile(path, read_dictionary=["smiles"]).read().unify_dictionaries()
    values = _numbers(table["value"].combine_chunks(), np.float64)
    bounds = np.searchsorted(_numbers(table["task"].combine_chunks(), np.int32), np.arange(len(tasks) + 1))
    text = table["smiles"].combine_chunks()
    names: NDArray[np.object_] = np.array(text.dictionary.to_pylist(), dtype=object)
    codes = _numbers(text.indices, np.int32)
    tables = []
    for index, task in enumerate(tasks):
        part = slice(bounds[index], bounds[index + 1])
        known = {k: v for k, v in task.items() if v is not None}
        tables.append(TaskTable(Task(**known), tuple(names[codes[part]]), values[part].copy()))
    return SourceData(
        tables=tuple(tables),
        truth=None if truth is None else np.array(truth, dtype=np.float64),
        notes=tuple(words["notes"]),
        stamps=tuple(words["stamps"]),
        licence=words["licence"],
        citation=words["citation"],
    )


def _numbers(array: pa.Array, dtype: type[np.generic]) -> NDArray[Any]:
    """Return the numbers of an array without nulls; its own to_numpy would import pandas."""
    if not len(array):
        return np.zeros(0, dtype)
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]
