"""Pairs of tasks that are one measurement."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.duplicate_tasks.analysis import analyse
from auditor.document.jsonable import plain_data
from auditor.source.rows import SourceData, Task, TaskTable
from tests.analyses.making import context_of
from tests.making import ALCOHOLS, source, table
from tests.plugins.reading import read

VALUES = np.random.default_rng(0).normal(size=60)


def test_both_names_of_a_duplicated_task_are_told(tmp_path: Path) -> None:
    data = source(
        table("logD", ALCOHOLS, VALUES, "regression"),
        table("lipophilicity", ALCOHOLS[:40], VALUES[:40], "regression"),
        table("other", ALCOHOLS, np.roll(VALUES, 7), "regression"),
    )
    found = analyse(context_of(data, tmp_path))
    json.dumps(plain_data(found.data))
    (pair,) = found.data["pairs"]
    assert pair["tasks"] == ["logD", "lipophilicity"] and pair["verdict"] == "identical"
    assert (pair["shared"], pair["equal"], pair["containment"]) == (40, 40, 1.0)
    assert found.sentence.startswith("logD and lipophilicity carry the same labels")


def test_unrelated_tasks_are_said_to_have_no_duplicate(tmp_path: Path) -> None:
    data = source(
        table("a", ALCOHOLS, VALUES, "regression"), table("b", ALCOHOLS, np.roll(VALUES, 7), "regression")
    )
    found = analyse(context_of(data, tmp_path))
    assert found.sentence.startswith("No two tasks carry the same labels") and found.data["pairs"] == []


def test_read_outs_of_one_assay_are_told_with_their_correlation(tmp_path: Path) -> None:
    tasks = [Task(f"X_{end}", "regression", assay="X") for end in ("up", "dn")]
    rolled = (VALUES, VALUES + np.roll(VALUES, 7))
    tables = tuple(TaskTable(task, ALCOHOLS, values) for task, values in zip(tasks, rolled, strict=True))
    found = analyse(context_of(SourceData(tables), tmp_path))
    (group,) = found.data["groups"]
    assert group["certain"] and group["tasks"] == ["X_up", "X_dn"]
    expected = abs(np.corrcoef(*rolled)[0, 1])
    assert group["median_correlation"] == pytest.approx(expected)
    assert "2 tasks are read-outs of 1 assay" in found.sentence


@pytest.mark.published
def test_the_columns_that_qm8_publishes_twice_are_found(mirror: Path, published_cache: Path) -> None:
    data, _ = read("qm8", published_cache, mirror)
    data = replace(data, tables=tuple(t for t in data.tables if "PBE0" in t.task.name))
    found = analyse(context_of(data, published_cache))
    pairs = {tuple(pair["tasks"]) for pair in found.data["pairs"] if pair["verdict"] == "identical"}
    assert pairs == {(f"{name}-PBE0", f"{name}-PBE0.1") for name in ("E1", "E2", "f1", "f2")}


@pytest.mark.published
def test_sets_that_were_made_from_one_another_are_found(mirror: Path, published_cache: Path) -> None:
    tables = []
    logd = ("lipophilicity", "tdc-lipophilicity_astrazeneca")
    for name in ("esol", "tdc-solubility_aqsoldb", *logd, "clintox"):
        for part in read(name, published_cache, mirror)[0].tables:
            tables.append(replace(part, task=replace(part.task, name=f"{name}:{part.task.name}")))
    found = analyse(context_of(SourceData(tuple(tables)), published_cache))
    verdicts = {tuple(n.partition(":")[0] for n in pair["tasks"]): pair for pair in found.data["pairs"]}
    assert (verdicts[logd]["verdict"], verdicts[logd]["shared"]) == ("identical", 4200)
    esol = verdicts["esol", "tdc-solubility_aqsoldb"]
    assert esol["verdict"] == "partly copied" and esol["containment"] == 1
    assert esol["correlation"] == pytest.approx(0.99, abs=0.005)
    assert verdicts["clintox", "clintox"]["verdict"] == "nearly opposite"
    assert len(verdicts) == 3


def test_nanomolar_and_its_logarithm_are_said_to_be_one_ranking(tmp_path: Path) -> None:
    nanomolar = np.round(10 ** (2 + VALUES), 1)
    data = source(
        table("IC50 [nM]", ALCOHOLS, nanomolar, "regression"),
        table("pIC50", ALCOHOLS, 9 - np.log10(nanomolar), "regression"),
    )
    found = analyse(context_of(data, tmp_path))
    assert "IC50 [nM] and pIC50 give one ranking on two scales: keep one" in found.sentence
    assert found.data["pairs"][0]["verdict"] == "same ranking, other scale"
    assert found.data["pairs"][0]["spearman"] == pytest.approx(-1)
