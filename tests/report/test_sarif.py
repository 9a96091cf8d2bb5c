"""SARIF says what is wrong and where, and nothing where nothing is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

import auditor
from auditor.report.sarif import RULES, export
from auditor.report.sections.report import report_of
from tests.networks import varied


def run_of(audit: auditor.Audit) -> dict[str, Any]:
    found = json.loads(export(report_of(audit.document)))
    assert found["version"] == "2.1.0"
    (run,) = found["runs"]
    assert {result["ruleId"] for result in run["results"]} <= set(RULES)
    return run  # type: ignore[no-any-return]


def table(*, shared: bool) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"smiles": list(varied(80)), "a": rng.normal(size=80), "b": rng.normal(size=80)})
    if not shared:
        frame.loc[:39, "a"] = np.nan
        frame.loc[40:, "b"] = np.nan
    return frame


def levels(run: dict[str, Any], rule: str) -> list[str]:
    return [result["level"] for result in run["results"] if result["ruleId"] == rule]


def test_tasks_that_share_nothing_are_an_error(tmp_path: Any) -> None:
    path = tmp_path / "assays.csv"
    table(shared=False).to_csv(path, index=False)
    run = run_of(auditor.overlap(path, quiet=True))
    assert levels(run, "gate") == ["error"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "assays.csv"


def test_sound_data_that_passes_gives_no_result() -> None:
    run = run_of(auditor.overlap(table(shared=True), quiet=True))
    assert levels(run, "gate") == [] and levels(run, "reading") == [] and levels(run, "analysis") == []


def test_every_text_that_cannot_be_read_is_named_with_its_values() -> None:
    broken = pd.DataFrame({"smiles": ["C1CC(", "C1CC(", "xyz"], "a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]})
    run = run_of(auditor.overlap(pd.concat([table(shared=True), broken]), quiet=True))
    texts = [result["message"]["text"] for result in run["results"] if result["ruleId"] == "reading"]
    assert len(texts) == 2
    assert any(text.startswith("'C1CC(' of 4 values:") for text in texts)
    assert any(text.startswith("'xyz' of 2 values:") for text in texts)
