"""Which columns of a table are features, tasks and the key; whatever could be misread is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import AuditError
from auditor.source.rows import SourceData
from auditor.source.table.featured import Examples, read_examples
from auditor.source.table.frame import read_frame
from tests.featured import known

KEYED = Examples(("x_*",), "id")


def read(frame: pd.DataFrame, examples: Examples = KEYED, tasks: tuple[str, ...] = ()) -> SourceData:
    return read_frame(frame, examples=examples, tasks=tasks)


def names(data: SourceData) -> list[str]:
    return [table.task.name for table in data.tables]


def values(data: SourceData) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    assert data.features is not None
    return data.features.values


def test_what_matches_is_a_feature_and_every_other_column_of_numbers_a_task() -> None:
    data = read(known().assign(remark="text"))
    assert data.features is not None and data.account is not None
    assert data.features.names == tuple(f"x_{place}" for place in range(6))
    assert names(data) == ["a", "b", "c", "d", "e"]
    assert data.tables[0].smiles[0] == data.features.keys[0] == "r0"
    assert data.account.left_out == {"text": ("remark",)} and data.account.key == "id"


def test_names_of_molecular_descriptors_are_tasks_like_others() -> None:
    """A column `mw` is left out beside SMILES, because it is computed from them."""
    assert "mw" in names(read(known().rename(columns={"a": "mw"})))


def test_without_a_key_every_row_is_an_example_of_its_own() -> None:
    frame = known().drop(columns="id")
    data = read(pd.concat([frame, frame]), Examples(("x_*",)))
    assert data.features is not None
    assert len(data.features.keys) == 2 * len(frame) and data.features.keys[0] == "row 1"


@settings(deadline=None, max_examples=25)
@given(shift=st.floats(-1e6, 1e6), factor=st.floats(1e-6, 1e6))
def test_the_unit_of_a_feature_does_not_matter(shift: float, factor: float) -> None:
    frame = known(40)
    other = frame.assign(x_1=frame["x_1"] * factor + shift * factor)
    assert values(read(other)) == pytest.approx(values(read(frame)), abs=1e-7)


def test_features_have_mean_0_and_variance_1_and_a_constant_one_is_told() -> None:
    data = read(known().assign(x_9=7.25))
    found = values(data)
    assert found[:, :6].mean(axis=0) == pytest.approx(0) and found[:, :6].std(axis=0) == pytest.approx(1)
    assert not found[:, 6].any()
    assert data.account is not None and "'x_9'" in data.account.remarks[-1]


def test_rows_of_one_key_are_one_example() -> None:
    frame = known(40)
    again = frame[["id", *(f"x_{place}" for place in range(6))]].assign(a=1.0)
    data = read(pd.concat([frame, again]))
    assert data.features is not None and len(data.features.keys) == 40
    assert len(data.tables[0].values) == frame["a"].notna().sum() + 40


def test_features_in_a_file_of_their_own_are_joined_by_the_key(tmp_path: Path) -> None:
    frame = known(40)
    features = [name for name in frame if name.startswith("x_")]
    frame.drop(columns=features).to_csv(tmp_path / "labels.csv", index=False)
    frame[["id", *features]].sample(frac=1, random_state=1).to_parquet(tmp_path / "f.parquet")
    one = read(frame)
    two = read_examples(tmp_path / "labels.csv", Examples((str(tmp_path / "f.parquet"),), "id"))
    assert names(two) == names(one) and values(two) == pytest.approx(values(one))
    assert two.features is not None and one.features is not None and two.features.keys == one.features.keys


def test_a_long_table_has_a_task_for_every_name(tmp_path: Path) -> None:
    from auditor.source.table.rules import Rules

    frame = known(60)[["x_0", "x_1", "a"]].dropna().assign(school=lambda rows: np.arange(len(rows)) % 3)
    frame.to_csv(tmp_path / "long.csv", index=False)
    rules = Rules(long={"assay": "school", "value": "a"})
    data = read_examples(tmp_path / "long.csv", Examples(("x_*",)), rules=rules)
    assert names(data) == ["0", "1", "2"]
    assert sum(len(table.values) for table in data.tables) == len(frame)


BAD = {
    "no such feature": (lambda f: f, Examples(("y*",), "id"), (), "no column 'y*'"),
    "no such key": (lambda f: f, Examples(("x_*",), "name"), (), "no column 'name'"),
    "feature and task": (lambda f: f, KEYED, ("a", "x_1"), "'x_1' is a feature and a task"),
    "key and task": (lambda f: f, KEYED, ("a", "id"), "'id' is the key and a task"),
    "text": (lambda f: f.assign(x_7="red"), KEYED, (), "holds text, such as 'red'"),
    "a limit": (lambda f: f.assign(x_7=[">5", *["1.5"] * 39]), KEYED, (), "holds no plain numbers"),
    "empty": (lambda f: f.assign(x_7=[np.nan, *[1.0] * 39]), KEYED, (), "is empty in 1 row"),
    "infinite": (lambda f: f.assign(x_7=[np.inf, *[1.0] * 39]), KEYED, (), "infinite"),
    "no key in a row": (lambda f: f.assign(id=[" ", *f["id"][1:]]), KEYED, (), "row 1 of DataFrame has nothing"),
    "a key for two": (lambda f: f.assign(id=["r1", *f["id"][1:]]), KEYED, (), "'r1' has other features in row 2"),
    "no task": (lambda f: f.drop(columns=list("abcde")), KEYED, (), "no column beside"),
    "tasks of text": (lambda f: f[["id", "x_1"]].assign(a="red"), KEYED, (), "no column of numbers beside"),
    "a file and columns": (lambda f: f, Examples(("x_1", "more.csv"), "id"), (), "a file beside other features"),
    "a file without a key": (lambda f: f, Examples(("more.csv",)), (), "must be joined"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_can_be_misread_is_refused_in_one_line(case: str) -> None:
    change, examples, tasks, said = BAD[case]
    with pytest.raises(AuditError) as caught:
        read(change(known(40)), examples, tasks)
    assert said in caught.value.message and caught.value.hint and "\n" not in caught.value.message


def test_a_file_of_features_must_hold_every_example(tmp_path: Path) -> None:
    frame = known(40)
    frame[["id", "x_1"]][3:].to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(AuditError, match=r"no features of 3 examples of DataFrame: 'r0', 'r1', 'r2'"):
        read(frame, Examples((str(tmp_path / "few.csv"),), "id"))
