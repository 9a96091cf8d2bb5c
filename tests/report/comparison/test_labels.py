"""What two documents tell of their labels: the same in any order, or which tasks differ."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.audit.document import overlap_document
from auditor.report.comparison.blocks import blocks_of
from auditor.report.comparison.compare import compare
from auditor.report.comparison.labels import OLDER, OTHER, OTHER_IDENTITY, SAME, label_changes
from auditor.report.comparison.run import Run
from auditor.source.rows import SourceData
from tests.analyses.making import context_of, panel

RUNS = tuple[Run, Run]


def reversed_rows(data: SourceData) -> SourceData:
    """The same rows, from the last to the first, and the last task first."""
    tables = (
        dataclasses.replace(one, smiles=one.smiles[::-1], values=one.values[::-1]) for one in data.tables
    )
    return SourceData(tuple(tables)[::-1])


def with_value(data: SourceData, task: int, row: int, value: float) -> SourceData:
    tables = list(data.tables)
    values = tables[task].values.copy()
    values[row] = value
    tables[task] = dataclasses.replace(tables[task], values=values)
    return SourceData(tuple(tables))


def without_row(data: SourceData, task: int) -> SourceData:
    tables = list(data.tables)
    tables[task] = dataclasses.replace(
        tables[task], smiles=tables[task].smiles[1:], values=tables[task].values[1:]
    )
    return SourceData(tuple(tables))


def renamed(data: SourceData, task: int, name: str) -> SourceData:
    tables = list(data.tables)
    tables[task] = dataclasses.replace(tables[task], task=dataclasses.replace(tables[task].task, name=name))
    return SourceData(tuple(tables))


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[Callable[[SourceData], SourceData]], RUNS]:
    data = panel((0, 40), (10, 50), (5, 60))

    def made(change: Callable[[SourceData], SourceData]) -> RUNS:
        first, second = (overlap_document(context_of(one, tmp_path)) for one in (data, change(data)))
        return Run("first", first), Run("second", second)

    return made


def as_older(run: Run) -> Run:
    """The document as 0.1 wrote it."""
    document: dict[str, Any] = copy.deepcopy(dict(run.document))
    for task in document["data"]["tasks"]:
        del task["labels_sha256"]
    return Run(run.name, document)


def test_the_same_labels_in_another_order_are_the_same(runs: Any) -> None:
    first, second = runs(reversed_rows)
    assert first.data["benchmark"]["labels_sha256"] != second.data["benchmark"]["labels_sha256"]
    found = compare([first, second], seed=0)
    assert found["status"] == "pass" and "all on the same labels" in found["sentence"]
    told = found["against_first"][0]["data"]
    assert (told["labels"], told["changed_tasks"], told["renamed_tasks"]) == (SAME, [], [])
    assert len({run["labels_sha256"] for run in found["runs"]}) == 1


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda data: with_value(data, 1, 3, 99.0), [{"task": "t1", "labels": [40, 40]}]),
        (lambda data: without_row(data, 2), [{"task": "t2", "labels": [55, 54]}]),
        (
            lambda data: without_row(with_value(data, 0, 0, 0.5), 1),
            [{"task": "t0", "labels": [40, 40]}, {"task": "t1", "labels": [40, 39]}],
        ),
    ],
)
def test_the_tasks_whose_labels_differ_are_named(runs: Any, change: Any, changed: Any) -> None:
    found = compare(list(runs(lambda data: reversed_rows(change(data)))), seed=0)
    told = found["against_first"][0]["data"]
    assert (told["labels"], told["changed_tasks"]) == (OTHER, changed)
    assert all(one["task"] in found["sentence"] for one in changed)
    shown = [row for block in blocks_of(found) for row in getattr(block, "rows", ())]
    one = changed[0]
    assert ("second", f"labels of {one['task']}", *map(str, one["labels"])) in shown


def test_a_task_under_another_name_is_recognised(runs: Any) -> None:
    told = label_changes(*runs(lambda data: renamed(data, 1, "another")))
    assert (told["labels"], told["renamed_tasks"]) == (OTHER, [["t1", "another"]])
    assert told["changed_tasks"] == []


def test_an_older_document_is_the_same_in_the_same_order_and_cannot_tell_in_another(runs: Any) -> None:
    first, second = runs(lambda data: data)
    assert label_changes(as_older(first), second)["same_labels"]
    first, second = runs(reversed_rows)
    told = label_changes(as_older(first), second)
    assert (told["labels"], told["changed_tasks"]) == (OLDER, [])
    assert "cannot be told" in compare([as_older(first), second], seed=0)["sentence"]
    first, second = runs(lambda data: with_value(reversed_rows(data), 1, 3, 99.0))
    told = label_changes(as_older(first), second)
    assert (told["labels"], [one["task"] for one in told["changed_tasks"]]) == (OTHER, ["t1"])


def test_other_names_of_the_compounds_are_no_other_labels(runs: Any) -> None:
    first, second = runs(reversed_rows)
    second.document["data"]["benchmark"]["identity"] = "canonical"
    assert label_changes(first, second)["labels"] == OTHER_IDENTITY


def test_rounding_in_a_mean_is_no_other_label(runs: Any) -> None:
    first, second = (as_older(run) for run in runs(reversed_rows))
    for task in second.document["data"]["tasks"]:
        task["mean"] = float(np.nextafter(task["mean"], np.inf))
    assert label_changes(first, second)["changed_tasks"] == []
