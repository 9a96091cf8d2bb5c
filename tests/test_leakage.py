"""Test compounds that training has seen."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.leakage import find, levels_of
from auditor.dataset import SourceData, Task, TaskTable
from auditor.errors import DataError
from auditor.leakage import ANY, leakage
from auditor.plain import plain_data
from auditor.registry import load_registry
from tests.making import ALCOHOLS, identity, source, table

TWO_LEVELS = [identity("as-written"), identity("inchikey")]


def test_a_salt_is_a_leak_by_its_parent_and_none_as_written(tmp_path: Path) -> None:
    train = source(table("t", ["CCN.Cl", "CCO"], [1, 0]))
    test = source(table("t", ["CCN", "CCC"], [0, 1]))
    written, parent = leakage(train, test, TWO_LEVELS, cache=tmp_path)
    assert (written.leaked, written.compounds) == (0, 2)
    assert (parent.leaked, parent.rows, parent.disagreeing, parent.share) == (1, 1, 1, 0.5)
    assert parent.examples == ("CCN",)


def test_rows_of_one_compound_count_once_as_compound_and_each_as_row(tmp_path: Path) -> None:
    train = source(table("t", ["CO", "CO"], [1, 3], "regression"))
    test = source(table("t", ["CO", "OC", "CCO"], [2, 2, 5], "regression"))
    found = leakage(train, test, [identity()], cache=tmp_path)[0]
    assert (found.compounds, found.leaked, found.rows) == (2, 1, 2)
    assert found.disagreeing == 0  # the medians agree


def test_several_tasks_are_paired_by_name_and_told_together_first(tmp_path: Path) -> None:
    train = source(table("a", ALCOHOLS[:10], [0.0] * 10), table("b", ALCOHOLS[10:20], [0.0] * 10))
    test = source(table("b", ALCOHOLS[5:15], [1.0] * 10), table("c", ALCOHOLS[:3], [1.0] * 3))
    train = SourceData((*train.tables, table("c", ALCOHOLS[30:33], [0, 1, 1])))
    together, b, c = leakage(train, test, [identity("as-written")], cache=tmp_path)
    assert (together.task, together.leaked, together.compounds) == (ANY, 13, 13)
    assert (b.task, b.leaked, b.disagreeing) == ("b", 5, 5)
    assert (c.task, c.leaked) == ("c", 0)


def test_sets_without_a_common_task_are_refused(tmp_path: Path) -> None:
    a, b = table("a", ["CO"], [1]), table("b", ["CO"], [1])
    with pytest.raises(DataError, match="no task in common"):
        leakage(source(a, table("c", ["CO"], [1])), source(b), TWO_LEVELS, cache=tmp_path)


@given(st.sets(st.integers(0, 29)), st.sets(st.integers(0, 29)))
@settings(max_examples=25, deadline=None)
def test_the_count_is_that_of_sets(
    tmp_path_factory: pytest.TempPathFactory, train: set[int], test: set[int]
) -> None:
    parts = [source(table("t", [ALCOHOLS[i] for i in s], [1.0] * len(s))) for s in (train, test)]
    cache = tmp_path_factory.getbasetemp() / "leakage"
    found = leakage(*parts, [identity("as-written")], cache=cache)[0]
    assert (found.compounds, found.leaked) == (len(test), len(train & test))
    assert np.isnan(found.share) == (not test)


def test_the_finding_speaks_of_the_level_it_is_judged_by(tmp_path: Path) -> None:
    train = source(table("t", ["CCN.Cl", "CCO"], [1, 0]))
    test = source(table("t", ["CCN", "CCC"], [0, 1]))
    levels = levels_of(load_registry())
    assert [level.name for level in levels] == ["as-written", "canonical", "parent", "inchikey", "skeleton"]
    found = find(train, test, levels=levels, cache=tmp_path)
    assert found.sentence.startswith("1 of 2 test compounds (50.0%) are in the training set, by inchikey")
    assert "labels differ" in found.sentence
    written = find(train, test, levels=levels, cache=tmp_path, judged_by="as-written")
    assert written.sentence == "No test compound is in the training set, by as-written."
    assert len(plain_data(found.data)["leaks"]) == 5


def rows_of(archive: zipfile.ZipFile, name: str, part: str) -> list[dict[str, str]]:
    text = archive.read(f"admet_group/{name}/{part}.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def as_source(rows: list[dict[str, str]]) -> SourceData:
    values = np.array([float(row["Y"]) for row in rows])
    return SourceData((TaskTable(Task("y", "regression"), tuple(row["Drug"] for row in rows), values),))


@pytest.mark.published
def test_the_leaks_reported_for_tdc_are_of_identifiers_and_the_real_ones_are_others(
    mirror: Path, published_cache: Path
) -> None:
    # TDC issue 217 counts training rows whose Drug_ID is in the test set: 12, 5, 2, 11 and, for hERG,
    # 0. The identifiers are "1", "4b" or "Not Available"; by structure the picture is another.
    levels = levels_of(load_registry())
    by_identifier, by_structure = {}, {}
    with zipfile.ZipFile(mirror / "tdc" / "admet_group.zip") as archive:
        for name in ("caco2_wang", "solubility_aqsoldb", "bbb_martins", "ld50_zhu", "herg"):
            train, test = (rows_of(archive, name, part) for part in ("train_val", "test"))
            known = {row["Drug_ID"] for row in test if row["Drug_ID"]}
            by_identifier[name] = sum(row["Drug_ID"] in known for row in train)
            found = leakage(as_source(train), as_source(test), levels, cache=published_cache)
            by_structure[name] = [leak.leaked for leak in found]
    assert by_identifier["caco2_wang"] == 12 and by_identifier["solubility_aqsoldb"] == 5
    assert by_identifier["bbb_martins"] == 2 and by_identifier["ld50_zhu"] == 11
    assert by_structure == {
        "caco2_wang": [0, 0, 0, 0, 0],
        "solubility_aqsoldb": [0, 0, 8, 9, 9],
        "bbb_martins": [0, 0, 1, 2, 2],
        "ld50_zhu": [0, 0, 0, 0, 0],
        "herg": [0, 0, 6, 7, 7],
    }
