"""A file of any kind that is read, as named columns; whatever is wrong with it is one clear error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cache.bounded import TooLarge, read_bounded
from auditor.errors import DataError
from auditor.source.fetching.unzip import MOST_BYTES
from auditor.source.table.columns import index_columns
from auditor.source.table.containers import FEATHER, is_json_lines, read_feather, read_json_lines, unpacked
from auditor.source.table.delimited import read_delimited, refuse_binary
from auditor.source.table.excel import is_excel, read_excel
from auditor.source.table.foreign import refuse_foreign
from auditor.source.table.form import Form, text_form
from auditor.source.table.parquet import is_text, read_parquet, refuse_wide
from auditor.source.table.sdf import STRUCTURE, is_sdf, read_sdf
from auditor.source.table.smiles import candidates

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_CELL = 100_000
TABLE = Form("table")


@dataclass(frozen=True)
class Columns:
    """The columns of a table by name, in order: text where a cell has no type of its own."""

    path: Path
    arrays: dict[str, pa.Array]
    index: frozenset[str] = frozenset()
    """Columns that the file itself says number the rows."""
    form: Form = TABLE
    """In what form the file came."""
    structure: str | None = None
    """The column of SMILES, where the format itself says which one it is."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.arrays.values())))


def read_columns(path: Path, *, least: int = 2, smiles_column: str | None = None) -> Columns:
    """Return the columns of a table in a file.

    Parameters
    ----------
    path
        CSV, TSV or another text, JSON Lines, Parquet, Feather, SDF or Excel; also packed.
    least
        Columns that a text file must have: 1 takes a list of SMILES below their name.
    smiles_column
        Name of the column of SMILES, by which the sheet of a workbook is found.

    Raises
    ------
    DataError
        It cannot be opened, is no such file, or is ragged, wrongly encoded or without rows.
    MissingExtra
        It is an Excel workbook, and the library that reads it is not installed.
    """
    data, packed = _bytes_of(path)
    columns = columns_of(path, data, least=least, smiles_column=smiles_column)
    return replace(columns, form=replace(columns.form, packed=packed))


def columns_of(path: Path, data: bytes, *, least: int = 2, smiles_column: str | None = None) -> Columns:
    """Return the columns of the bytes of a table; the parameters are those of `read_columns`."""
    import pyarrow as pa

    try:
        table, form = _table(path, data, least, smiles_column)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path} cannot be read as a table: {reason}", hint="check that it is CSV, TSV or Parquet"
        ) from error
    refuse_wide(path, table.num_columns)
    if not table.num_rows:
        raise DataError(f"{path} has a header and no rows", hint="add one row per compound")
    columns = {name: table.column(index).combine_chunks() for index, name in enumerate(table.column_names)}
    _refuse_long_cells(path, columns)
    structure = STRUCTURE if form.name == "SDF" else None
    return Columns(path, columns, index_columns(table.schema.metadata), form, structure)


def _table(path: Path, data: bytes, least: int, smiles_column: str | None) -> tuple[pa.Table, Form]:
    if data.startswith(b"PAR1"):
        return read_parquet(path, data), Form("Parquet")
    if data.startswith(FEATHER):
        return read_feather(path, data), Form("Feather")
    if is_sdf(data):
        refuse_binary(path, data)
        return read_sdf(path, data.decode()), Form("SDF")
    if is_excel(data):
        table, sheet = read_excel(path, data, lambda names: _has_smiles(names, smiles_column))
        return table, Form(f"Excel, sheet '{sheet}'")
    if is_json_lines(data):
        return read_json_lines(path, data), Form("JSON Lines")
    refuse_foreign(path, data)
    table, separator = read_delimited(path, data, least)
    return table, text_form(separator)


def _has_smiles(names: Sequence[str], wanted: str | None) -> bool:
    """Return whether a header names a column of SMILES: the one that is wanted, or any."""
    return wanted in names if wanted is not None else any(candidates(names))


def _bytes_of(path: Path) -> tuple[bytes, str]:
    if path.is_dir():
        raise DataError(f"{path} is a folder", hint="name a CSV or Parquet file in it")
    if path.is_char_device() or path.is_block_device():
        raise DataError(f"{path} is a device", hint="name a CSV or Parquet file")
    try:
        data = read_bounded(path, MOST_BYTES)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint="check the path") from error
    except TooLarge as error:
        raise DataError(f"{path} is too large: {error.strerror}", hint="split it, or pack it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path} cannot be opened: {reason}", hint="check its permissions") from error
    data, packed = unpacked(path, data)
    if not data.strip():
        raise DataError(f"{path} is empty", hint="it needs a header line and one row per compound")
    if data.lstrip()[:64].lower().startswith((b"<!doctype", b"<html")):
        raise DataError(f"{path} is a web page, not data", hint="download the file itself")
    return data, packed


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
