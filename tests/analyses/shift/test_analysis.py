"""The finding about shift."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.shift import analysis as module
from auditor.analyses.shift.analysis import analyse
from auditor.document.jsonable import plain_data
from auditor.source.rows import SourceData
from tests.analyses.making import context_of, panel
from tests.analyses.shift.test_distance import ALKANOLS, BIARYLS
from tests.making import table


def three_tasks() -> SourceData:
    """Two halves of one chemistry, and another chemistry; no compound is shared."""
    rng = np.random.default_rng(0)
    order = [ALKANOLS[i] for i in rng.permutation(len(ALKANOLS))]
    parts = {"even": order[::2], "odd": order[1::2], "other": list(BIARYLS)}
    values = {name: rng.normal(size=len(texts)) for name, texts in parts.items()}
    return SourceData(tuple(table(name, parts[name], values[name], "regression") for name in parts))


def test_a_low_overlap_pair_is_told_from_an_out_of_domain_pair(tmp_path: Path) -> None:
    found = analyse(context_of(three_tasks(), tmp_path))
    domains = {tuple(facts["tasks"]): facts["domain"] for facts in found.data["shifts"]}
    assert domains == {
        ("even", "odd"): "in domain",
        ("even", "other"): "out of domain",
        ("odd", "other"): "out of domain",
    }
    assert found.data["low_overlap"]["in domain"] == 1
    assert "1 have like compounds" in found.sentence and "2 are out of domain" in found.sentence
    assert len(found.blocks[0].rows) == 6
    assert plain_data(found.data)["shifts"][0]["sides"][0]["compounds"] == 39


def test_scaffolds_are_murcko_scaffolds(tmp_path: Path) -> None:
    found = analyse(context_of(three_tasks(), tmp_path))
    sides = {tuple(facts["tasks"]): facts["sides"] for facts in found.data["shifts"]}
    assert sides["even", "odd"][0]["scaffolds"] == 1.0  # both are acyclic
    assert sides["even", "other"][0]["scaffolds"] == 0.0


def test_reliable_pairs_are_not_counted_as_low_overlap(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 40), (0, 40), smiles=ALKANOLS), tmp_path))
    assert sum(found.data["low_overlap"].values()) == 0 and "No pair is low" in found.sentence


def test_many_tasks_are_cut_to_the_pairs_of_least_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TASKS", 3)
    monkeypatch.setattr(module, "LOWEST", 2)
    data = panel((0, 40), (0, 39), (30, 70), (35, 75), smiles=ALKANOLS)
    found = analyse(context_of(data, tmp_path))
    assert [facts["tasks"] for facts in found.data["shifts"]] == [["t1", "t3"], ["t0", "t3"]]
    assert "the 2 pairs of least overlap" in found.sentence and found.data["pairs"] == 6


def test_one_task_has_no_pair(tmp_path: Path) -> None:
    assert analyse(context_of(panel((0, 30)), tmp_path)).status == "not applicable"
