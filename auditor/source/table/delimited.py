"""A CSV, TSV or Parquet file as named columns; whatever is wrong with it is one clear error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.source.table.columns import index_columns
from auditor.source.table.containers import FEATHER, is_json_lines, read_feather, read_json_lines, unpacked
from auditor.source.table.cxsmiles import with_quotes
from auditor.source.table.parquet import is_text, read_parquet, refuse_repeated
from auditor.source.table.separator import Layout, first_rows, layout_of, without_separator_line

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_CELL = 100_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Columns:
    """The columns of a table by name, in order: text for CSV, typed for Parquet."""

    path: Path
    arrays: dict[str, pa.Array]
    index: frozenset[str] = frozenset()
    """Columns that the file itself says number the rows."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.arrays.values())))


def read_columns(path: Path, *, least: int = 2) -> Columns:
    """Return the columns of a CSV, TSV, JSON Lines (also packed), Parquet or Feather file.

    Parameters
    ----------
    path
        The file.
    least
        Columns that a text file must have: 1 takes a list of SMILES below their name.

    Raises
    ------
    DataError
        It cannot be opened, is no such file, or is ragged, wrongly encoded or without rows.
    """
    return columns_of(path, _bytes_of(path), least=least)


def columns_of(path: Path, data: bytes, *, least: int = 2) -> Columns:
    """Return the columns of the bytes of a table; ``path`` and ``least`` are those of `read_columns`."""
    import pyarrow as pa

    try:
        table = _table(path, data, least)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path} cannot be read as a table: {reason}", hint="check that it is CSV, TSV or Parquet"
        ) from error
    if not table.num_rows:
        raise DataError(f"{path} has a header and no rows", hint="add one row per compound")
    columns = {name: table.column(index).combine_chunks() for index, name in enumerate(table.column_names)}
    _refuse_long_cells(path, columns)
    return Columns(path, columns, index_columns(table.schema.metadata))


def _table(path: Path, data: bytes, least: int) -> pa.Table:
    if data.startswith(b"PAR1"):
        return read_parquet(path, data)
    if data.startswith(FEATHER):
        table = read_feather(data)
        refuse_repeated(path, table.column_names)
        return table
    return read_json_lines(path, data) if is_json_lines(data) else _delimited(path, data, least)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder", hint="name a CSV or Parquet file in it")
    if path.is_char_device() or path.is_block_device():
        raise DataError(f"{path} is a device", hint="name a CSV or Parquet file")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint="check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path} cannot be opened: {reason}", hint="check its permissions") from error
    data = unpacked(path, data)
    if not data.strip():
        raise DataError(f"{path} is empty", hint="it needs a header line and one row per compound")
    if data.lstrip()[:64].lower().startswith((b"<!doctype", b"<html")):
        raise DataError(f"{path} is a web page, not data", hint="download the file itself")
    return data


def _delimited(path: Path, data: bytes, least: int) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    data = data.removeprefix(b"\xef\xbb\xbf")
    _refuse_binary(path, data)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # line ends of old spreadsheets
    data, named = without_separator_line(data)
    data = with_quotes(path, data)
    layout = _layout(path, data, named, least)
    header, separator = layout.header, layout.separator
    refuse_repeated(path, header)
    ragged: list[arrow_csv.InvalidRow] = []

    def collect(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(block_size=min(len(data) + 1, 2**31 - 1), use_threads=False),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, invalid_row_handler=collect
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, strings_can_be_null=False
        ),
    )
    if ragged:
        first = ragged[0]
        raise DataError(
            f"{path} has {len(ragged):,} rows with more or fewer cells than its {len(header)} columns; "
            f"the first is row {first.number} with {first.actual_columns}",
            hint="a cell that holds the separator or a line break must be quoted",
        )
    _refuse_swallowed(path, table, separator)
    return table


def _layout(path: Path, data: bytes, named: str, least: int) -> Layout:
    found = layout_of(path, data, named=named)
    if found is not None:
        return found
    rows = first_rows(data, ",")
    if rows and least == 1:
        return Layout(",", tuple(rows[0]))
    raise DataError(
        f"{path} has one column only", hint="it needs a SMILES column and at least one task column"
    )


def _refuse_swallowed(path: Path, table: pa.Table, separator: str) -> None:
    """Refuse a cell that spans lines full of separators, an open quotation mark; raises DataError."""
    import pyarrow.compute as pc

    least = max(1, table.num_columns - 1)
    for name in table.column_names:
        column = table.column(name)
        for row in np.flatnonzero(pc.match_substring(column, "\n").to_numpy()).tolist():
            lines = column[row].as_py().split("\n")
            if any(line.count(separator) >= least for line in lines[1:]):
                raise DataError(
                    f"row {row + 1} of {path} has a cell of {len(lines):,} lines in column '{name}'",
                    hint="a quotation mark was left open there: close it, or write it twice",
                )


def _refuse_binary(path: Path, data: bytes) -> None:
    if data.startswith(_UTF16):
        raise DataError(f"{path} is encoded in UTF-16", hint="save it as UTF-8")
    null = data.find(b"\0")
    if null >= 0:
        line = data.count(b"\n", 0, null) + 1
        raise DataError(f"line {line} of {path} holds a NUL byte", hint="it is not a text file")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"line {line} of {path} is not UTF-8 (byte {data[error.start]:#04x})",
            hint=f"save it as UTF-8, e.g. iconv -f latin1 -t utf-8 {path.name}",
        ) from error


def _refuse_long_cells(path: Path, columns: dict[str, pa.Array]) -> None:
    import pyarrow.compute as pc

    for name, column in columns.items():
        if not is_text(column.type):
            continue
        lengths = pc.binary_length(column)
        longest = pc.max(lengths).as_py() or 0
        if longest > LONGEST_CELL:
            row = pc.index(lengths, longest).as_py() + 1
            raise DataError(
                f"row {row} of {path} has a cell of {longest:,} bytes in column '{name}'",
                hint=f"at most {LONGEST_CELL:,} are taken; a quotation mark may be left open",
            )
