"""Formats that are not read, by how their files begin: each is named, with the way to a table."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from auditor.errors import DataError

_SAVE = "save the table as CSV or Parquet"
_UNPACK = "unpack it, and name the table in it"
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind (.xls)", "save it as .xlsx or as CSV"),
    (b"%PDF", "a PDF", _SAVE),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "packed with LZ4", "unpack it: lz4 -d"),
    (b"\x1f\x9d", "packed with compress (.Z)", "unpack it: uncompress"),
    (b"\x89HDF", "an HDF5 file", _SAVE),
    (b"\x89PNG", "a picture", _SAVE),
    (b"\x93NUMPY", "a NumPy array", _SAVE),
    (b"SQLite format 3\0", "an SQLite database", _SAVE),
    (b"ORC", "an ORC file", _SAVE),
    (b"Obj\x01", "an Avro file", _SAVE),
    (b"RDX", "an R data file", "write.csv(x, 'table.csv', row.names = FALSE)"),
    (b"X\n\0\0\0", "an R data file", "write.csv(x, 'table.csv', row.names = FALSE)"),
    (b"$FL2", "an SPSS file", _SAVE),
    (b"<stata_dta>", "a Stata file", _SAVE),
    (b"FEA1", "a Feather file of version 1", "write it again with pandas or pyarrow"),
    (b"{\\rtf", "an RTF document", _SAVE),
    (b"<?xml", "an XML document", _SAVE),
    (b"@<TRIPOS>", "a MOL2 file", "save it as SDF, or as CSV with a SMILES column"),
    (b"[", "a JSON array", "write one object a line (JSON Lines)"),
    (b"{", "a JSON document of several lines", "write one object a line (JSON Lines)"),
)
_PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_TAR = slice(257, 262)
_TEXTS = (b"[", b"{", b"ORC", b"RDX")
"""Beginnings that a table of text may have too; they count only where what follows fits."""


def refuse_foreign(path: Path, data: bytes) -> None:
    """Refuse a format that is not read, by its name; raises DataError."""
    if data.startswith(_PICKLE):
        raise DataError(f"{path} is a Python pickle, which may run code when it is read", hint=_SAVE)
    if data.startswith(b"PK\x03\x04"):
        what, hint = _archive(data)
        raise DataError(f"{path} is {what}", hint=hint)
    if data[_TAR] == b"ustar":
        raise DataError(f"{path} is a TAR archive", hint=_UNPACK)
    for magic, what, hint in _BEGINNINGS:
        if data.startswith(magic) and _fits(magic, data):
            raise DataError(f"{path} is {what}", hint=hint)


def _archive(data: bytes) -> tuple[str, str]:
    """Return what a ZIP archive is, and what to do with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "a damaged Excel workbook or ZIP archive", "save the table as CSV"
    if "xl/workbook.bin" in names:
        return "a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV"
    if "content.xml" in names and "mimetype" in names:
        return "an OpenDocument spreadsheet", "save it as .xlsx or as CSV"
    return "a ZIP archive", _UNPACK


def _fits(magic: bytes, data: bytes) -> bool:
    """Return whether a beginning that text may have too is that of the format."""
    if magic == b"[":
        return data.lstrip(b"[ \t\r\n")[:1] in (b"{", b"]", b"[", b'"') and data.rstrip().endswith(b"]")
    if magic == b"{":
        return data.rstrip().endswith(b"}")
    return magic not in _TEXTS or b"\0" in data[:4096] or data[3:5] in (b"2\n", b"3\n")
