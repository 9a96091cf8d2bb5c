"""Clusters of tasks against known classes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.clusters.analysis import PAPER, analyse
from auditor.analyses.clusters.annotations import TOX21
from auditor.document.blocks import Tree
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from auditor.report.html.tree import layout
from tests.analyses.affinities import audit_of, liabilities, noisy

GROUPS = "aaabbbcccc"


def annotated(folder: Path, *columns: str) -> Path:
    path = folder / "classes.csv"
    rows = [f"t{place},{','.join(column[place] for column in columns)}" for place in range(len(columns[0]))]
    heads = ",".join(f"level{place}" for place in range(len(columns)))
    path.write_text("\n".join([f"task,{heads}", *rows]) + "\n")
    return path


def test_planted_groups_of_a_file_are_recovered_with_ari_one(tmp_path: Path) -> None:
    context = audit_of(liabilities(200, GROUPS, within=0.7), tmp_path)
    context.affinities = {"made": noisy(context, 0.02)}
    path = annotated(tmp_path, GROUPS, "xyxyxyxyxy")
    found = analyse(context, annotations=str(path))
    json.dumps(plain_data(found.data))
    levels = found.data["affinities"]["made"]["levels"]
    for linkage in ("average", "ward", "complete"):
        told = levels["level0"]["linkages"][linkage]
        assert told["affinity"]["ari"]["value"] == 1 == told["E"]["ari"]["value"]
        assert told["affinity"]["ari"]["p"] <= 0.01
    assert "level0 beyond chance (ARI 1.00" in found.sentence
    assert "level1 no better than chance" in found.sentence
    trees = [block for block in found.blocks if isinstance(block, Tree)]
    assert len(trees) == 2 and all(len(layout(tree).leaves) == 10 for tree in trees)


def test_a_file_that_misses_a_task_is_refused(tmp_path: Path) -> None:
    context = audit_of(liabilities(100, GROUPS, within=0.5), tmp_path)
    context.affinities = {"made": noisy(context, 0.02)}
    with pytest.raises(UsageError, match="no row for 1 of 10 tasks: t9"):
        analyse(context, annotations=str(annotated(tmp_path, GROUPS[:9])))


def test_tasks_named_as_in_tox21_are_held_against_the_papers_groups(tmp_path: Path) -> None:
    groups = [classes[2] for classes in TOX21.values()]
    context = audit_of(liabilities(200, groups, within=0.8), tmp_path, names=list(TOX21))
    context.affinities = {"made": noisy(context, 0.01)}
    found = analyse(context)
    levels = found.data["affinities"]["made"]["levels"]
    assert [levels[name]["classes"] for name in PAPER] == [2, 5, 9]
    assert levels["9 classes"]["linkages"]["average"]["affinity"]["ari"]["value"] == 1
    assert found.data["paper"] == {}  # a benchmark of another name is not the paper's


def test_a_task_without_overlap_is_left_out_by_name(tmp_path: Path) -> None:
    values = liabilities(200, GROUPS, within=0.7)
    values[60:, 4] = np.nan
    context = audit_of(values, tmp_path)
    context.affinities = {"made": noisy(context, 0.02)}
    found = analyse(context, annotations=str(annotated(tmp_path, GROUPS)))
    told = found.data["affinities"]["made"]
    assert told["left_out"] == ["t4"] and len(told["tasks"]) == 9
    assert any("t4" in getattr(block, "text", "") for block in found.blocks)


def test_without_classes_there_are_trees_and_without_pairs_nothing(tmp_path: Path) -> None:
    context = audit_of(liabilities(100, GROUPS, within=0.5), tmp_path)
    context.affinities = {"made": noisy(context, 0.02)}
    found = analyse(context)
    assert "no classes of them are known" in found.sentence and found.status == "ok"
    context.affinities = {}
    assert analyse(context).status == "not applicable"
