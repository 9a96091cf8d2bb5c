"""The power of a pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.power import analyse
from auditor.document.jsonable import plain_data
from auditor.gate.gate import Thresholds
from auditor.source.rows import SourceData
from auditor.statistics.power import FEWEST, detectable_of_values
from tests.analyses.making import context_of, panel
from tests.making import ALCOHOLS, table

MANY = tuple(f"{'C' * a}O{'C' * b}" for a in range(1, 41) for b in range(a, 41))
"""Eight hundred and twenty distinct ethers."""


def test_counts_follow_the_number_of_shared_compounds(tmp_path: Path) -> None:
    # shared: t0-t1 800, t0-t2 95, t1-t2 75; |r| = 0.1, 0.2, 0.3 need 793, 203, 93 compounds
    found = analyse(context_of(panel((0, 820), (20, 820), (0, 95), smiles=MANY), tmp_path))
    assert found.data["can_detect"] == [1, 1, 2]
    assert found.data["pairs"] == 3 and found.data["no_correlation"] == 0


def test_a_pair_that_misses_the_rule_may_detect_more_than_one_that_meets_it(tmp_path: Path) -> None:
    data = panel((0, 820), (0, 210), (0, 40), (0, 45), smiles=MANY)
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
    assert found.data["best"][0]["detectable"] == pytest.approx(float(detectable_of_values(np.array(50))))


def test_a_pair_with_a_constant_task_detects_nothing(tmp_path: Path) -> None:
    rows = table("same", ALCOHOLS, np.ones(60), "regression")
    data = SourceData((*panel((0, 60), (0, 60)).tables, rows))
    found = analyse(context_of(data, tmp_path))
    assert found.data["no_correlation"] == 2
    assert [pair["tasks"] for pair in found.data["best"]] == [["t0", "t1"]] and not found.data["worst"]


def test_a_rare_class_beside_values_is_not_counted_as_power(tmp_path: Path) -> None:
    rare = table("rare", ALCOHOLS, (np.arange(60) < FEWEST - 1).astype(float))
    common = table("common", ALCOHOLS, (np.arange(60) < FEWEST).astype(float))
    other = panel((0, 60)).tables
    found = analyse(context_of(SourceData((*other, rare, common)), tmp_path))
    assert found.data["rare_class"] == 1 and "1 pair has too rare a class to tell" in found.sentence
    assert {tuple(pair["tasks"]) for pair in (*found.data["best"], *found.data["worst"])} == {
        ("t0", "common"), ("rare", "common")
    }  # fmt: skip


def test_rare_classes_can_show_a_positive_correlation_only(tmp_path: Path) -> None:
    first = table("first", ALCOHOLS, (np.arange(60) < 6).astype(float))
    second = table("second", ALCOHOLS, (np.arange(60) % 10 == 0).astype(float))
    half = table("half", ALCOHOLS, (np.arange(60) % 2).astype(float))
    other = table("other", ALCOHOLS, (np.arange(60) % 4 < 2).astype(float))
    found = analyse(context_of(SourceData((first, second, half, other)), tmp_path))
    assert (
        found.data["only_positive"] == 5
        and "5 pairs can show a positive correlation only" in found.sentence
    )


def test_one_task_has_no_pair(tmp_path: Path) -> None:
    assert analyse(context_of(panel((0, 30)), tmp_path)).status == "not applicable"


def test_the_finding_survives_where_nothing_is_shared(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 30), (30, 60)), tmp_path, Thresholds()))
    assert found.data["best"] == [] and plain_data(found.data)["median"] is None
