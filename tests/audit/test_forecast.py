"""A dry run says what really runs afterwards, keeps no training and writes no report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.audit.forecast import _asked
from auditor.audit.results import Finding
from auditor.cli import run
from auditor.document.schema import schema_text
from auditor.errors import PluginError
from auditor.plugin.component import Analysis, Owner
from auditor.testing import small_audit

SMALL = ("synthetic", "--dataset-option", "labels_per_task=120", "--dataset-option", "tasks=3", "--encoder", "ecfp",
         "--encoder-option", "width=16", "--encoder-option", "hidden=24", "--encoder-option", "bits=128",
         "--split", "random", "--epochs", "2", "--batch-size", "16", "--seeds", "2", "--skip",
         "controls")  # fmt: skip
BENEFIT = ("--also", "benefit", "--analysis-option", "benefit.seeds=2")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return what a command printed as JSON."""
    code = run([*arguments, "--format", "json", "--cache-dir", "cache"])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    found: dict[str, Any] = json.loads(shown.out)
    return found


def kept() -> tuple[int, int]:
    """Return how many shared trainings and how many of groups the cache holds."""
    entries = [
        len(list(Path("cache", name).glob("[0-9a-f]*/manifest.json"))) for name in ("trainings", "jobs")
    ]
    return entries[0], entries[1]


def test_a_dry_run_counts_what_really_runs(capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, "analyze", *SMALL, *BENEFIT, "--dry-run")
    jsonschema.validate(told, json.loads(schema_text()))
    found = told["data"]["findings"][0]["data"]
    assert told["kind"] == "forecast" and told["data"]["verdict"]["status"] == "dry-run"
    parts = {part["purpose"]: part for part in found["parts"]}
    assert set(parts) == {"affinities", "benefit"} and found["stored"] == 0
    assert all(part["seconds"] > 0 and part["measured_on"] for part in parts.values())
    assert (
        "20 steps" in parts["affinities"]["measured_on"] and "one epoch" in parts["benefit"]["measured_on"]
    )
    assert kept() == (0, 0) and not Path("reports").exists()
    document(capsys, "analyze", *SMALL, *BENEFIT)
    assert (
        kept() == (parts["affinities"]["trainings"], parts["benefit"]["trainings"]) == (2, 2 * (3 + 3 + 1))
    )
    again = document(capsys, "analyze", *SMALL, *BENEFIT, "--dry-run")["data"]["findings"][0]
    assert again["data"]["stored"] == again["data"]["trainings"] == found["trainings"]
    assert "0 to run." in again["sentence"]
    longer = document(capsys, "analyze", *SMALL, "--dry-run", "--seeds", "3")["data"]["findings"][0]["data"]
    assert (longer["trainings"], longer["stored"]) == (3, 2) and longer["seconds"] > 0
    assert longer["parts"][0]["measured_on"] == "2 stored trainings"


def test_what_trains_nothing_counts_nothing_and_what_cannot_be_counted_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = (
        "analyze",
        *SMALL[:-2],
        "--affinity",
        "chemical-correlation",
        "--also",
        "threshold",
        "--dry-run",
    )
    found = document(capsys, *arguments)["data"]["findings"][0]["data"]
    assert found["trainings"] == 0 and not found["parts"]
    assert set(found["not_counted"]) == {"controls", "threshold"}


def test_a_dry_run_stops_where_the_audit_would(capsys: pytest.CaptureFixture[str]) -> None:
    apart = ("--dataset-option", "overlap=0")
    assert run(["analyze", *SMALL, *apart, "--dry-run", "--cache-dir", "cache"]) == 3
    assert "gate failed" in capsys.readouterr().err


def test_a_recommendations_dry_run_counts_the_trainings_of_its_affinities(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("recommend", *SMALL[:-4], "--seeds", "1", "--budget", "4")
    plain = document(capsys, *arguments, "--dry-run")["data"]["findings"][0]["data"]
    assert plain["affinities"] is None and plain["trainings"] == 3 + 4
    trained = document(capsys, *arguments, "--affinity", "error-cosine", "--dry-run")
    assert trained["data"]["findings"][0]["data"]["affinities"]["trainings"] == 1
    assert kept() == (0, 0)
    document(capsys, *arguments)
    assert kept() == (0, plain["trainings"])


def test_an_analysis_that_forecasts_nothing_when_asked_is_named_with_its_owner() -> None:
    def analyse(context: object, *, dry_run: bool = False) -> Finding:
        return Finding(
            "mine", "So many.", {"trainings": 3, "stored": 0, "seconds": 1.0, "measured_on": "a guess"}
        )

    component = Analysis("mine", analyse, "s", Owner("p", "d", "1"))
    with pytest.raises(PluginError, match=r"p \(d 1\) gave no forecast"):
        _asked(component, small_audit(), {})
