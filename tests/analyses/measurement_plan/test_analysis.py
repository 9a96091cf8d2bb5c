"""The finding about what to measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.measurement_plan import analysis as module
from auditor.analyses.measurement_plan.analysis import analyse, plan_for
from auditor.document.jsonable import plain_data
from auditor.gate.gate import Thresholds
from tests.analyses.making import context_of, panel
from tests.analyses.shift.test_distance import ALKANOLS, BIARYLS

RULE = Thresholds(min_support=10)


def test_the_plan_names_tasks_compounds_and_what_it_saves(tmp_path: Path) -> None:
    # 10 shared of 60: 0.4 needs 24, so 14 more
    found = analyse(context_of(panel((0, 35), (25, 60)), tmp_path, RULE))
    data = plain_data(found.data)
    assert (data["total"], data["bound"], data["exact"]) == (14, 14, True)
    assert found.sentence.startswith("14 new measurements of 14 compounds with 1 scaffold bring the pair")
    assert sum(data["new_by_task"].values()) == 14 == len(data["measurements"])
    assert data["pairs"][0]["overlap_after"] == pytest.approx(0.4)
    assert {row["scaffold"] for row in data["measurements"]} == {"acyclic"}


def test_named_pairs_are_planned_for_alone(tmp_path: Path) -> None:
    context = context_of(panel((0, 35), (25, 60), (50, 78), smiles=ALKANOLS), tmp_path, RULE)
    plan = plan_for(context, [(0, 1)])
    assert {row.task for row in plan.measurements} <= {"t0", "t1"} and plan.total == 14


def test_a_long_plan_is_counted_but_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LISTED", 13)
    found = analyse(context_of(panel((0, 35), (25, 60)), tmp_path, RULE))
    assert found.data["total"] == 14 and found.data["measurements"] is None
    assert sum(found.data["new_by_task"].values()) == 14


def test_nothing_is_planned_where_every_pair_shares_enough(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 30), (0, 30)), tmp_path))
    assert found.data["total"] == 0 and "nothing to measure" in found.sentence


def test_a_plan_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 8), (4, 12), smiles=BIARYLS), tmp_path))
    assert found.status == "not applicable" and "has 12" in found.sentence
