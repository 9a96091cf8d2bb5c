"""Whether a file is what its name says: not empty, no error page, not cut off, with its columns."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from auditor.source.fetching.unzip import UnzipError, pieces

HEAD = 1 << 16
"""Bytes at the beginning of a file, unpacked where it is packed, that tell what it is."""
TABLES = {".csv": ",", ".tab": "\t", ".tsv": "\t"}
_TEXTS = (*TABLES, ".txt", ".smi", ".json")
_MAGIC = {".gz": b"\x1f\x8b", ".zip": b"PK", ".parquet": b"PAR1"}
_PAGES = (b"<!doctype", b"<html", b"<?xml version")
_BINARY = (*_MAGIC.values(), b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def defect_of(path: Path, name: str, *, columns: Collection[str] = (), whole: bool = True) -> str:
    """Return what is wrong with a file, empty where nothing is.

    Parameters
    ----------
    path
        Where it lies.
    name
        Its published name, whose suffix says what it is.
    columns
        Names of which its first line must hold one at least; none for a file that is no table.
    whole
        Whether its length was known before it arrived; if not, a text must end with its last line.
    """
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    last = suffixes[-1] if suffixes else ""
    try:
        head, tail = _unpacked_ends(path) if last == ".gz" else _ends(path)
    except UnzipError as error:
        return _not_packed(path, last) or str(error)
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    return (
        _not_packed(path, last)
        or _not_data(head)
        or (_not_text(head) if kind in _TEXTS else "")
        or (_without_columns(head, TABLES.get(kind, ","), columns) if columns else "")
        or ("it ends in the middle of a line" if not whole and kind in TABLES and tail != b"\n" else "")
        or ("it is a truncated .parquet file" if last == ".parquet" and tail != b"1" else "")
    )


def _ends(path: Path) -> tuple[bytes, bytes]:
    """Return the beginning of a file and its last byte."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(-1 if head else 0, 2)
        return head, stream.read(1)


def _unpacked_ends(path: Path) -> tuple[bytes, bytes]:
    """Return the same of what a gzip file holds, all of which is unpacked and checked for it."""
    head, tail = b"", b""
    for piece in _filled(path):
        head = head or piece[:HEAD]
        tail = piece[-1:]
    return head, tail


def _filled(path: Path) -> Iterator[bytes]:
    return (piece for piece in pieces(path) if piece)


def _not_packed(path: Path, suffix: str) -> str:
    magic = _MAGIC.get(suffix)
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head:
        return "it is empty"
    if _is_page(head):
        return "it is a web page, not data"
    return f"it is not a {suffix} file" if magic and not head.startswith(magic) else ""


def _not_data(head: bytes) -> str:
    if not head.strip():
        return "it is empty"
    return "it is a web page, not data" if _is_page(head) else ""


def _is_page(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower().startswith(_PAGES)


def _not_text(head: bytes) -> str:
    return "it is not a text" if head.startswith(_BINARY) or b"\0" in head else ""


def _without_columns(head: bytes, separator: str, columns: Collection[str]) -> str:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode(errors="replace").rstrip("\r")
    try:
        found = next(iter(csv.reader([first], delimiter=separator)), [])
    except csv.Error as error:
        return f"its first line is no line of a table: {error}"
    if set(found) & set(columns):
        return ""
    return f"its first line names no column {' or '.join(columns)}"
