"""Enhanced stereo is read whole from every kind of text: its blank and its commas part no cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.source.table.cxsmiles import with_quotes
from auditor.source.table.opening import read_columns
from auditor.source.table.smiles import smiles_of

EXTENSIONS = (
    "",
    " |&1:1|",
    " |&1:1,3|",
    " |o1:1,&2:3|",
    " |a:1,3|",
    " |wU:1.0,3.2|",
    " |$;;;Q$|",
    " |(1.2,0,;2,1,;),&1:1|",
)
NOTES = ("", "x", "7.5", "a b", "5 | 6", "see note")
SEPARATORS = {",": ".csv", ";": ".csv", "\t": ".tsv"}

texts = st.tuples(
    st.sampled_from(["C[C@H](O)[C@@H](F)CN", r"C/C=C\[C@H](O)C", "c1ccncc1"]), st.sampled_from(EXTENSIONS)
).map("".join)
rows = st.lists(
    st.tuples(texts, st.sampled_from(NOTES), st.sampled_from(["0", "1", ""])), min_size=1, max_size=8
)


def written(cells: list[tuple[str, ...]], separator: str, quoted: bool) -> str:
    quote = '"' if quoted else ""
    return "".join(separator.join([f"{quote}{cells[0]}{quote}", *cells[1:]]) + "\n" for cells in cells)


@settings(max_examples=150, deadline=None)
@given(rows, st.sampled_from(list(SEPARATORS)), st.booleans(), st.booleans())
def test_cells_of_a_table_with_cxsmiles_are_those_that_were_meant(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[tuple[str, ...]],
    separator: str,
    quoted: bool,
    last: bool,
) -> None:
    header = ("smiles", "note", "active")
    order = (1, 2, 0) if last and not quoted else (0, 1, 2)
    table = [tuple(row[i] for i in order) for row in (header, *cells)]
    path = tmp_path_factory.mktemp("cx") / f"table{SEPARATORS[separator]}"
    path.write_text(written(table, separator, quoted))
    columns = read_columns(path)
    assert {name: column.to_pylist() for name, column in columns.arrays.items()} == {
        name: [row[i] for row in cells] for i, name in enumerate(header)
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(texts, st.sampled_from(["", "M1", "a name", "CHEMBL25"])), min_size=1, max_size=6),
    st.sampled_from(" \t"),
    st.booleans(),
)
def test_lines_of_a_smi_file_are_a_structure_and_a_name(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], blank: str, titled: bool
) -> None:
    path = tmp_path_factory.mktemp("smi") / "set.smi"
    title = "SMILES Name\n" if titled else ""  # with a tab between them they are columns
    path.write_text(
        title + "".join(f"{text}{blank}{name}\n" if name else f"{text}\n" for text, name in lines)
    )
    columns = read_columns(path, least=1).arrays
    assert columns["smiles"].to_pylist() == [text for text, _ in lines]
    assert columns["name"].to_pylist() == [name for _, name in lines]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nCCO | 5,2 |,1\n",
        "a|b\nCCO |5,2|\n",
        'a,b\n"x, CC |&1:1,3|",2\n',
        "a,b\nsome text |or, other|,1\n",
        "name\tv\nthis, and |that, too|\t1\n",
    ],
)
def test_other_bars_and_commas_are_left_alone(text: str) -> None:
    assert with_quotes(Path("t.csv"), text.encode()) == text.encode()


def columns_of(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.csv"
    path.write_text(text)
    return smiles_of(read_columns(path), None)[0]


@pytest.mark.parametrize(
    ("header", "column"),
    [("SMILES,CXSMILES,y", "CXSMILES"), ("cxsmiles,smiles,y", "cxsmiles"), ("smiles,isomeric,y", "smiles")],
)
def test_cxsmiles_are_taken_before_smiles_which_say_less(tmp_path: Path, header: str, column: str) -> None:
    assert columns_of(tmp_path, f"{header}\nC[C@H](O)CN,C[C@H](O)CN |&1:1|,1\n") == column


def test_cxsmiles_that_some_rows_lack_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        columns_of(tmp_path, "SMILES,CXSMILES,y\nCC,,1\nC[C@H](O)CN,C[C@H](O)CN |&1:1|,1\n")
    assert "'CXSMILES' is empty in 1 row" in refused.value.message
    assert "--smiles-column 'SMILES'" in (refused.value.hint or "")
