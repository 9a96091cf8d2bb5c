"""One table in every container: what is read is the same, and what is not read is named."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdkit import Chem

from auditor.errors import AuditError, DataError, MissingExtra
from auditor.source.rows import SourceData
from auditor.source.table.opening import read_columns
from auditor.source.table.reading import read_table

SMILES = [
    *(
        "CO",
        "CCO",
        "CCCO",
        "c1ccccc1",
        "CC(=O)O",
        "C[C@H](N)C(=O)O",
        "C[C@@H](N)C(=O)O",
        "CC#N",
        "CCN(CC)CC",
    ),
    *(
        "O=C(O)c1ccccc1",
        "Clc1ccccc1",
        "CCOC(C)=O",
        "c1ccncc1",
        "CSC",
        "CC(C)O",
        "C1CCCCC1",
        "F/C=C/F",
        "F/C=C\\F",
    ),
]
Cells = Mapping[str, list[float | None]]
ANY_CASE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def text(cells: Cells, separator: str) -> bytes:
    columns = {"smiles": SMILES, **cells}
    lines = [separator.join(f'"{name}"' for name in columns)]
    for row in zip(*columns.values(), strict=True):
        lines.append(separator.join("" if cell is None else str(cell) for cell in row))
    return "\n".join(lines).encode()


def frame(cells: Cells) -> pd.DataFrame:
    return pd.DataFrame({"smiles": SMILES, **cells})


def parquet(cells: Cells) -> bytes:
    out = io.BytesIO()
    frame(cells).to_parquet(out)
    return out.getvalue()


def feather(cells: Cells) -> bytes:
    out = io.BytesIO()
    frame(cells).to_feather(out)
    return out.getvalue()


def json_lines(cells: Cells) -> bytes:
    rows = zip(*[SMILES, *cells.values()], strict=True)
    return "\n".join(json.dumps(dict(zip(["smiles", *cells], row, strict=True))) for row in rows).encode()


def sdf(cells: Cells) -> bytes:
    records = []
    for row, smiles in enumerate(SMILES):
        properties = [
            f"> <{name}>\n{column[row]}\n\n" for name, column in cells.items() if column[row] is not None
        ]
        records.append(f"{Chem.MolToMolBlock(Chem.MolFromSmiles(smiles))}{''.join(properties)}$$$$\n")
    return "".join(records).encode()


def excel(cells: Cells, *others: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "notes"
    book.active.append(["measured in 2021"])
    for title in ("data", *others):
        sheet = book.create_sheet(title)
        sheet.append(["smiles", *cells])
        for row in zip(*[SMILES, *cells.values()], strict=True):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zstandard(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data))


CONTAINERS: Mapping[str, Callable[[Cells], bytes]] = {
    "a.tsv": lambda cells: text(cells, "\t"),
    "a.txt": lambda cells: text(cells, ";"),
    "a.csv.gz": lambda cells: gzip.compress(text(cells, ",")),
    "a.csv.bz2": lambda cells: bz2.compress(text(cells, ",")),
    "a.csv.xz": lambda cells: lzma.compress(text(cells, ",")),
    "a.csv.zst": lambda cells: zstandard(text(cells, ",")),
    "a.parquet": parquet,
    "a.feather": feather,
    "a.jsonl": json_lines,
    "a.jsonl.zst": lambda cells: zstandard(json_lines(cells)),
    "a.sdf": sdf,
    "a.sdf.gz": lambda cells: gzip.compress(sdf(cells)),
    "a.xlsx": excel,
}


def outcome(path: Path, data: bytes) -> object:
    """The tasks that are read, by name because records of an SD file have no order of columns; or the hint."""
    path.write_bytes(data)
    try:
        found = read_table(path)
    except AuditError as error:
        return error.hint
    return sorted((t.task.name, t.task.kind, list(t.smiles), t.values.tolist()) for t in found.tables)


def column(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float | None]]:
    return st.lists(st.none() | values, min_size=len(SMILES), max_size=len(SMILES))


NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3) + 0.0)
NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" (,)%-µ"), min_size=1
).map(lambda name: f"q {name}".strip())


@pytest.mark.parametrize("name", CONTAINERS)
@given(st.dictionaries(NAMES, column(NUMBERS) | column(st.sampled_from([0, 1])), min_size=1, max_size=4))
@ANY_CASE
def test_a_table_is_the_same_in_every_container(tmp_path: Path, name: str, cells: Cells) -> None:
    meant = outcome(tmp_path / "meant.csv", text(cells, ","))
    assert outcome(tmp_path / name, CONTAINERS[name](cells)) == meant


def read(folder: Path, data: bytes, name: str) -> SourceData:
    path = folder / name
    path.write_bytes(data)
    return read_table(path)


VALUES: Cells = {"logS": [row / 4 for row in range(len(SMILES))]}


@pytest.mark.parametrize(("name", "form"), [
    ("a.csv.gz", ("CSV", "gzip", ",")), ("a.tsv", ("TSV", "", "\t")), ("a.txt", ("text", "", ";")),
    ("a.csv.zst", ("CSV", "Zstandard", ",")), ("a.sdf.gz", ("SDF", "gzip", "")), ("a.xlsx", ("Excel, sheet 'data'", "", "")),
    ("a.parquet", ("Parquet", "", "")), ("a.jsonl", ("JSON Lines", "", "")),
])  # fmt: skip
def test_the_form_of_a_file_is_told(tmp_path: Path, name: str, form: tuple[str, str, str]) -> None:
    (tmp_path / name).write_bytes(CONTAINERS[name](VALUES))
    found = read_columns(tmp_path / name).form
    assert (found.name, found.packed, found.separator) == form


BROKEN = "\n  made\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n" + "".join(
    f"    {x}.0000    0.0000    0.0000 {element} 0  0\n" for x, element in ((0, "F "), (1, "F "))
)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (BROKEN + "  1  2  3  0\nM  END\n", "valence"),
        (BROKEN + "  1  9  1  0\nM  END\n", "cannot be read"),
        (BROKEN.replace("V2000", "V3000") + "M  END\n", "cannot be read"),
    ],
)
def test_a_structure_that_cannot_be_read_is_a_row_with_its_number(
    tmp_path: Path, block: str, said: str
) -> None:
    data = sdf(VALUES) + (block + "> <logS>\n7.5\n\n$$$$\n").encode()
    (found,) = read(tmp_path, data, "a.sdf").tables
    assert found.smiles[-1].startswith(f"record {len(SMILES) + 1}: ") and said in found.smiles[-1]
    assert found.values[-1] == 7.5 and list(found.smiles[:-1]) == SMILES


@pytest.mark.parametrize(
    "head", ["> <logS>\n", ">  <logS>  (7)\n", ">  25  <logS>\n", "> DT12 <logS>\n", ">  <logS> \r\n"]
)
def test_every_way_of_heading_a_property_is_read(tmp_path: Path, head: str) -> None:
    data = sdf(VALUES).decode().replace("> <logS>\n", head).encode()
    assert read(tmp_path, data, "a.sdf").tables[0].values.tolist() == VALUES["logS"]


def test_stereo_groups_of_an_sd_file_are_kept(tmp_path: Path) -> None:
    racemate = Chem.MolFromSmiles("C[C@H](N)C(=O)O |&1:1|")
    record = f"{Chem.MolToV3KMolBlock(racemate)}> <y>\n1.5\n\n$$$$\n"
    (found,) = read(tmp_path, record.encode(), "a.sdf").tables
    assert "|&1:" in found.smiles[0]


def test_two_values_of_one_property_are_refused_with_the_record(tmp_path: Path) -> None:
    data = sdf(VALUES).decode().replace("> <logS>\n0.5\n", "> <logS>\n0.5\n\n> <logS>\n0.75\n").encode()
    with pytest.raises(DataError, match=r"record 3 of .* two values of 'logS'"):
        read(tmp_path, data, "a.sdf")


def test_a_workbook_with_several_sheets_of_smiles_is_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="2 sheets with SMILES: 'data', 'old'") as caught:
        read(tmp_path, excel(VALUES, "old"), "a.xlsx")
    assert "file of its own" in caught.value.hint


@pytest.mark.parametrize("cells", [["compound", "y"], ["", "logS"], ["name", "Ki"]])
def test_a_workbook_without_smiles_names_its_sheets(tmp_path: Path, cells: list[str]) -> None:
    book = openpyxl.Workbook()
    book.active.append(cells)
    book.create_sheet("two").append(cells)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="'Sheet', 'two'"):
        read_table(tmp_path / "a.xlsx")


def test_a_formula_that_was_never_calculated_is_refused_with_its_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["smiles", "y"], ["CC", 1], ["CCC", "=B2*2"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"cell B3 .* formula without a value"):
        read_table(tmp_path / "a.xlsx")


def test_rows_above_the_header_that_are_empty_and_odd_cells_are_read_as_a_csv_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = (
        [],
        [None, "smiles", "y", "z", None],
        [None, "CC", 1.5, True, None],
        [None, "CCC", "n.d.", False, None],
    )
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = {t.task.name: t.values.tolist() for t in read_table(tmp_path / "a.xlsx").tables}
    assert found == {"y": [1.5], "z": [1.0, 0.0]}


def test_a_workbook_without_openpyxl_is_one_line_that_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match="openpyxl") as caught:
        read(tmp_path, excel(VALUES), "a.xlsx")
    assert "pip install 'mtl-audit[excel]'" in caught.value.hint


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "smiles,y\nCC,1\n")
    return out.getvalue()


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        made.addfile(tarfile.TarInfo("a.csv"))
    return out.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table a (smiles text)")
    return connection.serialize()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (archive("a.csv"), "a ZIP archive"),
        (archive("content.xml", "mimetype"), "an OpenDocument spreadsheet"),
        (archive("xl/workbook.bin"), r"a binary Excel workbook \(.xlsb\)"),
        (archive("a.csv")[:40], "a damaged Excel workbook or ZIP archive"),
        (archive("xl/workbook.xml"), "cannot be read as an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"Excel workbook of the old kind \(.xls\)"),
        (pickle.dumps({"smiles": ["CC"], "y": [1]}), "a Python pickle"),
        (tar(), "a TAR archive"),
        (database(), "an SQLite database"),
        (b'[{"smiles": "CC", "y": 1}]', "a JSON array"),
        (b'[\n {"smiles": "CC", "y": 1}\n]\n', "a JSON array"),
        (b'{\n "smiles": ["CC"],\n "y": [1]\n}\n', "a JSON document of several lines"),
        (b"@<TRIPOS>MOLECULE\nethane\n", "a MOL2 file"),
        (zstandard(text(VALUES, ","))[:-9], "damaged or truncated"),
        (b"\x28\xb5\x2f\xfdrest", "damaged or truncated"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_named_by_its_format(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path, data, "a.csv")
    assert caught.value.hint


@pytest.mark.parametrize("first", ["[Na+].[Cl-]", "[13CH4]", "ORC", "{x}"])
def test_a_text_that_begins_as_another_format_does_is_still_read(tmp_path: Path, first: str) -> None:
    (found,) = read(tmp_path, f"{first};smiles;y\n1;CC;1.5\n1;CCC;2.5\n".encode(), "a.csv").tables[-1:]
    assert found.values.tolist() == [1.5, 2.5]
