"""Two audits side by side: what differs in data, settings, verdicts and affinities."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.audit.document import analysis_document
from auditor.audit.request import DataRequest
from auditor.audit.results import AffinityMatrix
from auditor.errors import UsageError
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.report.comparison.blocks import blocks_of
from auditor.report.comparison.compare import compare, comparison_document
from auditor.report.comparison.run import Run, named_runs
from auditor.report.json import dump


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document of an audit of six tasks with a made-up affinity."""
    cache = tmp_path_factory.mktemp("cache")
    options = {"labels_per_task": "120", "tasks": "6"}
    context = open_audit(DataRequest("synthetic", load_registry(), cache, options=options, only=("power",)))
    values = context.benchmark.truth
    assert values is not None
    error = np.full(values.shape, 0.01)
    context.affinities["made-up"] = AffinityMatrix(
        "made-up", context.benchmark.task_names, values, error, np.full(values.shape, 9, np.int64)
    )
    training = {"encoder": "ecfp", "split": "scaffold", "config": {"epochs": 5}, "runs": [{"seed": 0}]}
    found: dict[str, Any] = analysis_document(context)
    found["data"]["training"] = training
    return found


def changed(document: dict[str, Any], name: str = "second") -> Run:
    """Return a run of a document that a test may change."""
    return Run(name, copy.deepcopy(document))


def test_a_run_equals_itself(document: dict[str, Any]) -> None:
    found = compare([Run("first", document), changed(document)], seed=0)
    other = found["against_first"][0]
    assert found["status"] == "pass"
    assert other["data"] == {
        "same_labels": True, "labels": "the same", "changed_tasks": [], "renamed_tasks": [],
        "changed_files": [], "other_files": [],
    }  # fmt: skip
    assert other["settings"] == {} and other["pairs_changed"] == 0
    for entry in found["affinities"].values():
        assert entry["between"][0]["pearson"] == pytest.approx(1.0)
        assert entry["between"][0]["largest_difference"] == 0
    assert set(found["affinities"]) == {"E (labels)", "made-up"}


def test_what_is_the_same_is_not_shown_as_a_difference(document: dict[str, Any]) -> None:
    other = changed(document)
    rows = other.document["data"]["label_correlation"]["correlation"]
    rows[0][1] += 1e-15  # sums made in another order
    rows[1][0] += 1e-15
    found = compare([Run("first", document), other], seed=0)
    assert found["affinities"]["E (labels)"]["between"][0]["largest_difference"] == 0
    captions = [getattr(block, "caption", "") for block in blocks_of(found)]
    assert not any("Do the runs agree" in caption or "largest" in caption for caption in captions)
    assert "E (labels)" not in found["sentence"]


def test_what_each_run_says_of_an_affinity_and_e_stands_side_by_side(document: dict[str, Any]) -> None:
    told = {"pearson": 0.5, "low": 0.1, "high": 0.8, "mantel_p": 0.02, "noise": {"reliability": 0.9}}
    runs = [changed(document, name) for name in ("one", "two")]
    for run, r in zip(runs, (0.5, 0.25), strict=True):
        finding = {
            "name": "agreement",
            "status": "ok",
            "data": {"made-up": {**told, "pearson": r}, "given": {}},
        }
        run.document["data"]["findings"].append(finding)
    found = compare([Run("first", document), *runs], seed=0)
    assert [(row["run"], row["pearson"], row["reliability"]) for row in found["agreement"]] == [
        ("one", 0.5, 0.9), ("two", 0.25, 0.9),
    ]  # fmt: skip
    table = next(b for b in blocks_of(found) if "What each run says" in getattr(b, "caption", ""))
    assert ("made-up", "two", "0.25 (0.10 to 0.80)", 0.02, 0.9) in table.rows


def test_the_order_of_tasks_does_not_matter(document: dict[str, Any]) -> None:
    other = changed(document)
    order = [3, 0, 5, 1, 4, 2]
    data = other.document["data"]

    def reordered(rows: Any) -> Any:
        return [[rows[i][j] for j in order] for i in order]

    data["tasks"] = [data["tasks"][place] for place in order]
    data["overlap"]["pair_verdict"] = reordered(data["overlap"]["pair_verdict"])
    data["affinity"]["made-up"] = reordered(data["affinity"]["made-up"])
    data["affinity_standard_error"]["made-up"] = reordered(data["affinity_standard_error"]["made-up"])
    data["label_correlation"]["correlation"] = reordered(data["label_correlation"]["correlation"])
    found = compare([Run("first", document), other], seed=0)
    assert found["status"] == "pass"
    assert found["affinities"]["made-up"]["between"][0]["largest_difference"] == 0


