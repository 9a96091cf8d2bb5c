"""TDC sets through PyTDC: the published rows, whatever happens to the file."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.errors import DataError
from auditor.source.library import quietly
from mtl_audit_tdc.catalog import ADMET_GROUP, PAPER_21, SETS
from tests.plugins.reading import EXACT, read, registry, tree

HEADER = "Drug_ID\tDrug\tY\n"


def place(mirror: Path, name: str, text: str) -> Path:
    path = mirror / "tdc" / f"{name}.tab"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.extras
def test_every_adme_and_tox_set_of_pytdc_is_offered_by_its_exact_name() -> None:
    with quietly("PyTDC", reading="its lists", extra="tdc"):
        from tdc import metadata
    assert set(SETS) == {*metadata.adme_dataset_names, *metadata.toxicity_dataset_names}
    assert {name for name in SETS if SETS[name].family == "ADME"} == set(metadata.adme_dataset_names)
    assert {f"tdc-{name}" for name in SETS} <= set(registry().names("dataset"))


@pytest.mark.extras
def test_the_panel_is_the_benchmark_group_of_pytdc() -> None:
    with quietly("PyTDC", reading="its lists", extra="tdc"):
        from tdc import metadata
    group = [name for names in metadata.admet_benchmark.values() for name in names]
    assert sorted(ADMET_GROUP) == sorted(group)
    assert len(PAPER_21) == len(set(PAPER_21)) == 21
    assert set(PAPER_21) <= set(SETS)


@pytest.mark.extras
def test_rows_arrive_as_published_with_their_repeats(tmp_path: Path) -> None:
    place(tmp_path, "ames", HEADER + "1\tCCO\t1\n2\tCCO\t0\n3\tOCC\t1\n4\tnot a molecule\t0\n")
    data, facts = read("tdc-ames", tmp_path / "cache", tmp_path)
    (table,) = data.tables
    assert table.smiles == ("CCO", "CCO", "OCC", "not a molecule")
    assert table.values.tolist() == [1, 0, 1, 0]
    assert (table.task.name, table.task.kind, table.task.domain) == ("ames", "classification", "tdc/ames")
    assert facts["libraries"]["PyTDC"]
    assert facts["files"][0]["url"].startswith("https://dataverse.harvard.edu/api/access/datafile/")


@pytest.mark.extras
def test_the_other_header_that_tdc_publishes_is_read_too(tmp_path: Path) -> None:
    place(tmp_path, "half_life_obach", "ID\tX\tY\n1\tCCO\t2.5\n2\tCCN\t1.0\n")
    (table,) = read("tdc-half_life_obach", tmp_path / "cache", tmp_path)[0].tables
    assert (table.smiles, table.values.tolist(), table.task.unit) == (("CCO", "CCN"), [2.5, 1.0], "h")


@pytest.mark.extras
def test_rows_that_pytdc_leaves_out_are_counted(tmp_path: Path) -> None:
    place(tmp_path, "bbb_martins", HEADER + "a\tCCO\t1\na\tCCO\t1\nb\tCCN\t\nc\tCCC\t0\n")
    data, _ = read("tdc-bbb_martins", tmp_path / "cache", tmp_path)
    assert data.tables[0].smiles == ("CCO", "CCC")
    assert any("keeps 2 of the 4 rows" in note for note in data.notes)


@pytest.mark.extras
def test_only_human_plasma_binding_is_read(tmp_path: Path) -> None:
    rows = "1\tCCO\t90\tHomo sapiens\n2\tCCN\t50\tRattus norvegicus\n"
    place(tmp_path, "ppbr_az", "Drug_ID\tDrug\tY\tSpecies\n" + rows)
    data, _ = read("tdc-ppbr_az", tmp_path / "cache", tmp_path)
    assert data.tables[0].values.tolist() == [90]
    assert any("five species" in note for note in data.notes)


@pytest.mark.extras
def test_a_set_with_several_labels_is_one_task_per_label_with_gaps(tmp_path: Path) -> None:
    rows = "1\tCCO\t10.5\t80\t1\n2\tCCN\t\t20\t0\n"
    place(tmp_path, "herg_central", "Drug_ID\tDrug\thERG_at_1uM\thERG_at_10uM\thERG_inhib\n" + rows)
    data, _ = read("tdc-herg_central", tmp_path / "cache", tmp_path)
    found = [(t.task.name, t.task.kind, t.task.unit, t.values.tolist()) for t in data.tables]
    assert found == [
        ("hERG_at_1uM", "regression", "% inhibition", [10.5]),
        ("hERG_at_10uM", "regression", "% inhibition", [80, 20]),
        ("hERG_inhib", "classification", "", [1, 0]),
    ]


@pytest.mark.extras
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("<html>Service Unavailable</html>", "web page"),
        ("Service Unavailable", "names no column Drug or X"),
        ("Drug_ID\tSomething\n1\t2\n", "names no column Drug or X"),
        ("Drug_ID\tDrug\n1\tC\n", "PyTDC cannot read"),
        (HEADER + "1\tCCO\tmany\n", "PyTDC cannot read"),
    ],
)
def test_a_spoilt_file_is_one_error_and_no_entry(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place(tmp_path / "cache" / "files", "ames", text)
    with pytest.raises(DataError, match=said) as caught:
        read("tdc-ames", tmp_path / "cache")
    assert "ames.tab" in caught.value.message + caught.value.hint
    assert not [p for p in (tmp_path / "cache" / "datasets").iterdir() if p.is_dir()]
    assert capsys.readouterr().out == ""


@pytest.mark.extras
def test_offline_without_a_file_names_url_and_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tdc/ames\.tab") as caught:
        read("tdc-ames", tmp_path)
    assert "https://dataverse.harvard.edu/api/access/datafile/4259564" in caught.value.hint
    assert str(tmp_path / "files" / "tdc" / "ames.tab") in caught.value.hint


@pytest.mark.extras
def test_reading_leaves_no_trace_in_the_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place(tmp_path, "ames", HEADER + "1\tCCO\t1\n")
    path = list(sys.path)
    read("tdc-ames", tmp_path / "cache", tmp_path)
    assert sys.path == path
    out, err = capfd.readouterr()
    assert out == ""
    assert all(line.startswith("reading with PyTDC") for line in err.splitlines())


@pytest.mark.published
def test_the_group_equals_the_published_files(mirror: Path, published_cache: Path) -> None:
    before = tree(mirror / "tdc")
    data, facts = read("tdc-admet", published_cache, mirror)
    assert [table.task.name for table in data.tables] == list(ADMET_GROUP)
    for table in data.tables:
        path = mirror / "tdc" / f"{table.task.name}.tab"
        raw = pd.read_csv(path, sep="\t", **EXACT).drop_duplicates()
        raw.columns = ["id", "smiles", "y", *raw.columns[3:]]
        assert list(table.smiles) == raw.smiles.tolist()
        np.testing.assert_array_equal(table.values, raw.y.to_numpy(dtype=float))
    assert len(facts["files"]) == 22
    assert tree(mirror / "tdc") == before


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "rows", "distinct", "conflicting"),
    [
        ("clearance_hepatocyte_az", 1213, 1020, 193),
        ("bbb_martins", 2030, 1975, 10),
        ("ld50_zhu", 7385, 7342, 30),
        ("vdss_lombardo", 1130, 1111, 17),
        ("ames", 7278, 7255, 0),
        ("ppbr_az", 1614, 1614, 0),
    ],
)
def test_repeats_and_disagreements_are_as_published(
    mirror: Path, published_cache: Path, name: str, rows: int, distinct: int, conflicting: int
) -> None:
    data, _ = read("tdc-admet", published_cache, mirror)
    table = next(table for table in data.tables if table.task.name == name)
    frame = pd.DataFrame({"smiles": table.smiles, "y": table.values})
    labels = frame.groupby("smiles").y.nunique()
    assert (len(frame), len(labels), int((labels > 1).sum())) == (rows, distinct, conflicting)


@pytest.mark.published
def test_the_papers_21_sets_have_the_papers_sizes(mirror: Path, published_cache: Path) -> None:
    data, _ = read("tdc-21", published_cache, mirror)
    sizes = {table.task.name: len(table.values) for table in data.tables}
    distinct = {table.task.name: len(set(table.smiles)) for table in data.tables}
    assert list(sizes) == list(PAPER_21)
    assert [sizes[f"cyp{isoform}_veith"] for isoform in ("2d6", "2c19", "3a4", "2c9")] == [
        13130, 12665, 12328, 12092
    ]  # fmt: skip
    assert [distinct[name] for name in ("dili", "bioavailability_ma", "herg", "half_life_obach")] == [
        475, 640, 648, 665
    ]  # fmt: skip


@pytest.mark.published
def test_every_value_is_plausible_in_its_unit(mirror: Path, published_cache: Path) -> None:
    for table in read("tdc-admet", published_cache, mirror)[0].tables:
        assert table.task.low <= table.values.min(), table.task
        assert table.values.max() <= table.task.high, table.task
        assert bool(table.task.unit) == (table.task.kind == "regression"), table.task


@pytest.mark.published
def test_every_set_in_the_mirror_is_read_alone(mirror: Path, published_cache: Path) -> None:
    held = [name for name in SETS if (mirror / "tdc" / f"{name}.tab").is_file()]
    assert set(held) >= {*ADMET_GROUP, *PAPER_21, "clintox", "carcinogens_lagunin", "skin_reaction"}
    for name in held:
        data, _ = read(f"tdc-{name}", published_cache, mirror)
        assert [table.task.name for table in data.tables] == [name]
        found = len(data.tables[0].values), len(set(data.tables[0].smiles))
        assert SETS[name].drugs in found or any("TDC states" in note for note in data.notes)
