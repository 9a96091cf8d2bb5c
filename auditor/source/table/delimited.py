"""A text with separators as an Arrow table; whatever is wrong with it is one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.source.table.cxsmiles import with_quotes
from auditor.source.table.parquet import refuse_repeated, refuse_wide
from auditor.source.table.separator import Layout, first_rows, layout_of, without_separator_line

if TYPE_CHECKING:
    import pyarrow as pa

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(path: Path, data: bytes, least: int) -> tuple[pa.Table, str]:
    """Return a text with separators as a table of text, and its separator.

    Raises
    ------
    DataError
        It is no text, not in UTF-8, ragged, or a quotation mark was left open.
    ArrowException
        It is broken in another way.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    data = data.removeprefix(b"\xef\xbb\xbf")
    refuse_binary(path, data)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # line ends of old spreadsheets
    data, named = without_separator_line(data)
    data = with_quotes(path, data)
    layout = _layout(path, data, named, least)
    header, separator = layout.header, layout.separator
    refuse_repeated(path, header)
    refuse_wide(path, len(header))
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
    return table, separator


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


def refuse_binary(path: Path, data: bytes) -> None:
    """Refuse what is no text in UTF-8, with the line; raises DataError."""
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
