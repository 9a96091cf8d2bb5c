"""What a file is packed in, and tables that are neither text with separators nor Parquet."""

from __future__ import annotations

import bz2
import io
import json
import lzma
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from auditor.errors import DataError
from auditor.source.fetching.unzip import FREE_BYTES, MAGIC, MOST_BYTES, MOST_RATIO, UnzipError, unzipped
from auditor.source.table.parquet import (
    can_be_task,
    refuse_repeated,
    refuse_size,
    refuse_wide,
    texts_of,
    with_left_out,
    written_out,
)

if TYPE_CHECKING:
    import pyarrow as pa

_PACKED: Mapping[bytes, tuple[str, Callable[[Path], IO[bytes]]]] = {
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ\x00": ("xz", lzma.open),
    b"\x28\xb5\x2f\xfd": ("Zstandard", lambda path: _zstandard(path)),
}
FEATHER = b"ARROW1"
_PIECE = 1 << 20


def unpacked(path: Path, data: bytes) -> tuple[bytes, str]:
    """Return the bytes of a file, out of gzip, bzip2, xz or Zstandard, and which of them it was.

    Raises
    ------
    DataError
        It is damaged, or unpacks to too much.
    """
    try:
        if data.startswith(MAGIC):
            return unzipped(path), "gzip"
        for magic, (name, opened) in _PACKED.items():
            if data.startswith(magic):
                return b"".join(_bounded(opened(path), len(data))), name
    except UnzipError as error:
        raise DataError(f"{path} {error}".replace(" it ", " ", 1), hint="compress it again") from error
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise DataError(f"{path} is damaged or truncated: {error}", hint="compress it again") from error
    return data, ""


def _zstandard(path: Path) -> IO[bytes]:
    import pyarrow as pa

    found: IO[bytes] = pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return found


def _bounded(stream: IO[bytes], packed: int) -> Iterator[bytes]:
    """Yield what a stream holds, a megabyte at a time; raises UnzipError where that is too much."""
    size = 0
    with stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES or (size > FREE_BYTES and size > MOST_RATIO * packed):
                raise UnzipError(f"it unpacks to more than {MOST_RATIO} times its size")
            yield piece


def is_json_lines(data: bytes) -> bool:
    """Return whether a text is one JSON object a line."""
    first = data.lstrip()[: 1 << 20].split(b"\n", 1)[0].strip()
    return first.startswith(b"{") and first.endswith(b"}")


def read_feather(path: Path, data: bytes) -> pa.Table:
    """Return the table of a Feather or Arrow file; columns that can be no task are there, and empty.

    Raises
    ------
    DataError
        It has repeated names, or unpacks to too much.
    ArrowException
        It is damaged.
    """
    import pyarrow as pa

    fields = pa.ipc.open_file(pa.BufferReader(data)).schema
    refuse_repeated(path, fields.names)
    refuse_wide(path, len(fields.names))
    taken = [place for place, field in enumerate(fields) if can_be_task(field.type)]
    options = pa.ipc.IpcReadOptions(included_fields=taken, use_threads=False)
    source = pa.ipc.open_file(pa.BufferReader(data), options=options)
    batches: list[pa.RecordBatch] = []
    for number in range(source.num_record_batches):
        batches.append(source.get_batch(number))
        refuse_size(path, sum(batch.nbytes for batch in batches))
    table = pa.Table.from_batches(batches, source.schema)
    table.validate(full=True)  # places in the text are taken from the file, and may lie outside of it
    refuse_size(path, sum(written_out(table.column(name)) for name in texts_of(table.schema)))
    return with_left_out(table, fields, sum(batch.num_rows for batch in batches))


def read_json_lines(path: Path, data: bytes) -> pa.Table:
    """Return one row per line, one column per key, null where a line lacks it.

    Raises
    ------
    DataError
        A line is no JSON object, or holds a list or an object.
    """
    import pyarrow as pa

    rows, names = [], dict[str, None]()
    for number, line in enumerate(io.BytesIO(data), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"line {number} of {path} is not JSON: {error}", hint="one object a line"
            ) from error
        if not isinstance(row, dict) or any(isinstance(cell, dict | list) for cell in row.values()):
            raise DataError(f"line {number} of {path} is no flat object", hint="one value for each column")
        rows.append(row)
        names |= dict.fromkeys(row)
        refuse_wide(path, len(names))
    return pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names})


def _text(cell: Any) -> str | None:
    """Return a cell as the text that a CSV would hold, so that both are read by one rule."""
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell).lower() if isinstance(cell, bool) else repr(cell)
