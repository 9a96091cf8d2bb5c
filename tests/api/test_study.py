"""Studies: affinities as DataFrames, the gate's error, a call that goes on after an interruption."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import auditor
from auditor import console
from auditor.api.audit import Audit, Recommendation, Study
from auditor.errors import GateFailed, UsageError
from auditor.training import checkpoint
from tests.making import ALCOHOLS

SMALL: dict[str, Any] = {
    "dataset_options": {"labels_per_task": 120, "tasks": 4},
    "encoder": "ecfp",
    "encoder_options": {"width": 16, "hidden": 24, "bits": 128},
    "split": "random",
    "epochs": 2,
    "batch_size": 16,
    "quiet": True,
}
ALONE = {"only": ["agreement"]}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    found = auditor.analyze(
        "synthetic", cache_dir=tmp_path_factory.mktemp("cache"), window=1.0, **SMALL, **ALONE
    )
    assert isinstance(found, Study)
    return found


def test_an_affinity_is_a_dataframe_with_its_error_and_count(study: Study) -> None:
    assert study.affinities == ("gradient-cosine", "error-cosine")
    values, count = study.affinity("gradient-cosine"), study.count("gradient-cosine")
    assert list(values.index) == list(values.columns) == list(study.tasks.index)
    off = ~np.eye(len(values), dtype=bool)
    assert np.abs(values.to_numpy()[off]).max() <= 1 and (count.to_numpy()[off] > 0).all()
    assert (study.standard_error("gradient-cosine").to_numpy()[off] > 0).all()
    assert study.pairs["gradient-cosine"][0] == values.iloc[0, 1]


def test_unseen_compounds_are_the_test_part_alone(study: Study) -> None:
    found, sides = study.findings["agreement"].data, study.document["data"]["training"]["compounds"]
    assert (
        found["gradient-cosine"]["unseen"]["compounds"]
        == sides["test"]
        < sides["validation"] + sides["test"]
    )


def test_an_affinity_that_was_not_estimated_is_refused_with_the_nearest(study: Study) -> None:
    with pytest.raises(UsageError, match="no affinity 'gradient-cosin'") as refused:
        study.affinity("gradient-cosin")
    assert "did you mean gradient-cosine" in refused.value.hint


def test_a_study_is_saved_as_a_folder_and_loaded(study: Study, tmp_path: Path) -> None:
    again = auditor.load(study.save(tmp_path / "run"))
    assert isinstance(again, Study)
    assert {"audit.json", "report.html", "report.md"} <= {
        path.name for path in (tmp_path / "run").iterdir()
    }
    pd.testing.assert_frame_equal(again.affinity("error-cosine"), study.affinity("error-cosine"))


def test_a_failed_gate_is_an_error_that_holds_the_audit(tmp_path: Path) -> None:
    half = [1.0, 0.0] * 15
    gap: list[float] = [np.nan] * 30
    frame = pd.DataFrame({"smiles": ALCOHOLS, "a": half + gap, "b": gap + half})
    with pytest.raises(GateFailed, match="gate failed") as failed:
        auditor.analyze(frame, cache_dir=tmp_path, **{**SMALL, "dataset_options": None})
    audit = failed.value.audit
    assert isinstance(audit, Audit) and audit.verdict.status == "fail" and audit.support.iloc[0, 1] == 0
    assert "ignore_gate=True" in failed.value.hint and "power" in audit.findings
    options = {**SMALL, "dataset_options": None, **ALONE}
    found = auditor.analyze(frame, cache_dir=tmp_path, ignore_gate=True, **options)
    assert found.data["gate_ignored"] and "ignored on request" in found._repr_html_()


def test_threads_are_one_within_a_call_and_as_they_were_after_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(3)
    try:
        monkeypatch.setattr(
            "auditor.api.calls.studied", lambda *_, **__: seen.append(torch.get_num_threads())
        )
        auditor.analyze("synthetic", **SMALL)
        auditor.analyze("synthetic", **SMALL, threads=2)
        assert seen == [1, 2] and torch.get_num_threads() == 3 and "OMP_NUM_THREADS" not in os.environ
    finally:
        torch.set_num_threads(before)


def interrupting(
    after: int,
) -> Callable[[str, int], contextlib.AbstractContextManager[Callable[[int], None]]]:
    """Return a progress that is interrupted after so many steps of a training."""

    @contextlib.contextmanager
    def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
        done = 0

        def advance(steps: int) -> None:
            nonlocal done
            done += steps
            if label.startswith("training ") and done >= after:
                raise KeyboardInterrupt

        yield advance

    return progress


def test_a_call_that_is_interrupted_goes_on_when_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study
) -> None:
    monkeypatch.setattr(checkpoint, "INTERVAL_S", 0.0)
    steps: list[int] = []
    call = {**SMALL, **ALONE, "cache_dir": tmp_path, "epochs": 4}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(console, "progress", interrupting(20))
        auditor.analyze("synthetic", **call)
    assert list(tmp_path.glob("trainings/*.checkpoint")), "nothing was kept"

    @contextlib.contextmanager
    def counting(label: str, total: int) -> Iterator[Callable[[int], None]]:
        yield lambda done: steps.append(done) if label.startswith("training ") else None

    monkeypatch.setattr(console, "progress", counting)
    gone_on = auditor.analyze("synthetic", **call)
    whole = auditor.analyze("synthetic", **{**call, "cache_dir": tmp_path / "other"})
    assert gone_on.data["affinity"] == whole.data["affinity"]
    assert steps[0] > 1  # the steps before the interruption at once
    steps.clear()
    auditor.analyze("synthetic", **call)
    assert not steps  # a finished training is not repeated


def test_a_dry_run_counts_and_trains_nothing(tmp_path: Path) -> None:
    found = auditor.analyze("synthetic", cache_dir=tmp_path, dry_run=True, **SMALL)
    assert found.kind == "forecast" and found.verdict.status == "dry-run"
    assert not list(tmp_path.glob("trainings/*/manifest.json"))


def test_a_recommendation_has_groups_and_tasks(tmp_path: Path) -> None:
    call = {**SMALL, "cache_dir": tmp_path, "budget": 6, "seeds": 1, "epochs": 1}
    plan = auditor.recommend("synthetic", dry_run=True, **call)
    assert plan.kind == "recommendation" and plan.findings
    found = auditor.recommend("synthetic", **call)
    assert isinstance(found, Recommendation)
    assert sorted(task for group in found.groups.tasks for task in group) == sorted(found.tasks.task)
    assert found.groups.expected.notna().all() and "Recommendation of synthetic" in repr(found)
