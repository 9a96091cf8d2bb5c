"""mtl-audit analyze, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

SMALL = ("--dataset-option", "compounds=240", "--dataset-option", "tasks=6", "--encoder", "ecfp")
SHORT = (*SMALL, "--epochs", "3", "--log-every", "2", "--batch-size", "16")


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "audit.json").read_text())
    return found


def test_an_audit_writes_its_document_and_reports_and_says_where(run: Run, tmp_path: Path) -> None:
    outcome = run("analyze", "synthetic", *SHORT, "--output", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "audit.json",
        "manifest.json",
        "report.html",
        "report.md",
    ]
    assert "Mantel p" in outcome.out and "wrote audit.json" in outcome.err


def test_the_document_holds_the_affinity_with_error_count_and_agreement(run: Run, tmp_path: Path) -> None:
    outcome = run("analyze", "synthetic", *SHORT, "--format", "json", "--output", tmp_path / "out")
    printed = json.loads(outcome.out)
    assert printed == document(tmp_path / "out") and printed["kind"] == "analysis"
    data = printed["data"]
    assert len(data["affinity"]["gradient-cosine"]) == 6 == len(data["affinity"]["gradient-cosine"][0])
    assert data["affinity_count"]["gradient-cosine"][0][1] > 0
    assert data["affinity_standard_error"]["gradient-cosine"][0][1] > 0
    about = data["affinity_about"]["gradient-cosine"]
    assert len(data["figures"]["affinity"]["gradient-cosine"]["curves"][0]["low"]) == 15
    run_facts = data["training"]["runs"][0]
    assert about["logs_in_total"] == run_facts["logs"] and about["logs"] < about["logs_in_total"]
    agreement = next(f for f in data["findings"] if f["name"] == "agreement")["data"]["gradient-cosine"]
    assert agreement["permutations"] >= 9_999 and agreement["pairs"] == 15
    assert 0 < agreement["mantel_p"] <= 1 and agreement["low"] < agreement["pearson"] < agreement["high"]


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (("ecfp", "width=0"), "width=0 is not a network", 2),
        (("embeddings",), "the encoder embeddings needs a file of vectors", 2),
        (("embeddings", "file=none.csv"), "there is no file none.csv", 4),
        (("embeddings", "file=few.csv"), "few.csv has no vector for 240 of 240 compounds", 4),
        (("transformer", "weights=none"), "there is no folder none", 2),
    ],
)
def test_what_an_encoder_cannot_use_is_one_line_before_any_training(
    options: tuple[str, ...], said: str, code: int, within: Run, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir(exist_ok=True)
    (tmp_path / "here" / "few.csv").write_text("smiles,a\nC,1\n[Na+],2\n")
    name, *more = options
    typed = [part for option in more for part in ("--encoder-option", option)]
    synthetic = ("synthetic", "--dataset-option", "compounds=240", "--dataset-option", "tasks=6")
    outcome = within("analyze", *synthetic, "--encoder", name, *typed, "--output", tmp_path / "out")
    assert outcome.code == code and said in outcome.err and "training" not in outcome.err, outcome.err
    assert outcome.out == "" and not (tmp_path / "out").exists()


def test_a_failed_gate_stops_before_training_and_can_be_ignored_aloud(run: Run, tmp_path: Path) -> None:
    sparse = (*SHORT, "--dataset-option", "overlap=0.1")
    outcome = run("analyze", "synthetic", *sparse, "--output", tmp_path / "out")
    assert outcome.code == 3 and outcome.out == "" and not (tmp_path / "out").exists()
    assert "gate failed" in outcome.err and "--ignore-gate" in outcome.err and "training" not in outcome.err
    ignored = run("analyze", "synthetic", *sparse, "--ignore-gate", "--output", tmp_path / "out")
    assert ignored.code == 0, ignored.err
    for text in (
        ignored.out,
        (tmp_path / "out" / "report.html").read_text(),
        (tmp_path / "out" / "report.md").read_text(),
    ):
        assert "The gate failed and was ignored" in text
    assert document(tmp_path / "out")["data"]["gate_ignored"] is True


def test_a_second_run_trains_nothing_and_finds_the_same(run: Run, tmp_path: Path) -> None:
    first = run("analyze", "synthetic", *SHORT, "--output", tmp_path / "a")
    again = run("analyze", "synthetic", *SHORT, "--output", tmp_path / "b")
    assert first.code == again.code == 0 and "finished already" in again.err
    one, two = document(tmp_path / "a"), document(tmp_path / "b")
    assert one["data"] == two["data"]


def test_another_seed_is_another_training(run: Run, tmp_path: Path) -> None:
    run("analyze", "synthetic", *SHORT, "--output", tmp_path / "a")
    other = run("analyze", "synthetic", *SHORT, "--seed", "1", "--output", tmp_path / "b")
    assert "finished already" not in other.err
    affinity = [document(tmp_path / name)["data"]["affinity"]["gradient-cosine"] for name in "ab"]
    assert affinity[0] != affinity[1]


def test_repeats_train_with_consecutive_seeds(run: Run, tmp_path: Path) -> None:
    run("analyze", "synthetic", *SHORT, "--seed", "4", "--seeds", "2", "--output", tmp_path / "out")
    runs = document(tmp_path / "out")["data"]["training"]["runs"]
    assert [found["seed"] for found in runs] == [4, 5]


def test_a_folder_with_another_audit_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    run("analyze", "synthetic", *SHORT, "--output", tmp_path / "out")
    before = (tmp_path / "out" / "audit.json").read_bytes()
    refused = run("analyze", "synthetic", *SHORT, "--seed", "7", "--output", tmp_path / "out")
    assert refused.code == 2 and "--force" in refused.err
    assert (tmp_path / "out" / "audit.json").read_bytes() == before


def test_a_killed_training_resumes_to_the_same_result(run: Run, tmp_path: Path) -> None:
    arguments = ["analyze", "synthetic", *SMALL, "--epochs", "60", "--batch-size", "8", "--patience", "60"]
    fixed = {"SOURCE_DATE_EPOCH": "1750000000", "MTL_AUDIT_CHECKPOINT_S": "0.01"}
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(tmp_path / "killed"), **fixed}
    command = [sys.executable, "-m", "auditor", *arguments, "--output", str(tmp_path / "a")]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    trainings = tmp_path / "killed" / "trainings"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(trainings.glob("*.checkpoint")):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it ended before it could be killed"
    resumed = run(*arguments, "--output", tmp_path / "a", cache=tmp_path / "killed", **fixed)
    straight = run(*arguments, "--output", tmp_path / "b", cache=tmp_path / "whole", **fixed)
    assert resumed.code == straight.code == 0, resumed.err
    assert document(tmp_path / "a")["data"] == document(tmp_path / "b")["data"]
    assert not list(trainings.glob("*.checkpoint"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--encoder", "gnc"), "no encoder named 'gnc'"),
        (("--affinity", "cosine"), "no affinity named 'cosine'"),
        (("--encoder", "ecfp", "--encoder-option", "heads=4"), "heads"),
        (("--encoder", "gat", "--encoder-option", "heads=three"), "heads"),
        (("--dataset-option", "overlap=lots"), "overlap"),
        (("--dataset-option", "overlaps=1"), "overlaps"),
        (("--device", "cuda"), "CUDA"),
    ],
)
def test_an_option_that_cannot_be_is_one_clear_line(run: Run, options: tuple[str, ...], says: str) -> None:
    if "cuda" in options:
        import torch

        if torch.cuda.is_available():
            pytest.skip("this machine has a CUDA device")
    outcome = run("analyze", "synthetic", *options)
    assert outcome.code == 2 and says in outcome.err and "Traceback" not in outcome.err
    assert [line for line in outcome.said if line.startswith("  hint: ")]


PLUGIN = """
from auditor import hookimpl


