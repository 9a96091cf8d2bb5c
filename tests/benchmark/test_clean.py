"""The clean table: what pandas, DeepChem and this tool read of it is what the benchmark holds."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import mlcroissant
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.audit.checking import clean_files, metadata_path, write_clean
from auditor.audit.request import DataRequest
from auditor.errors import StorageError, UsageError
from auditor.plugin.loading import load_registry
from tests.making import ALCOHOLS
from tests.plugins.reading import EXACT

REGISTRY = load_registry()
SMILES = list(ALCOHOLS[:8])


def request(
    folder: Path, columns: dict[str, Any], smiles: list[str] = SMILES, **options: Any
) -> DataRequest:
    path = folder / "mine.csv"
    pd.DataFrame({"smiles": smiles, **columns}).to_csv(path, index=False)
    return DataRequest(str(path), REGISTRY, folder / "cache", **options)


def column(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float | None]]:
    return st.lists(st.none() | values, min_size=8, max_size=8).filter(
        lambda cells: any(c is not None for c in cells)
    )


COLUMNS = st.dictionaries(
    st.from_regex(r"[A-Z][a-z ,\"'()µ-]{0,8}[a-z]", fullmatch=True).filter(lambda name: len(name) > 3),
    column(st.floats(-1e9, 1e9).map(lambda value: value + 0.0)) | column(st.sampled_from([0.0, 1.0])),
    min_size=1, max_size=4,
)  # fmt: skip


@given(COLUMNS, st.sampled_from(["clean.csv", "clean.parquet"]))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_pandas_and_the_tool_itself_read_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, Any], name: str
) -> None:
    folder = tmp_path_factory.mktemp("clean")
    asked = request(folder, columns, missing=("nothing",), tasks=tuple(columns))
    path = folder / name
    write_clean(clean_files(asked, path), path)
    found = pd.read_csv(path, **EXACT) if name.endswith("csv") else pd.read_parquet(path)
    assert list(found.columns) == ["smiles", *columns]
    some = [row for row in range(8) if any(cells[row] is not None for cells in columns.values())]
    assert sorted(found["smiles"]) == sorted(SMILES[row] for row in some)
    by_smiles = found.set_index("smiles")
    for task, cells in columns.items():
        meant = [np.nan if cells[row] is None else float(cells[row]) for row in some]
        got = by_smiles.loc[[SMILES[row] for row in some], task].to_numpy(dtype=float)
        np.testing.assert_array_equal(got, np.array(meant))
    again = DataRequest(str(path), REGISTRY, folder / "cache", missing=("nothing",), tasks=tuple(columns))
    twice = clean_files(again, path)
    assert twice.table == path.read_bytes()


def test_replicates_rejects_and_compounds_without_a_label_are_settled_and_told(tmp_path: Path) -> None:
    smiles = ["CO", "OC", "CCO", "OCC", "bad(", "CCCO", "CCCCO"]
    columns = {"a": [1, 0, 1, 1, 1, 0, None], "b": [1.5, 2.5, None, None, 3.5, None, ">4.5"]}
    asked = request(tmp_path, columns, smiles)
    made = clean_files(asked, tmp_path / "clean.csv")
    assert made.table.decode() == "smiles,a,b\nCO,,2.0\nCCO,1,\nCCCO,0,\n"
    assert made.said.startswith("3 compounds, 2 tasks, 3 labels; 2 measured without a label")
    assert made.read["rejected"] == 1 and made.read["compounds"] == 4


@pytest.mark.extras
def test_deepchem_reads_the_labels_and_what_is_missing(tmp_path: Path) -> None:
    deepchem = pytest.importorskip("deepchem")
    columns = {
        "a": [1, 0, None, 1, 0, None, 1, 0],
        "log S": [0.25, None, 1.5, -2.125, None, 3.0, 4.0, None],
    }
    path = tmp_path / "clean.csv"
    write_clean(clean_files(request(tmp_path, columns), path), path)
    loader = deepchem.data.CSVLoader(
        list(columns), feature_field="smiles", featurizer=deepchem.feat.DummyFeaturizer()
    )
    found = loader.create_dataset(str(path))
    meant = np.array([[np.nan if v is None else v for v in cells] for cells in columns.values()]).T
    written = pd.read_csv(path)["smiles"].tolist()
    order = [written.index(smiles) for smiles in SMILES]
    assert found.ids.tolist() == written and found.tasks.tolist() == list(columns)
    assert (found.w[order] == ~np.isnan(meant)).all()
    np.testing.assert_array_equal(np.where(found.w[order] > 0, found.y[order].astype(float), np.nan), meant)


def test_the_layout_is_the_one_that_chemprop_takes_without_an_option(tmp_path: Path) -> None:
    """chemprop: SMILES in the first column, a target in every other one, an empty cell where it is missing."""
    columns = {"b": [0.5, 1.25] * 4, "a": [0, None] * 4}
    text = clean_files(request(tmp_path, columns), tmp_path / "clean.csv").table
    found = pd.read_csv(io.BytesIO(text), index_col=0)
    assert found.index.tolist() == SMILES and list(found.columns) == ["b", "a"]
    assert text.decode().splitlines()[1:3] == ["CO,0.5,0", "CCO,1.25,"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["clean.csv", "clean.parquet"])
def test_the_metadata_is_valid_croissant_and_gives_the_records(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    columns = {
        "a task, quoted": [1, 0, None, 1, 0, None, 1, 0],
        "logS": [0.25, None, 1.5, -2.0, None, 3.0, 4.0, None],
    }
    path = tmp_path / name
    write_clean(clean_files(request(tmp_path, columns), path), path)
    with caplog.at_level(logging.WARNING):
        found = mlcroissant.Dataset(jsonld=metadata_path(path))
    told = [r.getMessage() for r in caplog.records if "is recommended, but" not in r.getMessage()]
    assert not told and not found.metadata.ctx.issues.errors
    records = list(found.records("compounds"))
    by_smiles = {record["compounds/smiles"].decode(): record for record in records}
    assert sorted(by_smiles) == sorted(SMILES)
    for place, cells in enumerate(columns.values(), start=1):
        got = [by_smiles[smiles][f"compounds/task-{place}"] for smiles in SMILES]
        assert [None if value is None or np.isnan(value) else value for value in got] == cells


def test_nothing_is_half_written_where_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clean.csv"
    made = clean_files(request(tmp_path, {"a": [1, 0] * 4}), path)
    path.mkdir()  # what cannot be replaced by a file
    with pytest.raises(StorageError):
        write_clean(made, path)
    assert not metadata_path(path).exists()


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CSV or Parquet"):
        clean_files(request(tmp_path, {"a": [1, 0] * 4}), tmp_path / "clean.xlsx")


def test_the_metadata_names_the_file_and_its_checksum(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "clean.csv"
    write_clean(clean_files(request(tmp_path, {"a": [1, 0] * 4}), path), path)
    (file,) = json.loads(metadata_path(path).read_bytes())["distribution"]
    assert file["contentUrl"] == "clean.csv"
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
