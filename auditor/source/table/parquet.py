"""A Parquet file as an Arrow table, within the size that any table may unpack to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import DataError
from auditor.source.fetching.unzip import MOST_BYTES

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(path: Path, data: bytes) -> pa.Table:
    """Return the table that a Parquet file holds; nothing in it is unpickled.

    A few kilobytes of repeats may stand for terabytes. So text is read as it is packed, each text once,
    and written out only where that stays within `MOST_BYTES`.

    Raises
    ------
    DataError
        It has repeated names, or unpacks to too much.
    ArrowException
        It is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pq.ParquetFile(pa.BufferReader(data))
    fields = source.schema_arrow
    refuse_repeated(path, fields.names)
    _refuse_size(path, 8 * source.metadata.num_rows * len(fields.names))
    texts = [field.name for field in fields if is_text(field.type)]
    table = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts).read()
    _refuse_size(path, sum(_written_out(table.column(name)) for name in texts))
    table = table.cast(pa.schema([(field.name, field.type) for field in fields]))
    table.validate(full=True)  # a damaged page may hold text that is not UTF-8
    return table


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column of that type holds text."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def refuse_repeated(path: Path, names: Sequence[str]) -> None:
    """Refuse columns of one name; raises DataError."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise DataError(
            f"{path} has more than one column named {', '.join(map(repr, repeated[:5]))}",
            hint="rename all but one: which of them is meant cannot be guessed",
        )


def _written_out(column: pa.ChunkedArray) -> int:
    """Return how many bytes a column of text has without its dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
        else:
            lengths = pc.binary_length(chunk)
        size += pc.sum(lengths.cast(pa.int64())).as_py() or 0
    return size


def _refuse_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise DataError(
            f"{path} unpacks to more than {MOST_BYTES >> 30} GiB",
            hint="split it, or leave out the columns that are no task",
        )
