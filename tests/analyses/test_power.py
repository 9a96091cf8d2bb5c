"""The power of a pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.power import RARE, analyse, rare_classes
from auditor.document.jsonable import plain_data
from auditor.gate.gate import Thresholds
from auditor.source.rows import SourceData, Task
from tests.analyses.making import context_of, panel
from tests.making import ALCOHOLS, labels_of, table

MANY = tuple(f"{'C' * a}O{'C' * b}" for a in range(1, 41) for b in range(a, 41))
"""Eight hundred and twenty distinct ethers."""


def test_counts_follow_the_number_of_shared_compounds(tmp_path: Path) -> None:
    # shared: t0-t1 800, t0-t2 90, t1-t2 70; |r| = 0.1, 0.2, 0.3 need 783, 194, 86 compounds
    found = analyse(context_of(panel((0, 820), (20, 820), (0, 90), smiles=MANY), tmp_path))
    assert found.data["can_detect"] == [1, 1, 2]
    assert found.data["pairs"] == 3 and found.data["no_correlation"] == 0


def test_a_pair_that_misses_the_rule_may_detect_more_than_one_that_meets_it(tmp_path: Path) -> None:
    data = panel((0, 820), (0, 200), (0, 40), (0, 45), smiles=MANY)
    found = analyse(context_of(data, tmp_path))
    assert found.data["can_detect"] == [0, 1, 1]
    verdicts = found.data["by_verdict"]
    assert verdicts["unreliable"]["can_detect"][1] == 1
    assert verdicts["reliable"] == {"pairs": 1, "can_detect": [0, 0, 0]}
    assert "1 of the 1 that meet the jaccard rule of 0.40 cannot even detect |r| = 0.3" in found.sentence


def test_best_and_worst_pairs_are_named_once_each(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 60), (0, 50), (0, 30)), tmp_path))
    assert found.data["best"][0]["tasks"] == ["t0", "t1"]
    assert found.data["worst"][-1]["compounds"] == 30
    assert len({row[:2] for row in found.blocks[1].rows}) == len(found.blocks[1].rows) == 3
    assert found.data["best"][0]["detectable"] == pytest.approx(np.tanh(2.8016 / np.sqrt(47)), abs=1e-6)


def test_a_pair_with_a_constant_task_detects_nothing(tmp_path: Path) -> None:
    rows = table("same", ALCOHOLS, np.ones(60), "regression")
    data = SourceData((*panel((0, 60), (0, 60)).tables, rows))
    found = analyse(context_of(data, tmp_path))
    assert found.data["no_correlation"] == 2
    assert [pair["tasks"] for pair in found.data["best"]] == [["t0", "t1"]] and not found.data["worst"]


def test_a_rare_class_is_not_counted_as_power(tmp_path: Path) -> None:
    rare = table("rare", ALCOHOLS, (np.arange(60) < RARE - 1).astype(float))
    common = table("common", ALCOHOLS, (np.arange(60) < RARE).astype(float))
    other = panel((0, 60)).tables
    found = analyse(context_of(SourceData((*other, rare, common)), tmp_path))
    assert found.data["rare_class"] == 2 and "2 pairs have too rare a class" in found.sentence
    assert [pair["tasks"] for pair in found.data["best"]] == [["t0", "common"]]
    one = analyse(context_of(SourceData((*other, rare)), tmp_path))
    assert "1 pair has too rare a class to tell" in one.sentence


def test_rare_classes_are_counted_on_the_shared_compounds_only() -> None:
    dense = np.full((100, 3), np.nan)
    dense[:, 0] = np.arange(100) % 2  # fifty of each class, ten of each in the first twenty
    dense[:20, 1] = np.arange(20) < 10
    dense[:18, 2] = np.arange(18) % 3
    tasks = [Task("a", "classification"), Task("b", "classification"), Task("c", "regression")]
    rare = rare_classes(labels_of(dense), tasks)
    assert rare.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_one_task_has_no_pair(tmp_path: Path) -> None:
    assert analyse(context_of(panel((0, 30)), tmp_path)).status == "not applicable"


def test_the_finding_survives_where_nothing_is_shared(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 30), (30, 60)), tmp_path, Thresholds()))
    assert found.data["best"] == [] and plain_data(found.data)["median"] is None
