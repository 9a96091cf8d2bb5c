"""The analyses of grouping and of gain prediction, on contexts with known affinities and gains."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses import gain_prediction, grouping
from auditor.analyses.benefit.result import measured_gains
from auditor.audit.context import AuditContext
from auditor.audit.results import AffinityMatrix, Finding, Forecast
from auditor.document.jsonable import plain_data
from auditor.transfer.group_gains import GroupGains, group_gains
from tests.analyses.making import benefit_of, context_of, panel

TASKS = 8
LABEL = np.array([0, 1, 0, 1, 1, 0, 0, 1])
"""Two groups of tasks."""


def context(tmp_path: Path, *, gains: bool = False, sign: float = 1.0) -> AuditContext:
    """Return an audit whose affinity knows two groups of tasks, and perhaps gains that follow them."""
    made = context_of(panel(*((0, 60),) * TASKS), tmp_path)
    alike = np.where(LABEL[:, None] == LABEL, 0.4, -0.4)
    rng = np.random.default_rng(0)
    noise = 0.02 * rng.normal(size=(TASKS, TASKS))
    values = alike + noise + noise.T
    made.affinities["gradient-cosine"] = AffinityMatrix(
        "gradient-cosine", made.overlap.tasks, values, np.full_like(values, 0.1), np.ones(values.shape, int)
    )
    if gains:
        pairs = sign * 0.1 * alike + 0.005 * rng.normal(size=values.shape)
        made.findings["benefit"] = Finding("benefit", "It helps.", result=benefit_of(by_pair(pairs)))
    return made


def by_pair(pairs: NDArray[np.float64]) -> GroupGains:
    """Return the gains of every pair from (t, t), source to recipient, twice, with an error of 0.005."""
    rows, columns = np.triu_indices(TASKS, 1)
    inside, gains = np.zeros((len(rows), TASKS), dtype=bool), np.zeros((len(rows), TASKS))
    for place, (i, j) in enumerate(zip(rows, columns, strict=True)):
        inside[place, [i, j]] = True
        gains[place, [i, j]] = pairs[j, i], pairs[i, j]
    names = tuple(f"t{task}" for task in range(TASKS))
    noise = 0.005 * np.random.default_rng(1).normal(size=(2, 2, *gains.shape))
    return group_gains(names, inside, gains, halves=gains + noise)


def test_without_measured_gains_the_sentence_says_so(tmp_path: Path) -> None:
    found = grouping.analyse(context(tmp_path), groups=2)
    assert "No gain was measured" in found.sentence
    rows = {(row["by"], row["way"]): row for row in found.data["groupings"]}
    names = [[f"t{task}" for task in np.flatnonzero(one == LABEL)] for one in (0, 1)]
    assert rows["gradient-cosine", "best"]["groups"] == names
    assert rows["gradient-cosine", "average linkage"]["groups"] == names
    assert rows["gradient-cosine", "best"]["exact"]
    assert "judged" not in rows["gradient-cosine", "best"]


def test_groups_that_gain_beat_random_ones_and_groups_that_lose_do_not(tmp_path: Path) -> None:
    good = grouping.analyse(context(tmp_path, gains=True), groups=2)
    row = _row(good, "gradient-cosine")
    assert row["judged"]["p"] <= 0.05
    assert row["judged"]["value"] == pytest.approx(0.04, abs=0.005)
    assert "gradient-cosine" in good.sentence
    bad = grouping.analyse(context(tmp_path, gains=True, sign=-1.0), groups=2)
    assert _row(bad, "gradient-cosine")["judged"]["p"] > 0.5


def test_one_small_p_of_many_groupings_is_not_said_to_beat_random_groups(tmp_path: Path) -> None:
    made, small = context(tmp_path), 0
    for seed in range(6):
        noise = by_pair(np.random.default_rng(seed).normal(size=(TASKS, TASKS)))
        made.findings["benefit"] = Finding("benefit", "It helps.", result=benefit_of(noise))
        found = grouping.analyse(made)
        p = [row["judged"]["p"] for row in found.data["groupings"] if row["judged"]]
        small += min(one for one in p if np.isfinite(one)) <= 0.05
        assert found.sentence.startswith("0 of ") and "corrected for their number" in found.sentence
    assert small


def test_groups_chosen_by_the_gains_that_judge_them_have_no_p(tmp_path: Path) -> None:
    found = grouping.analyse(context(tmp_path, gains=True), groups=2)
    assert np.isnan(_row(found, grouping.MEASURED)["judged"]["p"])


def test_pairs_that_are_not_usable_argue_for_no_group(tmp_path: Path) -> None:
    made = context(tmp_path)
    made.gate.pairs[:] = 0
    found = grouping.analyse(made)
    assert found.status == "not applicable" or all(
        len(group) == 1 for row in found.data["groupings"] for group in row["groups"]
    )


def test_gains_that_were_not_measured_are_not_predicted(tmp_path: Path) -> None:
    found = gain_prediction.analyse(context(tmp_path))
    assert found.status == "not applicable"
    assert "--also benefit" in found.sentence


def test_gains_that_follow_an_affinity_are_predicted_from_it(tmp_path: Path) -> None:
    found = gain_prediction.analyse(context(tmp_path, gains=True), next_count=3)
    accuracy = found.data["chosen_accuracy"]
    assert 0.85 < accuracy["within_r2"] <= accuracy["within_ceiling"] + 0.05
    assert accuracy["within_p"] < 0.001 and accuracy["differ_p"] < 0.001
    assert "is told from another" in found.sentence
    assert len(found.data["measurements"]) == accuracy["cells"] == TASKS * (TASKS - 1)
    assert "gradient-cosine" in found.data["chosen"]
    assert len(found.data["next"]) == 3
    assert all(len(group["tasks"]) > 1 for group in found.data["next"])


def test_with_a_single_seed_no_accuracy_is_told(tmp_path: Path) -> None:
    made = context(tmp_path, gains=True)
    table = made.findings["benefit"].result.gains
    once = replace(table, halves=table.halves[:, :1])
    made.findings["benefit"] = Finding("benefit", "It helps.", result=benefit_of(once))
    found = gain_prediction.analyse(made)
    assert "two seeds or more" in found.sentence and "R2" not in found.sentence
    assert np.isnan(found.data["chosen_accuracy"]["within_r2"])
    rows = found.blocks[0].rows
    assert all(cell is None for row in rows for cell in row[1:-1]) and all(row[-1] == 0 for row in rows)


def test_findings_can_be_written(tmp_path: Path) -> None:
    made = context(tmp_path, gains=True)
    for found in (grouping.analyse(made, groups=3), gain_prediction.analyse(made)):
        assert json.dumps(plain_data(found.data))
        assert found.blocks


def test_a_benefit_that_was_only_forecast_is_no_measured_gain(tmp_path: Path) -> None:
    made = context(tmp_path)
    made.findings["benefit"] = Finding("benefit", "So many.", result=Forecast(3, 0, 1.0, "a guess"))
    assert measured_gains(made) is None
    made.findings["benefit"] = Finding(
        "benefit", "None.", result=benefit_of(by_pair(np.full((8, 8), np.nan)))
    )
    assert measured_gains(made) is None


def _row(found: Finding, by: str) -> dict[str, Any]:
    return next(row for row in found.data["groupings"] if row["by"] == by and row["way"] == "best")
