"""Packed files: stated limits, nothing unpacked onto the disk."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import DataError, UsageError
from auditor.source.fetching import unzip
from auditor.source.fetching.unzip import UnzipError, unzipped
from auditor.source.table import parquet as parquetfile
from auditor.source.table.opening import read_columns
from auditor.source.table.reading import read_table
from tests.http_server import Answers
from tests.plugins.reading import read

MEGABYTE = b"\0" * (1 << 20)


def bomb(path: Path, megabytes: int) -> int:
    """Write so many megabytes of zeros, packed, and return the size of the file."""
    packer = zlib.compressobj(9, wbits=31)
    with path.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(packer.compress(MEGABYTE))
        stream.write(packer.flush())
    return path.stat().st_size


def test_a_gzip_bomb_is_refused_long_before_it_is_unpacked(tmp_path: Path) -> None:
    assert bomb(tmp_path / "a.csv.gz", 300) < 400_000
    seen = 0
    with pytest.raises(UnzipError, match="more than 200 times its size"):
        for piece in unzip.pieces(tmp_path / "a.csv.gz"):
            seen += len(piece)
    assert seen <= unzip.FREE_BYTES
    with pytest.raises(DataError, match="unpacks to more than 200 times its size"):
        read_columns(tmp_path / "a.csv.gz")


@pytest.mark.extras
def test_a_gzip_bomb_from_a_mirror_never_reaches_a_library(server: Answers, tmp_path: Path) -> None:
    bomb(tmp_path / "a.gz", 200)
    server.bodies["/moleculenet/tox21.csv.gz"] = (tmp_path / "a.gz").read_bytes()
    with pytest.raises(DataError, match="times its size"):
        read("tox21", tmp_path / "cache", server.address, offline=False)
    assert not list((tmp_path / "cache" / "files").rglob("tox21.csv.gz"))


def test_a_bomb_in_an_extract_of_chembl_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mirror" / "chembl" / "jak.json.gz"
    path.parent.mkdir(parents=True)
    bomb(path, 100)
    with pytest.raises(DataError, match="times its size"):
        read("chembl-jak", tmp_path / "cache", tmp_path / "mirror")


@given(st.lists(st.binary(max_size=3_000), min_size=1, max_size=4), st.integers(0, 40))
def test_unpacking_gives_what_was_packed_or_says_that_it_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], cut: int
) -> None:
    path = tmp_path_factory.mktemp("a") / "a.gz"
    packed = [gzip.compress(part, mtime=0) for part in parts]
    path.write_bytes(b"".join(packed) + b"\0" * cut)
    assert unzipped(path) == b"".join(parts)
    if 0 < cut < len(packed[-1]) and cut != len(packed[-1]):
        path.write_bytes(b"".join(packed)[:-cut])
        with pytest.raises(UnzipError):
            unzipped(path)


def test_a_parquet_file_of_repeats_is_refused_before_it_is_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    monkeypatch.setattr(parquetfile, "MOST_BYTES", 1 << 28)
    codes = pa.array(np.zeros(2_000_000, dtype=np.int32))
    text = pa.DictionaryArray.from_arrays(codes, pa.array(["C" * 50_000]))
    plain = pa.array(np.zeros(2_000_000))
    pq.write_table(pa.table({"smiles": text, "y": plain}), tmp_path / "a.parquet", store_schema=False)
    assert (tmp_path / "a.parquet").stat().st_size < 200_000  # and 100 GB of text
    with pytest.raises(DataError, match="unpacks to more than"):
        read_columns(tmp_path / "a.parquet")
    rows = pa.table({f"y{n}": pa.array(np.zeros(2_000_000)) for n in range(20)})
    pq.write_table(rows, tmp_path / "b.parquet")
    with pytest.raises(DataError, match="unpacks to more than"):
        read_columns(tmp_path / "b.parquet")


def nested(rows: int, each: int) -> dict[str, Any]:
    """Columns of kinds that can be no task, whose cells are large and alike."""
    import pyarrow as pa

    blob = b"x" * each
    return {
        "binary": pa.array([blob] * rows, pa.binary()),
        "large binary": pa.array([blob] * rows, pa.large_binary()),
        "fixed": pa.array([blob] * rows, pa.binary(each)),
        "list": pa.array([[7] * (each // 8)] * rows, pa.list_(pa.int64())),
        "fixed list": pa.array([[7] * (each // 8)] * rows, pa.list_(pa.int64(), each // 8)),
        "struct": pa.array([{"s": blob.decode(), "n": {"deep": 1}}] * rows),
        "list of structs": pa.array([[{"a": blob, "b": 1}]] * rows),
        "map": pa.array([[("k", blob.decode())]] * rows, pa.map_(pa.string(), pa.string())),
    }


@pytest.mark.parametrize("form", ["parquet", "feather"])
@pytest.mark.parametrize("kind", list(nested(1, 8)))
def test_a_column_that_can_be_no_task_is_never_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, form: str
) -> None:
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet as pq

    rows = 200
    monkeypatch.setattr(parquetfile, "MOST_BYTES", 1 << 18)
    labels = [n % 2 for n in range(rows)]
    table = pa.table(
        {"a.b": labels, "a": nested(rows, 1 << 14)[kind], "smiles": ["CC"] * rows, "y": labels}
    )
    if form == "parquet":
        pq.write_table(table, tmp_path / "t", row_group_size=50)
    else:
        pa.feather.write_feather(table, str(tmp_path / "t"), compression="zstd")
    found = read_columns(tmp_path / "t")
    assert list(found.arrays) == ["a.b", "a", "smiles", "y"]
    assert found.arrays["a"].null_count == rows and found.arrays["a"].nbytes < 10_000
    assert found.arrays["y"].to_pylist() == found.arrays["a.b"].to_pylist() == labels
    assert found.arrays["smiles"].to_pylist() == ["CC"] * rows


@pytest.mark.parametrize("form", ["parquet", "feather"])
def test_text_that_is_packed_as_a_dictionary_is_counted_as_it_is_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet as pq

    monkeypatch.setattr(parquetfile, "MOST_BYTES", 1 << 24)
    codes = pa.array(np.zeros(20_000, dtype=np.int32))
    text = pa.DictionaryArray.from_arrays(codes, pa.array(["C" * 50_000]))
    table = pa.table({"smiles": text, "y": np.zeros(20_000)})
    if form == "parquet":
        pq.write_table(table, tmp_path / "t")
    else:
        pa.feather.write_feather(table, str(tmp_path / "t"))
    with pytest.raises(DataError, match="unpacks to more than"):
        read_columns(tmp_path / "t")


@pytest.mark.extras
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_that_would_write_outside_is_never_unpacked(tmp_path: Path, kind: str) -> None:
    """Such archives lie where PyTDC and DeepChem unpack theirs; no dataset here is read from one."""
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as made:
            made.writestr("../../escaped.txt", "x")
            link = zipfile.ZipInfo("link")
            link.external_attr = 0o120777 << 16
            made.writestr(link, "/etc/passwd")
    else:
        with tarfile.open(fileobj=stream, mode="w:gz") as made_tar:
            made_tar.addfile(tarfile.TarInfo("../../escaped.txt"))
            symlink = tarfile.TarInfo("link")
            symlink.type, symlink.linkname = tarfile.SYMTYPE, "/etc/passwd"
            made_tar.addfile(symlink)
    cache = tmp_path / "a" / "cache"
    for folder, file in (("tdc", "ames.tab"), ("moleculenet", "clintox.csv.gz")):
        (cache / "files" / folder).mkdir(parents=True)
        for name in (f"admet_group.{kind}", f"ames.{kind}", f"clintox.{kind}", "gdb9.tar.gz"):
            (cache / "files" / folder / name).write_bytes(stream.getvalue())
        text = (
            "Drug_ID\tDrug\tY\n1\tCCO\t1\n" if folder == "tdc" else "smiles,FDA_APPROVED,CT_TOX\nCCO,1,0\n"
        )
        body = gzip.compress(text.encode()) if file.endswith(".gz") else text.encode()
        (cache / "files" / folder / file).write_bytes(body)
    read("tdc-ames", cache)
    read("clintox", cache)
    assert not list(tmp_path.rglob("escaped.txt")) and not list(tmp_path.rglob("link"))
    with pytest.raises(DataError, match=r"ZIP archive|TAR archive|damaged|not UTF-8|NUL byte|one column"):
        read_columns(cache / "files" / "tdc" / f"ames.{kind}")


def workbook(sheet: bytes) -> bytes:
    """An Excel workbook whose one sheet is some XML."""
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["smiles", "y"])
    book.save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return made.getvalue()


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
CELL = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (b" " * (200 << 20), "unpacks to more than 200 times its size"),
        (LAUGHS + CELL % b"&a11;", "cannot be read as an Excel workbook|no column|one column"),
        (FILE + CELL % b"&a;", "cannot be read as an Excel workbook|no column|one column"),
    ],
)
def test_a_workbook_that_would_fill_the_memory_or_read_a_file_is_refused(
    tmp_path: Path, sheet: bytes, said: str
) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook(sheet))
    with pytest.raises((DataError, UsageError), match=said) as caught:
        read_table(tmp_path / "a.xlsx")
    assert Path("/etc/hostname").read_text().strip() not in caught.value.message
