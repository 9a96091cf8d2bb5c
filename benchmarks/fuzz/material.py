"""What is spoilt: small sound inputs of every format, those that found something once, and words."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
"""A folder per format: inputs that once found a fault. They are tried first, for ever."""
CSV = b'smiles,a,"b ""x"""\nCCO,0,1.5\nCCN,1,2.5e0\nc1ccccc1,,>10\n"CC(=O)O",0,-3\nCCCl,1,"4"\nCCBr,0,\n'
SDF = (
    b"\n  made\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n"
    b"    0.0000    0.0000    0.0000 C   0  0\n    1.0000    0.0000    0.0000 O   0  0\n"
    b"  1  2  1  0\nM  END\n> <a>\n1\n\n> <b>\n2.5\n\n$$$$\n"
)
TOML = (
    b'encoder = "ecfp"\n[analyze]\nepochs = 2\nalso = ["benefit"]\nanalysis-option = ["benefit.seeds=2"]\n'
)
HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\nDrug_ID\tDrug\tY\n1\tCCO\t1\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"17\r\nDrug_ID\tDrug\tY\n1\tCCO\t1\n\r\n0\r\n\r\n",
    b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-3/4\r\nContent-Length: 4\r\n\r\nDrug",
)
WORDS: Mapping[str, tuple[bytes, ...]] = {
    "csv": (
        b",",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"nan",
        b"1e308",
        b"-inf",
        b"1e-320",
        b"\xef\xbb\xbf",
        b"sep=;\n",
        b";",
        b"\t",
        b"|",
        b"[Na+].[Cl-]",
        b"*",
        b"-999",
        b"\xff",
        b"\x1b[2J",
        b"+" * 300,
        b"9" * 400,
        "²".encode(),
    ),
    "parquet": (b"PAR1", b"\0" * 8, b"\xff" * 4, b"\x15\x00", b"\x7f\xff\xff\xff"),
    "feather": (b"ARROW1", b"\0" * 8, b"\xff" * 4, b"\x7f\xff\xff\xff"),
    "sdf": (b"V3000", b"$$$$\n", b"> <a>\n", b"M  END\n", b"999", b"\0", b"-1", b"\r", b"nan\n", b"*"),
    "json": (
        b"null",
        b"NaN",
        b"1e999",
        b"[]",
        b"{}",
        b'""',
        b"-1",
        b"[" * 60,
        b'"\\ud800"',
        b"true",
        b"1e308",
    ),
    "toml": (
        b"[a]\n",
        b'"',
        b"= 1\n",
        b"[[x]]\n",
        b"inf",
        b"-1",
        b"scheduler",
        b'" benefit. scheduler=tcp://h:1"',
        b"'''",
        b"\xff",
        b"\\u0000",
        b"cache-dir",
        b"[tool]\n",
        b"1979-05-27",
        b"{a={b={}}}",
    ),
    "http": (
        b"\r\n",
        b"\r\n\r\n",
        b"Content-Length: abc\r\n",
        b"Content-Length: -1\r\n",
        "Retry-After: ²\r\n".encode(),
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"ffffffffffffffff\r\n",
        b"\0",
        b"Location: file:///etc/passwd\r\n",
        b"Location: //[\r\n",
        b"Content-Range: bytes x\r\n",
        b"A: b\r\n" * 120,
    ),
}
"""What is put into an input of a format, beside single bytes."""


def _parquet() -> bytes:
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(_table(), stream, compression="zstd", row_group_size=4)
    return stream.getvalue()


def _feather() -> bytes:
    import pyarrow as pa

    stream, table = io.BytesIO(), _table()
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def _table() -> Any:
    import pyarrow as pa

    smiles = ["CCO", "CCN", "CCC", "CCCl", "CCBr", "CCF"]
    deep = [[{"x": b"1"}]] * 6
    return pa.table(
        {"smiles": smiles, "a": [0, 1, 0, 1, 1, None], "deep": deep, "b": [0.5, 1, 2, 3, 4, 5.5]}
    )


def _json() -> bytes:
    import auditor

    document = auditor.overlap("synthetic", quiet=True).document
    return json.dumps(document).encode()


SOUND: Mapping[str, Callable[[], tuple[bytes, ...]]] = {
    "csv": lambda: (CSV, CSV.replace(b",", b";"), CSV.replace(b"\n", b"\r"), CSV.split(b"\n")[0]),
    "parquet": lambda: (_parquet(),),
    "feather": lambda: (_feather(),),
    "sdf": lambda: (SDF, SDF * 3),
    "json": lambda: (_json(),),
    "toml": lambda: (TOML, b"[tool.mtl-audit]\n" + TOML),
    "http": lambda: HTTP,
}


@functools.cache
def seeds(form: str) -> tuple[bytes, ...]:
    """Return the inputs of a format that are spoilt: the kept ones, then the sound ones."""
    return (*kept(form), *SOUND[form]())


def kept(form: str) -> tuple[bytes, ...]:
    """Return the inputs of a format that found something once."""
    return tuple(path.read_bytes() for path in sorted((CORPUS / form).glob("*")))
