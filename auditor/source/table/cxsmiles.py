"""CXSMILES and .smi files: a structure, a blank and an extension, whose commas part no cells.

ChemAxon's extension stands between bars: ``C[C@H](O)[C@@H](F)CN |&1:1,3|``.
"""

from __future__ import annotations

import re
from pathlib import Path

SMI = (".smi", ".smiles")
"""Suffixes of files of one structure and its name to the line."""
_STRUCTURE = rb"[A-Za-z0-9@+\-\[\]()=#$/\\.%:*~]+"
_EXTENSION = rb"\|[&$^(@A-Za-z][^|\"\r\n]*\|"
_BARE = re.compile(rb"(^|[,;\t])(" + _STRUCTURE + b" " + _EXTENSION + rb")(?=[,;\t\r\n]|\Z)", re.MULTILINE)
_LINE = re.compile(rb"(\S+(?: " + _EXTENSION + rb")?)[ \t]*(.*)")


def with_quotes(path: Path, data: bytes) -> bytes:
    """Return a text as one whose cells a CSV reader finds: lines of .smi and bare CXSMILES are quoted."""
    if _is_smi(path, data):
        return _as_table(data)
    return _BARE.sub(_quoted_cell, data) if b" |" in data else data


def _is_smi(path: Path, data: bytes) -> bool:
    """Return whether a file is .smi in its lines too: no header, or one without a separator."""
    head = data.lstrip().split(b"\n", 1)[0].lower()
    is_table = b"smiles" in head and any(separator in head for separator in b",;\t")
    return not is_table and any(suffix.lower() in SMI for suffix in path.suffixes[-2:])


def _as_table(data: bytes) -> bytes:
    """Return the lines of a .smi file under the header ``smiles,name``; a title line is left out."""
    lines = [line.strip() for line in data.splitlines()]
    if lines and b"smiles" in lines[0].lower():
        lines = lines[1:]
    cells = (_LINE.match(line) for line in lines if line)
    rows = (b",".join(map(_quoted, found.groups())) for found in cells if found)
    return b"\n".join([b"smiles,name", *rows, b""])


def _quoted_cell(found: re.Match[bytes]) -> bytes:
    bare = found[2]
    return found[1] + (_quoted(bare) if b"," in bare or b";" in bare else bare)


def _quoted(cell: bytes) -> bytes:
    return b'"' + cell.replace(b'"', b'""') + b'"'
