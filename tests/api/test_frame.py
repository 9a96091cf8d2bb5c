"""A DataFrame gives the audit that its CSV gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import auditor
from auditor.errors import AuditError, UsageError
from tests.making import ALCOHOLS, source, table

COLUMNS = st.one_of(
    st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=8, max_size=8),
    st.lists(st.floats(width=32, allow_infinity=False) | st.just(np.nan), min_size=8, max_size=8).map(
        lambda values: np.array(values, dtype=np.float32)
    ),
    st.lists(st.integers(-5, 10**15), min_size=8, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.lists(st.sampled_from(["0", "1", "", "NA", None, "2.5", "text"]), min_size=8, max_size=8),
    st.lists(st.sampled_from([True, False, None, 1, 0.5]), min_size=8, max_size=8),
    st.just(pd.date_range("2026-01-01", periods=8)),
    st.just(pd.array([1, None, 0, 1, 1, None, 0, 0], dtype="Int64")),
    st.just(pd.Categorical(["a", "b"] * 4)),
)
SMILES = st.lists(st.sampled_from([*ALCOHOLS[:5], "bad", "", None]), min_size=8, max_size=8)


def said(benchmark: Any, cache: Path, **options: Any) -> Any:
    """Return what an audit says, or how it refuses, without the name of what was audited."""
    try:
        data = dict(auditor.overlap(benchmark, cache_dir=cache, quiet=True, min_support=4, **options).data)
    except AuditError as error:
        return type(error), str(error).replace(str(benchmark), "DataFrame").replace(
            "table.csv", "DataFrame"
        )
    facts = {
        key: value for key, value in data["benchmark"].items() if key not in ("name", "files", "source")
    }
    return {**data, "benchmark": facts}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(smiles=SMILES, columns=st.lists(COLUMNS, min_size=1, max_size=3), named=st.booleans())
def test_a_dataframe_gives_the_audit_of_its_csv(
    smiles: list[str | None], columns: list[Any], named: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    frame = pd.DataFrame({"SMILES": smiles, **{f"task {n}": column for n, column in enumerate(columns)}})
    frame.index.name = "entry" if named else None
    path = folder / "table.csv"
    frame.to_csv(path, index=named)
    only = {"only": ["power", "label-correlation"]}
    assert said(frame, folder / "cache", **only) == said(path, folder / "cache", **only)


def test_columns_are_named_by_the_caller() -> None:
    frame = pd.DataFrame({"smiles": ALCOHOLS, "drug": ALCOHOLS, "a": range(60), "b": [0, 1] * 30, "c": 1.5})
    found = auditor.overlap(frame, smiles="drug", tasks=["b", "a"], quiet=True)
    assert list(found.tasks.index) == ["b", "a"] and found.name == "DataFrame"
    assert list(found.tasks.kind) == ["classification", "regression"]
    assert (
        found.document["meta"]["command"] == "auditor.overlap(DataFrame, smiles='drug', tasks=['b', 'a'])"
    )


def test_an_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"a": [0, 1] * 30}, index=pd.Index(ALCOHOLS, name="smiles"))
    assert auditor.overlap(frame, quiet=True).data["benchmark"]["compounds"] == 60


def test_a_dataframe_is_not_changed() -> None:
    frame = pd.DataFrame({"smiles": ALCOHOLS, "a": [0, 1] * 30, "b": [1, 0] * 30})
    before = frame.copy(deep=True)
    auditor.overlap(frame, quiet=True)
    pd.testing.assert_frame_equal(frame, before)


def test_columns_of_several_levels_are_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(UsageError, match="several levels"):
        auditor.overlap(frame)


def test_a_file_beside_does_not_stand_for_rows_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "SourceData").write_text("nothing")
    rows = source(table("a", ALCOHOLS, [0, 1] * 30), table("b", ALCOHOLS, [1, 0] * 30))
    assert list(auditor.overlap(rows, tasks=["b"], quiet=True).tasks.index) == ["b"]
