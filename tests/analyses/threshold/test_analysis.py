"""The analysis of the threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.analyses.threshold.analysis import analyse
from auditor.analyses.threshold.blocks import PAPER
from auditor.analyses.threshold.settings import Settings
from auditor.document.blocks import from_json, to_json
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from tests.auditing import audited

QUICK: dict[str, Any] = {
    "steps": "1,0.4,0", "seeds": 1, "epochs": 2, "logs": 6, "labels": 110, "assignment": "random"
}  # fmt: skip


def test_the_papers_table_is_the_one_that_was_recomputed() -> None:
    assert dict(PAPER)[0.4] == 0.527 and dict(PAPER)[0.5] == 0.696 and len(PAPER) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": "1,0.5"},
        {"steps": "2,1,0"},
        {"assignment": "blocks"},
        {"batches": "1"},
        {"groups": 1},
        {"seeds": 0},
        {"window": 0.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        analyse(None, **wrong)  # type: ignore[arg-type]


def test_every_overlap_is_trained_and_logged_alike() -> None:
    settings = Settings("matched", (1.0, 0.5, 0.0), 1, 10, 60, 0.5, 600, 2, ("random",), (32,))
    for compounds in (600, 800, 1_200):
        changes = settings.overrides(compounds, 32)
        inside = settings.optimiser_steps(compounds, 32) * settings.window
        assert changes["patience"] == changes["epochs"] == 10
        assert 60 <= inside / changes["log_every"] < 120
    assert settings.optimiser_steps(65, 32) == 20, "a last batch of one compound is left out"


@pytest.mark.slow
def test_labels_stay_fixed_and_a_second_run_trains_nothing(tmp_path: Path) -> None:
    affinities = ("gradient-cosine", "chemical-correlation")
    context = audited(tmp_path, options={"labels_per_task": "300", "tasks": "6"}, affinities=affinities)
    found = analyse(context, **QUICK)
    assert found.data["labels_per_task"] == [110, 110, 110]
    assert {curve["estimator"] for curve in found.data["curves"]} == set(affinities)
    for curve in found.data["curves"]:
        overlaps = [level["overlap"] for level in curve["levels"]]
        assert overlaps == pytest.approx([1, 0.4, 0], abs=1 / 110)
        assert [level["pairs"] for level in curve["levels"]] == [9, 9, 9]
    assert "At 110 labels per task throughout" in found.sentence
    assert [from_json(to_json(block)) for block in found.blocks] == list(found.blocks)
    kept = set((tmp_path / "trainings").glob("*/manifest.json"))
    again = analyse(context, **QUICK)
    assert plain_data(again.data) == plain_data(found.data)
    assert set((tmp_path / "trainings").glob("*/manifest.json")) == kept


@pytest.mark.slow
def test_the_papers_protocol_says_that_it_is_confounded(tmp_path: Path) -> None:
    context = audited(
        tmp_path,
        options={"labels_per_task": "300", "tasks": "5"},
        affinities=("chemical-correlation",),
    )
    found = analyse(context, protocol="retention", steps="1,0.6,0.3", seeds=2)
    assert found.data["labels_per_task"] == [300, 180, 90]
    assert "labels per task go from 300 to 90" in found.sentence
    overlaps = [level["overlap"] for level in found.data["curves"][0]["levels"]]
    assert overlaps == pytest.approx([1, 0.6 / 1.4, 0.3 / 1.7], abs=0.05)
    assert any("confounded" in getattr(block, "text", "") for block in found.blocks)


@pytest.mark.slow
def test_a_table_without_shared_compounds_cannot_be_degraded(tmp_path: Path) -> None:
    context = audited(
        tmp_path,
        options={"labels_per_task": "150", "tasks": "4", "overlap": "0"},
        affinities=("chemical-correlation",),
    )
    found = analyse(context, **QUICK)
    assert found.status == "not applicable" and "measured in every task" in found.sentence


@pytest.mark.slow
def test_chemistry_needs_no_overlap_where_labels_are_known_to_follow_it(tmp_path: Path) -> None:
    """The generated labels are functions of substituents: their likeness outlives the shared compounds."""
    context = audited(
        tmp_path,
        options={"labels_per_task": "1200", "tasks": "8", "kind": "regression"},
        affinities=("chemical-correlation",),
    )
    found = analyse(context, **(QUICK | {"labels": 600, "seeds": 3}))
    (curve,) = found.data["curves"]
    assert all(level["full"][0] > 0.85 for level in curve["levels"])
    assert not curve["shape"]["threshold"]
    assert np.isnan(curve["levels"][-1]["own"][0]), "without shared compounds the table has no E"
