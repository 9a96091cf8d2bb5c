"""Vectors in one column of lists of a Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.errors import DataError
from auditor.source.table.parquet import refuse_size

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from auditor.source.table.opening import Columns

BYTES = 8
"""Of a number in double precision."""


def list_column(columns: Columns) -> str:
    """Return the name of the column of lists of numbers in a Parquet file; empty where there is none.

    Raises
    ------
    DataError
        There are several.
    """
    import pyarrow.parquet as pq

    if columns.form.name != "Parquet" or columns.form.packed:
        return ""
    found = [field.name for field in pq.read_schema(columns.path) if _is_vector(field.type)]
    if len(found) > 1:
        raise DataError(
            f"{columns.path} has several columns of lists: {', '.join(found)}",
            hint="keep the one that holds the vectors",
        )
    return found[0] if found else ""


def read_lists(path: Path, name: str) -> NDArray[np.float64]:
    """Return the vectors (m, d) of a column of lists.

    Raises
    ------
    DataError
        A list is missing or empty, they are not equally long, or unpack to more than is allowed.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    source = pq.ParquetFile(path)
    refuse_size(path, BYTES * _numbers_in(source, name))
    try:
        column = source.read(columns=[name]).column(name).combine_chunks()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is damaged: {error}", hint="write it again") from error
    lengths = np.asarray(pc.fill_null(pc.list_value_length(column), 0))
    refuse_size(path, BYTES * int(lengths.sum()))
    other = np.flatnonzero((lengths != lengths[0]) | (lengths == 0))
    if len(other):
        row = int(other[0])
        raise DataError(
            f"{path} has vectors of several lengths: {lengths[0]} in row 1 and {lengths[row]} in row "
            f"{row + 1}",
            hint="leave out the rows of compounds without a vector",
        )
    flat = pc.list_flatten(column).cast(pa.float64())
    return np.asarray(pc.fill_null(flat, np.nan)).reshape(len(lengths), -1)


def _is_vector(kind: pa.DataType) -> bool:
    import pyarrow as pa

    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)))


def _numbers_in(source: Any, name: str) -> int:
    """Return how many numbers a column of lists holds, as the file itself says."""
    about = source.metadata
    leaves = [
        place
        for place in range(about.num_columns)
        if source.schema.column(place).path.partition(".")[0] == name
    ]
    groups = range(about.num_row_groups)
    return sum(int(about.row_group(g).column(leaf).num_values) for g in groups for leaf in leaves)
