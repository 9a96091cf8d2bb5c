"""An Excel workbook as a table: the one sheet that has a column of SMILES."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import DataError, MissingExtra
from auditor.source.fetching.unzip import FREE_BYTES, MOST_BYTES, MOST_RATIO
from auditor.source.table.parquet import refuse_repeated

if TYPE_CHECKING:
    import pyarrow as pa

Rows = list[list[Any]]


def is_excel(data: bytes) -> bool:
    """Return whether some bytes are a workbook of Excel 2007 or later."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def read_excel(
    path: Path, data: bytes, has_smiles: Callable[[Sequence[str]], bool]
) -> tuple[pa.Table, str]:
    """Return the table of the one sheet whose header has a column of SMILES, and the sheet's name.

    The header is the first row that is not empty. Cells become the text that a CSV would hold.

    Raises
    ------
    MissingExtra
        openpyxl is not installed.
    DataError
        It is damaged, unpacks to too much, no sheet or several have SMILES, or a formula has no value.
    """
    _refuse_bomb(path, data)
    if importlib.util.find_spec("openpyxl") is None:
        raise MissingExtra(
            f"{path} is an Excel workbook, and openpyxl, which reads it, is not installed",
            hint="pip install 'mtl-audit[excel]', or save the table as CSV",
        )
    sheets = _sheets(path, data)
    found = [name for name, rows in sheets.items() if rows and has_smiles(_header(rows))]
    if len(found) == 1:
        return _table(path, sheets[found[0]]), found[0]
    if found:
        named = ", ".join(f"'{name}'" for name in found)
        raise DataError(
            f"{path} has {len(found)} sheets with SMILES: {named}",
            hint="save the one that is meant as a file of its own, as .xlsx or CSV",
        )
    filled = {name: rows for name, rows in sheets.items() if rows}
    if len(filled) == 1:  # what is wrong with its header is said as of any other table
        ((name, rows),) = filled.items()
        return _table(path, rows), name
    named = ", ".join(f"'{name}'" for name in sheets)
    raise DataError(
        f"no sheet of {path} has a column named smiles; its sheets are {named}",
        hint="the first row that is not empty must be the header; or --smiles-column",
    )


def _refuse_bomb(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_BYTES or (size > FREE_BYTES and size > MOST_RATIO * len(data)):
        raise DataError(
            f"{path} unpacks to more than {MOST_RATIO} times its size", hint="save the table as CSV"
        )


def _sheets(path: Path, data: bytes) -> dict[str, Rows]:
    """Return the rows of every sheet, without empty rows above and below, as Excel stored their values."""
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that have no bearing on the cells
            values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            return {
                sheet.title: _filled(_rows(path, sheet, formulas[sheet.title]))
                for sheet in values.worksheets
            }
    except DataError:
        raise
    except Exception as error:  # openpyxl lets whatever its parsers raise through
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path} cannot be read as an Excel workbook: {reason}", hint="save the table as CSV"
        ) from error


def _rows(path: Path, sheet: Any, formulas: Any) -> Rows:
    """Return the values of a sheet; raises DataError where a formula was never calculated."""
    rows = []
    for values, written in zip(sheet.iter_rows(values_only=True), formulas.iter_rows(), strict=True):
        for value, cell in zip(values, written, strict=True):
            if value is None and cell.data_type == "f":
                where = f"cell {cell.coordinate} of sheet '{sheet.title}' of {path}"
                raise DataError(
                    f"{where} is a formula without a value",
                    hint="open the workbook in Excel or LibreOffice and save it",
                )
        rows.append(list(values))
    return rows


def _filled(rows: Rows) -> Rows:
    full = [place for place, row in enumerate(rows) if any(_text(cell) for cell in row)]
    return rows[full[0] : full[-1] + 1] if full else []


def _header(rows: Rows) -> list[str]:
    return [(_text(cell) or "").strip() for cell in rows[0]]


def _table(path: Path, rows: Rows) -> pa.Table:
    import pyarrow as pa

    header, body = _header(rows), rows[1:]
    width = max(map(len, rows))
    cells = [[_text(row[at]) if at < len(row) else None for row in body] for at in range(width)]
    names = [*header, *[""] * (width - len(header))]
    used = [at for at in range(width) if names[at] or any(cells[at])]
    refuse_repeated(path, [names[at] for at in used])
    return pa.table({names[at]: pa.array(cells[at], pa.string()) for at in used})


def _text(cell: Any) -> str | None:
    """Return a cell as the text that a CSV would hold; a whole number without a decimal point."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return repr(cell) if isinstance(cell, int | float) else str(cell)
