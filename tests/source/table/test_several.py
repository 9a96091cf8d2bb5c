"""Several tables joined into one audit: what is one task, what each is called, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.benchmark.joining import join
from auditor.chemistry.naming import identify
from auditor.errors import AuditError, DataError, UsageError
from auditor.source.rows import SourceData
from auditor.source.table.rules import Rules
from auditor.source.table.several import read_tables
from tests.making import ALCOHOLS, identity

Table = Mapping[str, list[object]]
NUMBERS = [1.5, 2.5, 3.25, 0.75, 9.5, 4.0]
CLASSES = [1, 0, 1, 1, 0, 0]
SMILES = list(ALCOHOLS[:6])


def write(folder: Path, tables: Mapping[str, Table]) -> list[Path]:
    """The files of some tables, by name; a name with a slash lies in a folder."""
    for name, columns in tables.items():
        (folder / name).parent.mkdir(exist_ok=True)
        pd.DataFrame({"smiles": SMILES, **columns}).to_csv(folder / name, index=False)
    return [folder / name for name in tables]


def names(data: SourceData) -> list[str]:
    return [table.task.name for table in data.tables]


@pytest.mark.parametrize(
    ("tables", "called"),
    [
        ({"ames.csv": {"Y": CLASSES}, "logS.csv": {"Y": NUMBERS}}, ["ames", "logS"]),
        ({"ames.csv.gz": {"label": CLASSES}, "herg.tsv.gz": {"value": NUMBERS}}, ["ames", "herg"]),
        ({"egfr.csv": {"pIC50": NUMBERS}, "her2.csv": {"pIC50": NUMBERS}}, ["egfr", "her2"]),
        ({"a.csv": {"x": NUMBERS, "y2": NUMBERS}, "b.csv": {"Y": CLASSES}}, ["x", "y2", "b"]),
        ({"a.csv": {"x": NUMBERS, "z": NUMBERS}, "b.csv": {"z": NUMBERS, "w": NUMBERS}}, ["x", "z", "w"]),
        ({"a.csv": {"x": NUMBERS, "z": NUMBERS}, "b.csv": {"z": CLASSES, "w": NUMBERS}}, ["x", "a: z", "b: z", "w"]),
        ({"a.csv": {"x": NUMBERS, "Y": NUMBERS}, "b.csv": {"Y": NUMBERS, "w": NUMBERS}}, ["x", "a: Y", "b: Y", "w"]),
        ({"one/data.csv": {"Y": CLASSES}, "two/data.csv": {"Y": CLASSES}}, ["one/data", "two/data"]),
    ],
)  # fmt: skip
def test_a_task_is_called_after_its_file_where_its_column_does_not_tell(
    tmp_path: Path, tables: Mapping[str, Table], called: list[str]
) -> None:
    assert names(read_tables(write(tmp_path, tables))) == called


def test_the_same_task_in_two_files_has_the_rows_of_both_and_is_told(tmp_path: Path) -> None:
    paths = write(
        tmp_path, {"a.csv": {"x": NUMBERS, "z": NUMBERS}, "b.csv": {"z": NUMBERS[::-1], "w": CLASSES}}
    )
    data = read_tables(paths)
    (shared,) = [table for table in data.tables if table.task.name == "z"]
    assert shared.values.tolist() == [*NUMBERS, *NUMBERS[::-1]] and list(shared.smiles) == [
        *SMILES,
        *SMILES,
    ]
    assert data.account is not None and "The same task in several files: 'z'." in data.account.remarks


@pytest.mark.parametrize(("conflicts", "label"), [("drop", None), ("median", 1.75), ("keep", None)])
def test_a_conflict_between_two_files_is_settled_by_the_policy(
    tmp_path: Path, conflicts: str, label: float | None
) -> None:
    other = [2.0, *NUMBERS[1:]]
    paths = write(tmp_path, {"a.csv": {"x": NUMBERS, "z": NUMBERS}, "b.csv": {"z": other, "w": CLASSES}})
    data = read_tables(paths)
    named = identify(SMILES, identity(), cache=tmp_path / "cache")
    found = join("x", data, named, identity="inchikey", conflicts=conflicts)  # type: ignore[arg-type]
    assert found.counts[1].conflicting == 1
    rows, values = found.benchmark.labels.column(1)
    kept = dict(zip(rows.tolist(), values.tolist(), strict=True))
    assert label is None or kept[0] == label


@pytest.mark.parametrize(
    ("a", "b"),
    [([1, 2, 1, 1, 2, 2], CLASSES), (["55 %", "3 %", "4 %", "5 %", "9 %", "1 %"], NUMBERS), ([1, 2] * 3, [2, 3] * 3)],
)  # fmt: skip
def test_a_column_that_two_files_write_otherwise_is_two_tasks(
    tmp_path: Path, a: list[object], b: list[object]
) -> None:
    paths = write(tmp_path, {"a.csv": {"x": NUMBERS, "z": a}, "b.csv": {"z": b, "w": NUMBERS}})
    assert names(read_tables(paths)) == ["x", "a: z", "b: z", "w"]


def test_tasks_are_chosen_by_their_own_names_or_by_those_of_columns(tmp_path: Path) -> None:
    tables: dict[str, Table] = {"ames.csv": {"Y": CLASSES}, "logS.csv": {"Y": NUMBERS, "MW": NUMBERS}}
    paths = write(tmp_path, tables)
    assert names(read_tables(paths, tasks=["logS"])) == ["logS"]
    assert names(read_tables(paths, tasks=["Y"])) == ["ames", "logS"]
    assert names(read_tables(paths, tasks=["MW", "ames"])) == ["logS", "ames"]
    assert names(read_tables(paths, rules=Rules(exclude=("ames",)))) == ["logS"]
    for options in ({"tasks": ["herg"]}, {"rules": Rules(exclude=("herg",))}):
        with pytest.raises(UsageError, match="no file has a column or task 'herg'"):
            read_tables(paths, **options)  # type: ignore[arg-type]


def test_a_file_without_a_task_or_named_twice_ends_it(tmp_path: Path) -> None:
    paths = write(tmp_path, {"a.csv": {"Y": CLASSES}, "b.csv": {"name": list("abcdef")}})
    with pytest.raises(DataError, match=r"b\.csv has no numeric column"):
        read_tables(paths)
    with pytest.raises(UsageError, match=r"a\.csv is named twice"):
        read_tables([paths[0], paths[0]])


def test_the_smiles_column_that_is_named_is_taken_where_it_is(tmp_path: Path) -> None:
    paths = write(tmp_path, {"a.csv": {"Y": CLASSES, "parent": SMILES[::-1]}, "b.csv": {"Y": NUMBERS}})
    found = read_tables(paths, smiles_column="parent")
    assert found.account is not None
    assert [file.smiles_column for file in found.account.files] == ["parent", "smiles"]
    with pytest.raises(UsageError, match=r"a\.csv has no column 'drug'"):
        read_tables(paths, smiles_column="drug")


def test_the_account_counts_the_rows_of_all_files(tmp_path: Path) -> None:
    found = read_tables(write(tmp_path, {"a.csv": {"Y": [1, None, 0, 1, 1, 0]}, "b.csv": {"Y": NUMBERS, "n": list("abcdef")}})).account  # fmt: skip
    assert found is not None
    assert (found.rows, len(found.valued), [file.name for file in found.files]) == (
        12,
        11,
        ["a.csv", "b.csv"],
    )
    assert dict(found.left_out) == {"text": ("n",)}


def column(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float | None]]:
    return st.lists(st.none() | values, min_size=6, max_size=6)


@given(
    st.dictionaries(
        st.from_regex(r"task [a-m]{1,5}", fullmatch=True),
        column(st.integers(-999, 999).map(lambda n: n / 8)) | column(st.sampled_from([0, 1])),
        min_size=2,
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_single_task_files_give_the_benchmark_of_the_table_of_them_all(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, list[float | None]]
) -> None:
    folder = tmp_path_factory.mktemp("joined")
    cache = tmp_path_factory.getbasetemp() / "cache"
    (whole,) = write(folder, {"whole.csv": columns})  # type: ignore[dict-item]
    alone = write(folder, {f"{name}.csv": {"Y": values} for name, values in columns.items()})  # type: ignore[misc]
    found = []
    for paths in ([whole], alone):
        try:
            data = read_tables(paths)
        except AuditError as error:
            found.append(error.hint)
            continue
        joined = join("x", data, identify(SMILES, identity(), cache=cache), identity="inchikey")
        made = joined.benchmark
        found.append((made.tasks, made.compounds, made.smiles, made.labels.digest()))
    empty = [name for name, values in columns.items() if not any(value is not None for value in values)]
    if empty:  # alone, a file without any value is none that can be joined
        assert "every task needs a column of numbers" in str(found[1])
    else:
        assert found[0] == found[1]
