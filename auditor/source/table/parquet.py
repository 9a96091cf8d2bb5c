"""A Parquet file as an Arrow table, within the size that any table may unpack to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import DataError
from auditor.source.fetching.unzip import MOST_BYTES

if TYPE_CHECKING:
    import pyarrow as pa


MOST_COLUMNS = 20_000
"""Most columns of a table: what each of them holds is looked at for seconds beyond that."""


def read_parquet(path: Path, data: bytes) -> pa.Table:
    """Return the table that a Parquet file holds; nothing in it is unpickled.

    A few kilobytes of repeats may stand for terabytes. So only columns are unpacked that can be a task, and
    text is read as it is packed, each text once, and written out only where that stays within
    `MOST_BYTES`. A column that can be none is there by its name, and empty.

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
    fields, about = source.schema_arrow, source.metadata
    refuse_repeated(path, fields.names)
    refuse_wide(path, len(fields.names))
    taken = [field for field in fields if can_be_task(field.type)]
    leaves = _leaves_of(fields)
    refuse_size(path, about.num_rows * sum(_width(field.type) for field in fields))
    if sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups)) > MOST_BYTES:
        refuse_size(path, sum(_packed_out(about, leaf) for leaf in leaves))
    texts = [field.name for field in taken if is_text(field.type)]
    table = _unpacked(path, pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts), leaves, taken)
    refuse_size(path, sum(written_out(table.column(name)) for name in texts_of(pa.schema(taken))))
    table = table.cast(pa.schema([(field.name, field.type) for field in taken]))
    table.validate(full=True)  # a damaged page may hold text that is not UTF-8
    return with_left_out(table, fields, about.num_rows)


def with_left_out(table: pa.Table, fields: pa.Schema, rows: int) -> pa.Table:
    """Return a table with all columns of a file in their order; those that were not unpacked are empty."""
    import pyarrow as pa

    arrays = [
        table.column(field.name) if can_be_task(field.type) else pa.nulls(rows, _hollow(field.type))
        for field in fields
    ]
    return pa.table(arrays, names=fields.names).replace_schema_metadata(fields.metadata)


def can_be_task(kind: pa.DataType) -> bool:
    """Return whether a column of that type can hold SMILES, labels or groups: one value to a cell."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    if pa.types.is_null(kind) or is_text(kind):
        return True
    return bool(pa.types.is_primitive(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind))


def texts_of(fields: pa.Schema) -> list[str]:
    """Return the names of the columns that hold text, packed as a dictionary or not."""
    return [field.name for field in fields if _holds_text(field.type)]


def _holds_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return is_text(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _hollow(kind: pa.DataType) -> pa.DataType:
    """Return a type that messages may call like another, and of which empty cells take next to nothing."""
    import pyarrow as pa

    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        return kind
    return pa.struct([]) if pa.types.is_struct(kind) else pa.binary()


def _width(kind: pa.DataType) -> int:
    """Return the bytes that a cell takes without the text in it."""
    import pyarrow as pa

    plain = can_be_task(kind) and not (_holds_text(kind) or pa.types.is_null(kind))
    return max(8, kind.bit_width // 8) if plain else 8


def _leaves_of(fields: pa.Schema) -> list[int]:
    """Return the places of the columns to unpack among those packed: a nested one is several."""
    found, place = [], 0
    for field in fields:
        if can_be_task(field.type):
            found.append(place)
        place += _leaf_count(field.type)
    return found


def _leaf_count(kind: pa.DataType) -> int:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return _leaf_count(kind.storage_type)
    inner = [kind.field(place).type for place in range(kind.num_fields)]
    return sum(map(_leaf_count, inner)) if inner else 1


def _packed_out(about: Any, leaf: int) -> int:
    """Return the bytes of a packed column before it was compressed, as the file itself says."""
    groups = range(about.num_row_groups)
    return sum(about.row_group(group).column(leaf).total_uncompressed_size for group in groups)


def _unpacked(path: Path, source: Any, leaves: list[int], taken: list[pa.Field]) -> pa.Table:
    """Return some columns, read group by group of rows: what the file says of its sizes may be false."""
    import pyarrow as pa

    groups, size = [], 0
    for group in range(source.metadata.num_row_groups):
        groups.append(source.reader.read_row_group(group, column_indices=leaves, use_threads=True))
        size += groups[-1].nbytes
        refuse_size(path, size)
    if not groups:
        return pa.table({field.name: pa.array([], field.type) for field in taken})
    if [field.name for field in taken] != groups[0].column_names:
        raise ValueError("its columns are not those that its schema names")
    return pa.concat_tables(groups)


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


def refuse_wide(path: Path, columns: int) -> None:
    """Refuse more columns than are looked at; raises DataError."""
    if columns > MOST_COLUMNS:
        raise DataError(
            f"{path} has {columns:,} columns, and at most {MOST_COLUMNS:,} are taken",
            hint="leave out the columns that are no task, or give one row per compound and assay (--long)",
        )


def written_out(column: pa.ChunkedArray) -> int:
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


def refuse_size(path: Path, size: int) -> None:
    """Refuse more bytes than any table may unpack to; raises DataError."""
    if size > MOST_BYTES:
        raise DataError(
            f"{path} unpacks to more than {MOST_BYTES >> 30} GiB",
            hint="split it, or leave out the columns that are no task",
        )
