"""Defects of the published rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analyses.data_quality.analysis import analyse
from auditor.analyses.data_quality.checks import implausible, variation
from auditor.document.blocks import Molecules
from auditor.document.jsonable import plain_data
from auditor.source.rows import SourceData, Task, TaskTable
from tests.analyses.making import context_of
from tests.making import ALCOHOLS, source, table
from tests.plugins.reading import read


def only(data: SourceData, cache: Path) -> dict[str, Any]:
    found = analyse(context_of(data, cache))
    json.dumps(plain_data(found.data))
    return dict(found.data["tasks"][0])


def test_repeats_and_conflicts_are_counted_as_written_and_as_joined(tmp_path: Path) -> None:
    texts = ["CCN", "CCN", "CCN.Cl", "CCO", "OCC", "CCCO", "CCCO", "bad one"]
    facts = only(source(table("t", texts, [0, 1, 1, 0, 0, 1, 1, 1])), tmp_path)
    assert facts["rows"] == 8 and facts["rejected"] == 1
    assert facts["as_written"] == {"rows": 8, "compounds": 6, "conflicting": 1, "repeated": 2}
    assert facts["joined"] == {"rows": 7, "compounds": 3, "conflicting": 1, "repeated": 4}
    assert (facts["dropped"], facts["labels"]) == (1, 2)


def test_compounds_whose_replicates_disagree_are_drawn(tmp_path: Path) -> None:
    texts = ["CCN", "NCC", "CCN.Cl", "CCO", "OCC", "CCCO", "CCCO"]
    found = analyse(context_of(source(table("t", texts, [0, 1, 1, 0, 0, 1, 0])), tmp_path))
    (drawn,) = (block for block in found.blocks if isinstance(block, Molecules))
    assert drawn.items == (("CCN", "t: 0, 1, 1"), ("CCCO", "t: 0, 1"))
    assert drawn.caption.endswith("2 of 2")


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=200))
def test_a_task_is_constant_exactly_where_it_has_one_value(values: list[float]) -> None:
    state = variation(Task("t", "classification"), np.array(values)).variation
    assert (state == "constant") == (len(set(values)) == 1)


@pytest.mark.parametrize(
    ("kind", "values", "state"),
    [
        ("classification", [0] * 180 + [1] * 20, ""),
        ("classification", [0] * 181 + [1] * 19, "few of the rarer class"),
        ("classification", [1] * 16 + [0] * 16, "few of the rarer class"),
        ("classification", [0] * 4000 + [1] * 39, "nearly constant"),
        ("classification", [0] * 3900 + [1] * 100, ""),
        ("regression", [2.0] * 95 + [1.0, 3.0, 4.0, 5.0, 6.0], ""),
        ("regression", [2.0] * 96 + [1.0, 3.0, 4.0, 5.0], "nearly constant"),
        ("regression", [7.5] * 30, "constant"),
    ],
)
def test_variation_is_judged_by_kind(kind: str, values: list[float], state: str) -> None:
    assert variation(Task("t", kind), np.array(values, float)).variation == state  # type: ignore[arg-type]


def test_a_small_balanced_task_is_not_called_nearly_constant(tmp_path: Path) -> None:
    balanced = table("balanced", ALCOHOLS[:32], (np.arange(32) % 2).astype(float))
    found = analyse(context_of(SourceData((balanced,)), tmp_path))
    assert found.data["tasks"][0]["remarks"] == ["few of the rarer class: 16 labels"]
    assert found.sentence == "Among 1 task: 1 task with few of the rarer class."
    constant = table("constant", ALCOHOLS[:32], np.ones(32))
    both = analyse(context_of(SourceData((balanced, constant)), tmp_path))
    assert "1 task constant or nearly so and 1 task with few of the rarer class" in both.sentence


def test_labels_that_pile_up_at_an_end_are_perhaps_a_limit() -> None:
    values = np.concatenate([np.full(30, 3.0), np.linspace(4, 100, 150), np.full(25, 150.0)])
    ends = variation(Task("t", "regression"), values).piled_up
    assert [(end, value) for end, value, _ in ends] == [("lowest", 3.0), ("highest", 150.0)]
    assert variation(Task("t", "regression"), np.linspace(0, 1, 100)).piled_up == []
    assert variation(Task("t", "classification"), (np.arange(90) % 2).astype(float)).piled_up == []


def test_values_outside_the_plausible_range_are_counted_by_row() -> None:
    task = Task("t", "regression", unit="%", low=0, high=100)
    facts = implausible(TaskTable(task, ("CO",) * 5, np.array([-1, 0, 100, 100.5, 250])))
    assert facts.implausible == 3 and facts.range == [-1, 250]
    assert implausible(TaskTable(Task("t", "regression"), ("CO",), np.array([1e300]))).implausible == 0


def test_undefined_stereo_is_counted_over_the_labelled_compounds_of_a_task(tmp_path: Path) -> None:
    data = source(
        table("a", ["CC(F)Cl", "C[C@H](F)Cl", "CC=CCO"], [0, 1, 1]), table("b", ["CCO", "CC=CCO"], [0, 1])
    )
    found = analyse(context_of(data, tmp_path))
    a, b = found.data["tasks"]
    assert (a["undefined_centres"], a["undefined_bonds"]) == (1, 1)
    assert (b["undefined_centres"], b["undefined_bonds"]) == (0, 1)
    assert found.data["compounds_with_undefined_centres"] == 1


def test_rows_of_several_drugs_are_told_and_those_of_a_salt_are_not(tmp_path: Path) -> None:
    sulfa, trimethoprim = "Cc1cc(NS(=O)(=O)c2ccc(N)cc2)no1", "COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC"
    texts = [f"{sulfa}.{trimethoprim}", f"{sulfa}.[Na+]", f"{trimethoprim}.CC(O)C(=O)O.O", "CCO.O", sulfa]
    found = analyse(context_of(source(table("t", texts, [0, 1, 1, 0, 1])), tmp_path))
    assert found.data["texts_with_several_compounds"] == 1
    assert found.blocks[-1].text.startswith("1 SMILES text with several compounds")  # type: ignore[union-attr]
    assert f"{sulfa}.{trimethoprim}" in found.blocks[-1].text  # type: ignore[union-attr]
    clean = analyse(context_of(source(table("t", texts[1:], [1, 1, 0, 1])), tmp_path))
    assert clean.data["texts_with_several_compounds"] == 0
    assert "several compounds" not in str(clean.blocks)


def test_a_task_whose_compounds_often_conflict_is_called_perhaps_mixed(tmp_path: Path) -> None:
    texts = [*ALCOHOLS[:20], *ALCOHOLS[:3]]
    facts = only(source(table("t", texts, [*range(20), 5.5, 6.5, 7.5], "regression")), tmp_path)
    assert "3 of 20 compounds (15%) conflict" in facts["remarks"][0]
    calm = only(source(table("t", texts[:21], [*range(20), 5.5], "regression")), tmp_path)
    assert calm["remarks"] == ["1 conflicting compound"]


def test_the_sentence_of_clean_data_claims_no_more_than_was_looked_for(tmp_path: Path) -> None:
    found = analyse(context_of(source(table("t", ALCOHOLS, np.arange(60) % 2)), tmp_path))
    assert found.sentence == "Among 1 task: no defect that was looked for."
    assert found.data["tasks"][0]["remarks"] == []


def test_rejected_texts_are_shown_with_their_reason(tmp_path: Path) -> None:
    data = source(table("t", ["CO", "CCO", "C(C)(C)(C)(C)C", "C(C)(C)(C)(C)C"], [0, 1, 1, 0]))
    found = analyse(context_of(data, tmp_path))
    rows = [row for block in found.blocks for row in getattr(block, "rows", ())]
    assert any(row[0] == "C(C)(C)(C)(C)C" and "valence" in str(row[1]) and row[2] == 2 for row in rows)
    assert "2 values without a usable SMILES" in found.sentence


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "rows", "texts", "conflicting"),
    [
        ("clearance_hepatocyte_az", 1213, 1020, 193),
        ("bbb_martins", 2030, 1975, 10),
        ("ld50_zhu", 7385, 7342, 30),
        ("vdss_lombardo", 1130, 1111, 17),
    ],
)
def test_conflicts_as_written_are_the_published_counts(
    name: str, rows: int, texts: int, conflicting: int, mirror: Path, published_cache: Path
) -> None:
    data, _ = read(f"tdc-{name}", published_cache, mirror)
    facts = only(data, published_cache)
    assert (facts["rows"], facts["as_written"]["compounds"]) == (rows, texts)
    assert facts["as_written"]["conflicting"] == conflicting


@pytest.mark.published
def test_bbb_martins_holds_nine_rows_twice_that_its_library_leaves_out(
    mirror: Path, published_cache: Path
) -> None:
    # the file has 2,039 rows, the benchmark 2,030: nine repeat identifier, SMILES and label in full
    lines = (mirror / "tdc" / "bbb_martins.tab").read_text().splitlines()[1:]
    assert (len(lines), len(set(lines))) == (2039, 2030)
    fields = [line.split("\t") for line in dict.fromkeys(lines)]
    values = np.array([float(field[2]) for field in fields])
    rows = TaskTable(Task("y", "classification"), tuple(f[1].strip('"') for f in fields), values)
    data, _ = read("tdc-bbb_martins", published_cache, mirror)
    mine, its = (only(SourceData(part), published_cache) for part in ((rows,), data.tables))
    assert mine["as_written"] == its["as_written"]
    assert any("2,030 of the 2,039 rows" in note for note in data.notes)


@pytest.mark.published
def test_toxcast_names_its_unusable_structures_and_constant_tasks(
    mirror: Path, published_cache: Path
) -> None:
    data, _ = read("toxcast", published_cache, mirror)
    found = analyse(context_of(data, published_cache))
    assert len(found.data["tasks"]) == 617
    assert sum(bool(facts["variation"]) for facts in found.data["tasks"]) > 20
    assert sum(facts["rows"] for facts in found.data["tasks"]) == 1_538_395
    assert found.data["rejected_texts"] > 0
