"""Test compounds that training has seen."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.leakage.analysis import compare, finding_of, levels_of
from auditor.analyses.leakage.counting import ALL_ROWS, Side, leakage, paired
from auditor.document.blocks import to_json
from auditor.document.jsonable import plain_data
from auditor.errors import DataError
from auditor.plugin.loading import load_registry
from auditor.source.rows import SourceData, Task, TaskTable
from tests.making import ALCOHOLS, identity, source, table

TWO_LEVELS = [identity("as-written"), identity("parent-inchikey")]


def side(*tables: TaskTable, unlabelled: Sequence[str] = ()) -> Side:
    """Return a set whose tasks are measured in rows of their own, and rows without a label."""
    return Side([*(text for table in tables for text in table.smiles), *unlabelled], source(*tables))


def test_a_salt_is_a_leak_by_its_parent_and_none_as_written(tmp_path: Path) -> None:
    train = side(table("t", ["CCN.Cl", "CCO"], [1, 0]))
    test = side(table("t", ["CCN", "CCC"], [0, 1]))
    written, parent = leakage(train, test, TWO_LEVELS, cache=tmp_path)
    assert (written.leaked, written.compounds) == (0, 2)
    assert (parent.leaked, parent.rows, parent.disagreeing, parent.share) == (1, 1, 1, 0.5)
    assert parent.examples == ("CCN",)


def test_rows_of_one_compound_count_once_as_compound_and_each_as_row(tmp_path: Path) -> None:
    train = side(table("t", ["CO", "CO"], [1, 3], "regression"))
    test = side(table("t", ["CO", "OC", "CCO"], [2, 2, 5], "regression"))
    found = leakage(train, test, [identity()], cache=tmp_path)[0]
    assert (found.compounds, found.leaked, found.rows) == (2, 1, 2)
    assert found.disagreeing == 0  # the medians agree


def test_several_tasks_are_paired_by_name_and_told_together_first(tmp_path: Path) -> None:
    train = side(table("a", ALCOHOLS[:10], [0.0] * 10), table("b", ALCOHOLS[10:20], [0.0] * 10))
    test = side(table("b", ALCOHOLS[5:15], [1.0] * 10), table("c", ALCOHOLS[:3], [1.0] * 3))
    train = side(*train.data.tables, table("c", ALCOHOLS[30:33], [0, 1, 1]))
    together, b, c = leakage(train, test, [identity("as-written")], cache=tmp_path)
    assert (together.task, together.leaked, together.compounds) == (ALL_ROWS, 13, 13)
    assert (b.task, b.leaked, b.disagreeing) == ("b", 5, 5)
    assert (c.task, c.leaked) == ("c", 0)


def test_a_compound_measured_for_two_tasks_is_one_row(tmp_path: Path) -> None:
    both = [table(name, ["CO", "CCO"], [0, 1]) for name in ("a", "b")]
    whole = Side(["CO", "CCO"], source(*both))
    together = leakage(whole, whole, [identity()], cache=tmp_path)[0]
    assert (together.task, together.compounds, together.leaked, together.rows) == (ALL_ROWS, 2, 2, 2)


def test_sets_without_a_common_task_are_compared_by_compound_and_say_so(tmp_path: Path) -> None:
    train = side(table("a", ["CO"], [1]), table("c", ["CC"], [1]))
    found = finding_of(compare(train, side(table("b", ["OC"], [1])), levels=TWO_LEVELS, cache=tmp_path))
    assert [leak["task"] for leak in found.data["leaks"]] == [ALL_ROWS] * 2
    assert found.sentence == "1 of 1 test compounds (100.0%) are in the training set, by parent-inchikey."
    assert any("labels were not" in note for note in found.data["notes"])


def test_rows_without_a_label_are_compared(tmp_path: Path) -> None:
    train = side(table("t", ["CCO"], [1]), unlabelled=["CCC"])
    test = side(table("t", [], []), unlabelled=["OCC", "C(C)C", "CCN"])
    together, paired = leakage(train, test, [identity()], cache=tmp_path)
    assert (together.leaked, together.compounds, together.disagreeing) == (2, 3, None)
    assert (paired.task, paired.compounds) == ("t", 0)


@pytest.mark.parametrize("which", ["training", "test"])
def test_a_set_without_a_readable_smiles_is_refused_and_never_passes(tmp_path: Path, which: str) -> None:
    sides = [side(table("t", ["CO"], [1])), side(table("t", ["nonsense", ""], [1, 0]))]
    train, test = sides if which == "test" else sides[::-1]
    with pytest.raises(DataError, match=f"none of the 2 SMILES of the {which} set can be read"):
        compare(train, test, levels=TWO_LEVELS, cache=tmp_path)


def test_what_could_not_be_read_is_told_with_the_columns_left_out(tmp_path: Path) -> None:
    train = side(table("t", ["CO", "CCO"], [1, 0]))
    data = SourceData((table("t", ["CC"], [1]),), notes=("Columns that are not used: 'x'.",))
    test = Side(["CC", "nonsense", "nonsense", ""], data)
    found = finding_of(compare(train, test, levels=TWO_LEVELS, cache=tmp_path))
    assert found.sentence.endswith("by parent-inchikey; 3 of 4 test SMILES could not be read.")
    assert [(text, rows) for text, _, rows in found.data["rejects"]["test"]] == [("nonsense", 2), ("", 1)]
    assert found.data["rejects"]["training"] == []
    shown = json.dumps([to_json(block) for block in found.blocks])
    assert "nonsense" in shown and "not used: 'x'" in shown


@given(st.sets(st.integers(0, 29)), st.sets(st.integers(0, 29)))
@settings(max_examples=25, deadline=None)
def test_the_count_is_that_of_sets(
    tmp_path_factory: pytest.TempPathFactory, train: set[int], test: set[int]
) -> None:
    parts = [side(table("t", [ALCOHOLS[i] for i in s], [1.0] * len(s))) for s in (train, test)]
    cache = tmp_path_factory.getbasetemp() / "leakage"
    found = leakage(*parts, [identity("as-written")], cache=cache)[0]
    assert (found.compounds, found.leaked) == (len(test), len(train & test))
    assert np.isnan(found.share) == (not test)


def test_the_finding_speaks_of_the_level_it_is_judged_by(tmp_path: Path) -> None:
    train = side(table("t", ["CCN.Cl", "CCO"], [1, 0]))
    test = side(table("t", ["CCN", "CCC"], [0, 1]))
    levels = levels_of(load_registry())
    assert [level.name for level in levels] == [
        "as-written",
        "canonical",
        "parent",
        "parent-inchikey",
        "skeleton",
    ]
    found = finding_of(compare(train, test, levels=levels, cache=tmp_path))
    assert found.sentence.startswith(
        "1 of 2 test compounds (50.0%) are in the training set, by parent-inchikey"
    )
    assert "labels differ" in found.sentence
    written = finding_of(compare(train, test, levels=levels, cache=tmp_path, judged_by="as-written"))
    assert written.sentence == "No test compound is in the training set, by as-written."
    assert len(plain_data(found.data)["leaks"]) == 5
    verdicts = [
        compare(train, test, levels=levels, cache=tmp_path, judged_by=by)
        for by in ("parent-inchikey", "as-written")
    ]
    assert [found.leaked for found in verdicts] == [True, False]


def rows_of(archive: zipfile.ZipFile, name: str, part: str) -> list[dict[str, str]]:
    text = archive.read(f"admet_group/{name}/{part}.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def as_side(rows: list[dict[str, str]]) -> Side:
    values = np.array([float(row["Y"]) for row in rows])
    return side(TaskTable(Task("y", "regression"), tuple(row["Drug"] for row in rows), values))


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
            found = leakage(as_side(train), as_side(test), levels, cache=published_cache)
            by_structure[name] = [leak.leaked for leak in found]
    assert by_identifier["caco2_wang"] == 12 and by_identifier["solubility_aqsoldb"] == 5
    assert by_identifier["bbb_martins"] == 2 and by_identifier["ld50_zhu"] == 11
    # Salts of metals keep their metal: sodium and lithium chloride are not one compound.
    assert by_structure == {
        "caco2_wang": [0, 0, 0, 0, 0],
        "solubility_aqsoldb": [0, 0, 6, 7, 7],
        "bbb_martins": [0, 0, 1, 2, 2],
        "ld50_zhu": [0, 0, 0, 0, 0],
        "herg": [0, 0, 6, 7, 7],
    }


@given(
    st.lists(st.sampled_from(["Ki", "IC50", "logD", "hERG", "Y", "label"]), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(["Ki", "ki ", "IC50", "logP", "hERG", "y", "Label"]), min_size=1, max_size=4, unique=True),
)  # fmt: skip
def test_only_tasks_of_one_name_are_paired_or_the_labels_of_both_files(
    train: list[str], test: list[str]
) -> None:
    sides = [
        source(*(table(name, ["CO"], [1.5], "regression") for name in names)) for names in (train, test)
    ]
    pairs = [(a.task.name, b.task.name) for a, b in paired(*sides)]
    bare = {"y", "label"}
    for a, b in pairs:
        alone = len(train) == len(test) == 1 and {a.lower(), b.lower()} <= bare
        assert a.strip().lower() == b.strip().lower() or alone
    assert {name for name in train if name in test} <= {a for a, _ in pairs}


@pytest.mark.parametrize(
    ("train", "test", "found"),
    [
        ("Ki", "IC50", []),
        ("Ki", "Ki", [("Ki", "Ki")]),
        ("Y", "label", [("Y", "label")]),
        ("Y", "Ki", []),
        ("pIC50", " PIC50", [("pIC50", " PIC50")]),
    ],
)
def test_two_single_columns_of_different_names_are_not_compared_and_that_is_said(
    tmp_path: Path, train: str, test: str, found: list[tuple[str, str]]
) -> None:
    sides = [
        side(table(name, ALCOHOLS[:5], values, "regression"))
        for name, values in ((train, [1, 2, 3, 4, 5.5]), (test, [3, 6, 9, 12, 15.5]))
    ]
    told = finding_of(compare(*sides, levels=TWO_LEVELS, cache=tmp_path))
    assert told.data["paired"] == found
    assert [leak["disagreeing"] for leak in told.data["leaks"] if leak["task"] != ALL_ROWS] == [5, 5] * len(
        found
    )
    said = " ".join(told.data["notes"])
    assert ("labels were not." in said) == (not found) and f"'{train}'" in said and f"'{test}'" in said


def test_a_label_that_is_a_class_is_not_compared_with_one_that_is_a_value() -> None:
    sides = [source(table("Y", ["CO"], [1.0], kind)) for kind in ("classification", "regression")]
    assert paired(*sides) == []  # type: ignore[arg-type]
