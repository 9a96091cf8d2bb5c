"""A user's table: every cell where it belongs, or one clear error; never a guess, never a crash."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.errors import AuditError, DataError, UsageError
from auditor.source.rows import SourceData
from auditor.source.table.reading import read_rows, read_table

BASIC = "smiles,active,logS\nCCO,1,-0.5\nCCN,,1.5\nCCC,0,\n"
ANY_CASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(folder: Path, data: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(
    folder: Path,
    data: str | bytes,
    name: str = "a.csv",
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
) -> SourceData:
    return read_table(write(folder, data, name), smiles_column=smiles_column, tasks=tasks)


def found(data: SourceData) -> dict[str, tuple[str, list[str], list[float]]]:
    return {t.task.name: (t.task.kind, list(t.smiles), t.values.tolist()) for t in data.tables}


def test_an_empty_cell_leaves_its_row_out_of_that_task_only(tmp_path: Path) -> None:
    assert found(read(tmp_path, BASIC)) == {
        "active": ("classification", ["CCO", "CCC"], [1, 0]),
        "logS": ("regression", ["CCO", "CCN"], [-0.5, 1.5]),
    }


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv", "a.tab", "a.txt", "a.parquet", "a.csv"])
def test_every_format_gives_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = pd.read_csv(io.StringIO(BASIC))
    if name == "a.parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if name in ("a.tsv", "a.tab", "a.txt") else ",")
    assert found(read_table(path)) == found(read(tmp_path, BASIC, "b.csv"))


@pytest.mark.parametrize(
    "text",
    [
        BASIC.replace("\n", "\r\n"),
        "\ufeff" + BASIC,
        BASIC.replace(",", ";"),
        BASIC.replace("\n", "\n\n"),
        BASIC.rstrip("\n"),
        BASIC.replace("-0.5", " -0.5 ").replace("CCO", '"CCO"'),
        BASIC.replace("1.5", "+1.5"),
        BASIC.replace(",,", ",NA,"),
        BASIC.replace(",,", ",nan,"),
    ],
)
def test_the_ways_of_writing_a_table_do_not_matter(tmp_path: Path, text: str) -> None:
    assert found(read(tmp_path, text)) == found(read(tmp_path, BASIC, "b.csv"))


def test_gzip_is_told_by_content_and_may_have_several_parts(tmp_path: Path) -> None:
    half = len(BASIC) // 2
    data = gzip.compress(BASIC[:half].encode(), mtime=0) + gzip.compress(BASIC[half:].encode(), mtime=0)
    assert found(read(tmp_path, data)) == found(read(tmp_path, BASIC, "b.csv"))


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8
)
reach = st.floats(-1e99, 1e99).filter(lambda number: number == 0 or abs(number) >= 1e-99)
cells = st.one_of(st.none(), st.integers(-(10**6), 10**6), reach)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[str], list[list[float | None]]]:
    tasks = draw(st.lists(names.map("t-{}-y".format), min_size=1, max_size=4, unique=True))
    rows = draw(st.integers(1, 8))
    smiles = draw(st.lists(st.text("CNO()=#123", max_size=6), min_size=rows, max_size=rows))
    return tasks, smiles, [[draw(cells) for _ in tasks] for _ in range(rows)]


@given(tables())
@ANY_CASE
def test_what_is_written_is_read(
    tmp_path: Path, written: tuple[list[str], list[str], list[list[float | None]]]
) -> None:
    tasks, smiles, rows = written
    assume(any(value is not None for row in rows for value in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["smiles", *tasks])
    writer.writerows(
        [one, *("" if v is None else repr(v) for v in row)] for one, row in zip(smiles, rows, strict=True)
    )
    found = {table.task.name: table for table in read(tmp_path, text.getvalue(), tasks=tasks).tables}
    for index, task in enumerate(tasks):
        measured = [
            (one, row[index]) for one, row in zip(smiles, rows, strict=True) if row[index] is not None
        ]
        assert (task in found) == bool(measured)
        if not measured:
            continue
        assert list(found[task].smiles) == [one for one, _ in measured]
        values = [float(value) for _, value in measured if value is not None]
        if found[task].task.kind == "classification" and not set(values) <= {0, 1}:
            _, high = sorted(set(values))
            values = [float(value == high) for value in values]
        assert found[task].values.tolist() == values


@given(st.binary(max_size=400))
@ANY_CASE
def test_random_bytes_are_a_table_or_an_error(tmp_path: Path, data: bytes) -> None:
    for name in ("a.csv", "a.tsv", "a.parquet", "a.csv.gz"):
        try:
            assert read(tmp_path, data, name).tables
        except AuditError as error:
            assert error.message
            assert error.hint


scraps = st.sampled_from(["smiles", "CCO", "1", "", "x", '"', "0.5", "\ud7ff", "é", "\r", "'", "\\", "inf"])


@given(st.lists(st.lists(scraps, max_size=4), max_size=6), st.sampled_from([",", "\t", ";"]))
@ANY_CASE
def test_broken_tables_are_a_table_or_an_error(
    tmp_path: Path, rows: list[list[str]], separator: str
) -> None:
    try:
        data = read(tmp_path, "\n".join(separator.join(row) for row in rows))
    except AuditError as error:
        assert error.message
        assert error.hint
    else:
        for table in data.tables:
            assert len(table.smiles) == len(table.values)
            assert np.isfinite(table.values).all()


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
@ANY_CASE
def test_a_damaged_parquet_file_is_a_table_or_an_error(tmp_path: Path, where: int, noise: bytes) -> None:
    path = tmp_path / "whole.parquet"
    if not path.exists():
        pd.read_csv(io.StringIO(BASIC)).to_parquet(path)
    body = bytearray(path.read_bytes())
    start = where % len(body)
    body[start : start + len(noise)] = noise
    try:
        read(tmp_path, bytes(body), "damaged.parquet")
    except AuditError as error:
        assert error.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"smiles,y\n", "no rows"),
        (b"smiles\nCC\n", "one column only"),
        (b"smiles,y\nCC\nCCC,1,2\nC,1\n", "2 rows with more or fewer cells"),
        (b"smiles,y,y\nCC,1,2\n", "more than one column named 'y'"),
        ("smiles,y\nCC,ä\n".encode("latin1"), "line 2 of .* is not UTF-8"),
        ("smiles,y\nCC,1\n".encode("utf-16"), "UTF-16"),
        (b"smiles,y\nC\0C,1\n", "line 2 of .* NUL"),
        (b"smiles,y\n" + b"C" * 1_000_000 + b",1\n", "row 1 of .* a cell of 1,000,000 bytes"),
        (b"smiles,y\nCC,inf\nC,-inf\nO,1\n", "'y' of .* has 2 infinite values"),
        (b"smiles,y\nCC,1e999\nC,1\n", "1 infinite value$"),
        (b"smiles,y\nCC,~10\nC,1\nO,2\n", "'y' of .* has 1 cell of text, such as '~10'"),
        (b'smiles,y\nCC,"1,5"\nC,1.5\nO,2\n', "in two ways: '1,5' has a comma"),
        (b'smiles,y\nCC,"1,037"\nC,"2,500"\n', "in two ways: '1,037' may be 1037 or 1.037"),
        (b"smiles,y\nCC,50 %\nC,0.5\n", "in two ways: some values carry % and some do not"),
        (b"smiles,name\nCC,a\nC,b\n", "no numeric column"),
        (b"<!DOCTYPE html><p>smiles,y", "web page"),
        (b"PK\x03\x04rest", "Excel"),
        (b"PAR1rest", "cannot be read as a table"),
        (b"\x1f\x8bnothing", "damaged gzip"),
        (gzip.compress(b"smiles,y\nCC,1\n", mtime=0)[:-9], "truncated gzip"),
    ],
)
def test_what_is_no_table_is_one_error_with_a_hint(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path, data)
    assert caught.value.hint
    assert str(tmp_path) in caught.value.message


@pytest.mark.parametrize(
    ("cells", "hint"),
    [
        (("~10", "~ 5"), "write a number, with > or < before it at most"),
        (("inconclusive", "Equivocal"), "leave what was inconclusive empty"),
    ],
)
def test_text_where_a_number_was_meant_is_answered_with_what_to_write(
    tmp_path: Path, cells: tuple[str, str], hint: str
) -> None:
    a, b = cells
    with pytest.raises(DataError, match="no numeric column") as nothing:
        read(tmp_path, f"smiles;x\nCC;{a}\nC;{b}\n")
    with pytest.raises(DataError, match="cells of text") as some:
        read(tmp_path, f"smiles;x\nCC;{a}\nC;{b}\nO;1\nN;2\n")
    assert hint in nothing.value.hint and hint in some.value.hint


def left_out(data: SourceData) -> dict[str, tuple[str, ...]]:
    assert data.account is not None
    return dict(data.account.left_out)


def test_a_column_that_is_left_out_for_its_text_is_told(tmp_path: Path) -> None:
    assert left_out(read(tmp_path, "smiles;x;y\nCC;tall;1\nC;short;2\n")) == {"text": ("x",)}
    assert left_out(read(tmp_path, BASIC)) == {}


def test_every_row_is_returned_whether_measured_or_not(tmp_path: Path) -> None:
    smiles, data = read_rows(write(tmp_path, BASIC.replace("CCN,,1.5", "CCN,,")))
    assert list(smiles) == ["CCO", "CCN", "CCC"]
    assert [len(table.smiles) for table in data.tables] == [2, 1]
    smiles, data = read_rows(write(tmp_path, "smiles\nCC\n\nC\n"))
    assert (list(smiles), data.tables) == (["CC", "C"], ())


def test_a_path_that_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(DataError, match="there is no file"):
        read_table(tmp_path / "absent.csv")


def test_an_open_quotation_mark_does_not_swallow_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read(tmp_path, 'smiles,y\n"CC,1\nCCC,2\nC,3\n')


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.source.fetching.unzip.MOST_BYTES", 1 << 20)
    with pytest.raises(DataError, match="unpacks to more than"):
        read(tmp_path, gzip.compress(b"C" * (5 << 20), mtime=0), "a.csv.gz")


@pytest.mark.parametrize("header", ["smiles", "SMILES", "Smiles", "canonical_smiles", "Ligand SMILES",
                                    "Drug", "structure", "mol", "X"])  # fmt: skip
def test_the_smiles_column_is_found_by_its_name(tmp_path: Path, header: str) -> None:
    data = read(tmp_path, f"id,{header},y\n7,CCO,1\n9,CCN,0\n")
    assert data.tables[0].smiles == ("CCO", "CCN")


def test_a_column_named_smiles_wins_over_others(tmp_path: Path) -> None:
    data = read(tmp_path, "raw_smiles,Smiles,mol,y\nC,CC,CCC,1\n")
    assert data.tables[0].smiles == ("CC",)


def test_several_candidates_are_not_guessed_between(tmp_path: Path) -> None:
    text = "raw_smiles,clean_smiles,y\nC,CC,1\n"
    with pytest.raises(UsageError, match="'raw_smiles', 'clean_smiles'") as caught:
        read(tmp_path, text)
    assert "--smiles-column" in caught.value.hint
    assert read(tmp_path, text, smiles_column="clean_smiles").tables[0].smiles == ("CC",)


def test_a_missing_smiles_column_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it has 'a', 'b'"):
        read(tmp_path, "a,b\n1,2\n")
    with pytest.raises(UsageError, match="no column 'SMILE'"):
        read(tmp_path, BASIC, smiles_column="SMILE")


def test_an_empty_smiles_stays_so_that_it_is_counted(tmp_path: Path) -> None:
    assert read(tmp_path, "smiles,y\n,1\nCC,2\n").tables[0].smiles == ("", "CC")


def test_identifiers_row_numbers_and_text_are_no_tasks_and_are_named(tmp_path: Path) -> None:
    rows = [f"{i},{900 + i * i},{i + 7},{i},{'C' * i},name {i},{i / 2 + 0.5}" for i in range(1, 7)]
    text = "\n".join([",CID,MolID,count,smiles,name,y", *rows])
    data = read(tmp_path, text)
    assert [table.task.name for table in data.tables] == ["y"]
    assert left_out(data) == {
        "identifiers": ("CID", "MolID"), "row numbers": ("", "count"), "text": ("name",)
    }  # fmt: skip


def test_tasks_that_are_asked_for_come_in_that_order(tmp_path: Path) -> None:
    data = read(tmp_path, BASIC, tasks=["logS", "active"])
    assert [table.task.name for table in data.tables] == ["logS", "active"]
    assert data.notes == ()


def test_an_identifier_can_be_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, "smiles,fold\nC,1\nCC,3\n", tasks=["fold"]).tables[0].values.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("tasks", "said", "hint"),
    [
        (["logs"], "no column 'logs'", "did you mean 'logS'"),
        (["zzz"], "no column 'zzz'", "it has 'smiles', 'active', 'logS'"),
        (["smiles"], "is the SMILES column", "--tasks"),
        (["logS", "logS"], "named twice", "--tasks"),
    ],
)
def test_a_task_that_is_not_there_is_a_usage_error(
    tmp_path: Path, tasks: list[str], said: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(tmp_path, BASIC, tasks=tasks)
    assert hint in caught.value.hint


def test_text_in_a_task_that_was_asked_for_is_counted_not_dropped(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has 3 cells of text, such as 'short', 'tall'"):
        read(tmp_path, "smiles,y\nC,tall\nCC,short\nCCC,tall\nO,1\n", tasks=["y"])


def test_a_column_of_zeros_and_ones_is_classification_and_any_other_regression(tmp_path: Path) -> None:
    text = "smiles,a,b,c,d\nC,0,0.0,2,True\nCC,1,1.0,1,False\nCCC,,0,,\n"
    kinds = [table.task.kind for table in read(tmp_path, text).tables]
    assert kinds == ["classification", "classification", "regression", "classification"]


def test_a_column_without_any_value_is_left_out_and_told(tmp_path: Path) -> None:
    data = read(tmp_path, "smiles,a,b\nC,1,\nCC,0,\n")
    assert [table.task.name for table in data.tables] == ["a"] and left_out(data) == {
        "no value at all": ("b",)
    }


def test_typed_parquet_columns_are_taken_as_they_are(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "smiles": pd.Categorical(["C", "CC", "C"]),
            "active": [True, False, True],
            "count": pd.array([5, None, 2], dtype="Int64"),
            "value": np.array([0.5, np.nan, 2], dtype=np.float32),
            "when": pd.to_datetime(["2020-01-01"] * 3),
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    data = read_table(tmp_path / "a.parquet")
    assert found(data) == {
        "active": ("classification", ["C", "CC", "C"], [1, 0, 1]),
        "count": ("regression", ["C", "C"], [5, 2]),
        "value": ("regression", ["C", "C"], [0.5, 2]),
    }
    assert list(left_out(data).values()) == [("when",)]


def test_a_large_table_is_read_in_seconds(tmp_path: Path) -> None:
    rows = 50_000
    frame = pd.DataFrame(
        {"smiles": [f"C{'C' * (i % 50)}" for i in range(rows)], "key": [f"k{i}" for i in range(rows)]}
    )
    for task in range(10):
        frame[f"y{task}"] = np.where(np.arange(rows) % 3 == task % 3, np.arange(rows) / 7, np.nan)
    frame.to_csv(tmp_path / "large.csv", index=False)
    started = time.monotonic()
    data = read_table(tmp_path / "large.csv")
    assert time.monotonic() - started < 20
    assert sum(len(table.values) for table in data.tables) == frame.iloc[:, 2:].notna().sum().sum()


@pytest.mark.published
def test_a_published_file_reads_as_pandas_reads_it(mirror: Path) -> None:
    path = mirror / "moleculenet" / "tox21.csv.gz"
    raw = pd.read_csv(path)
    data = read_table(path)
    assert [table.task.name for table in data.tables] == [c for c in raw if c not in ("mol_id", "smiles")]
    for table in data.tables:
        column = raw[table.task.name]
        assert list(table.smiles) == raw.smiles[column.notna()].tolist()
        np.testing.assert_array_equal(table.values, column.dropna().to_numpy())
        assert table.task.kind == "classification"


@pytest.mark.published
def test_a_published_file_with_repeated_names_is_refused(mirror: Path) -> None:
    with pytest.raises(DataError, match="more than one column named 'E1-PBE0'"):
        read_table(mirror / "moleculenet" / "qm8.csv")
