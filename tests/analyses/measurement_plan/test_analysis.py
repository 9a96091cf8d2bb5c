"""The finding about what to measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.measurement_plan import analysis as module
from auditor.analyses.measurement_plan.analysis import analyse, plan_for
from auditor.analyses.measurement_plan.plan import pairs_named
from auditor.audit.context import AuditContext
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
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


def three(tmp_path: Path) -> AuditContext:
    """Three tasks of which two nearly share enough, and the third is far from both."""
    return context_of(panel((0, 35), (22, 60), (50, 78), smiles=ALKANOLS), tmp_path, RULE)


@pytest.mark.parametrize("budget", [1, 10, 12, 20, 40, 1000])
def test_a_budget_is_kept_and_makes_reliable_what_it_says(tmp_path: Path, budget: int) -> None:
    found = analyse(three(tmp_path), budget=budget)
    data = plain_data(found.data)
    assert data["total"] <= budget
    reached = [pair for pair in data["pairs"] if pair["alone"] > 0]
    assert all(pair["overlap_after"] >= 0.4 - 1e-12 for pair in reached)
    spent = [point["measurements"] for point in data["curve"]]
    reliable = [point["reliable"] for point in data["curve"]]
    assert spent == sorted(spent) and spent[0] == 0 and spent[-1] <= budget
    assert reliable == sorted(reliable)


def test_a_larger_budget_reaches_more_and_enough_reaches_all(tmp_path: Path) -> None:
    context = three(tmp_path)
    whole = plan_for(context).total
    reached = [
        len([pair for pair in analyse(context, budget=budget).data["pairs"] if pair["alone"] > 0])
        for budget in (5, 15, whole)
    ]
    assert reached == sorted(reached) and reached[0] == 0 and reached[1] == 1 and reached[-1] == 3


def test_only_the_pairs_that_are_named_are_planned_for(tmp_path: Path) -> None:
    found = analyse(three(tmp_path), pairs="t1:t2")
    assert [pair["tasks"] for pair in plain_data(found.data)["pairs"] if pair["alone"]] == [["t1", "t2"]]


@pytest.mark.parametrize("text", ["t0", "t0:t9", "t0:t0", "t0:t1,t9"])
def test_a_pair_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="names no pair of tasks"):
        analyse(three(tmp_path), pairs=text)


def test_names_of_tasks_may_hold_commas_and_colons() -> None:
    tasks = ("a,b", "c:d", "e")
    assert pairs_named("c:d:a,b, e:a,b", tasks) == [(0, 1), (0, 2)]