def test_every_kind_of_change_is_named(document: dict[str, Any]) -> None:
    other = changed(document)
    data = other.document["data"]
    data["tasks"][0]["labels_sha256"] = "another"
    data["benchmark"]["files"] = [{"name": "new.csv", "sha256": "1"}]
    data["training"]["config"]["epochs"] = 9
    data["overlap"]["pair_verdict"][0][1] = data["overlap"]["pair_verdict"][1][0] = "unreliable"
    data["affinity"]["made-up"][0][1] = data["affinity"]["made-up"][1][0] = -0.9
    found = compare([Run("first", document), other], seed=0)
    change = found["against_first"][0]
    assert found["status"] == "partial"
    assert not change["data"]["same_labels"] and change["data"]["other_files"] == ["new.csv"]
    assert change["settings"] == {"training epochs": [5, 9]}
    assert change["pairs_changed"] == 1
    assert change["changed_pairs"][0]["tasks"] == ["A1", "A2"]
    between = found["affinities"]["made-up"]["between"][0]
    assert between["pearson"] < 0.9 and between["beyond_error"] == 1
    assert between["largest"][0] == {"tasks": ["A1", "A2"], "difference": pytest.approx(-1.6)}


@pytest.mark.parametrize(("count", "beyond"), [(1, None), (2, 0), (3, 1), (50, 1)])
def test_few_logs_explain_a_larger_difference(
    document: dict[str, Any], count: int, beyond: int | None
) -> None:
    runs = [changed(document, name) for name in ("one", "two")]
    for run in runs:
        data = run.document["data"]
        tasks = len(data["tasks"])
        data["affinity_count"]["made-up"] = [[count] * tasks for _ in range(tasks)]
    rows = runs[1].document["data"]["affinity"]["made-up"]
    rows[0][1] += 0.043  # 3.04 of its standard errors: t is 4.30, 2.78 and 1.98
    rows[1][0] += 0.043
    found = compare(runs, seed=0)
    assert found["affinities"]["made-up"]["between"][0]["beyond_error"] == beyond


def test_only_common_tasks_are_compared(document: dict[str, Any]) -> None:
    other = changed(document)
    data = other.document["data"]
    data["tasks"] = [*data["tasks"][:5], {**data["tasks"][5], "name": "another"}]
    found = compare([Run("first", document), other], seed=0)
    assert found["tasks_missing_somewhere"] == ["B3", "another"] and len(found["common_tasks"]) == 5
    assert found["status"] == "partial"
    for task in data["tasks"]:
        task["name"] = f"new {task['name']}"
    nothing = compare([Run("first", document), other], seed=0)
    assert nothing["status"] == "fail" and "nothing to compare" in nothing["sentence"]


def test_many_runs_are_compared_two_by_two(document: dict[str, Any]) -> None:
    runs = [changed(document, f"run {place}") for place in range(4)]
    runs[3].document["data"]["affinity"] = {}
    found = compare(runs, seed=0)
    assert len(found["against_first"]) == 3
    assert len(found["affinities"]["made-up"]["between"]) == 3
    assert len(found["affinities"]["E (labels)"]["between"]) == 6


def test_the_document_is_one_of_this_tools(document: dict[str, Any]) -> None:
    found = comparison_document(
        [Run("first", document), changed(document)], load_registry(), "mtl-audit compare"
    )
    assert found["kind"] == "comparison" and found["data"]["benchmark"]["name"] == "synthetic"
    assert found["data"]["verdict"]["status"] == "pass"
    assert dump(found)


def test_what_cannot_be_compared_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="nothing to be compared"):
        comparison_document([Run("first", document)], load_registry(), "")
    leakage = Run("leak", {"kind": "leakage", "data": {}, "meta": {}})
    with pytest.raises(UsageError, match="leakage audit"):
        comparison_document([Run("first", document), leakage], load_registry(), "")


def test_runs_are_named_by_their_folders_where_these_differ(document: dict[str, Any]) -> None:
    names = [run.name for run in named_runs([Path("a/audit.json"), Path("b/audit.json")], [document] * 2)]
    assert names == ["a", "b"]
    same = [run.name for run in named_runs([Path("a/x.json"), Path("a/y.json")], [document] * 2)]
    assert len(set(same)) == 2