@hookimpl
def register_analyses(register):
    register("breaks", "breaking_plugin:breaks", summary="raises")
    register("nothing", "breaking_plugin:nothing", summary="returns no finding")


def breaks(context):
    raise RuntimeError("no such luck")


def nothing(context):
    return None
"""


def test_an_analysis_that_raises_is_a_finding_and_the_rest_is_written(run: Run, tmp_path: Path) -> None:
    info = tmp_path / "path" / "breaking_plugin-1.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "path" / "breaking_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: breaking-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\nbreaking = breaking_plugin\n")
    outcome = run(
        "analyze", "synthetic", *SHORT, "--output", tmp_path / "out", PYTHONPATH=str(tmp_path / "path")
    )
    assert outcome.code == 5
    findings = {found["name"]: found for found in document(tmp_path / "out")["data"]["findings"]}
    assert findings["breaks"]["status"] == findings["nothing"]["status"] == "error"
    assert "no such luck" in findings["breaks"]["sentence"] and "breaking" in findings["breaks"]["sentence"]
    assert findings["agreement"]["status"] == "ok" and "no such luck" in outcome.out


@pytest.mark.slow
@pytest.mark.published
@pytest.mark.parametrize("encoder", ["gcn", "gat", "cnn", "ecfp"])
def test_every_encoder_agrees_with_the_labels_of_tox21_beyond_chance(
    run: Run, mirror: Path, published_cache: Path, tmp_path: Path, encoder: str
) -> None:
    outcome = run(
        "analyze", "tox21", "--encoder", encoder, "--epochs", "1", "--window", "1", "--log-every", "5",
        "--mirror", mirror, "--output", tmp_path / "out", cache=published_cache,
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    data = document(tmp_path / "out")["data"]
    found = next(f for f in data["findings"] if f["name"] == "agreement")["data"]["gradient-cosine"]
    assert found["pairs"] == 66 and found["pearson"] > 0.3 and found["mantel_p"] <= 0.01


@pytest.mark.slow
def test_gradients_recover_the_designed_truth_of_synthetic(run: Run, tmp_path: Path) -> None:
    larger = ("--dataset-option", "compounds=1200")
    outcome = run("analyze", "synthetic", *larger, "--encoder", "gcn", "--output", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    findings = {found["name"]: found for found in document(tmp_path / "out")["data"]["findings"]}
    truth = findings["synthetic-truth"]["data"]
    assert truth["E (labels)"]["signed"]["pearson"] > 0.95
    assert truth["gradient-cosine, all logs"]["signed"]["pearson"] > 0.4
    assert truth["error-cosine, all logs"]["signed"]["mantel_p"] <= 0.05


def test_an_estimator_that_needs_no_overlap_runs_where_the_gate_fails(run: Run, tmp_path: Path) -> None:
    outcome = run(
        "analyze", "synthetic", "--dataset-option", "overlap=0", "--affinity", "chemical-correlation",
        "--output", tmp_path / "out",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    data = document(tmp_path / "out")["data"]
    assert data["verdict"]["status"] == "fail" and data["gate_ignored"] is False
    values = data["affinity"]["chemical-correlation"]
    assert values[0][1] > 0.2 and "training" not in outcome.err
