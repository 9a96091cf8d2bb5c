"""The analysis as an audit runs it, on a benchmark of which the truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.analyses.benefit.account import pair_benefit
from auditor.analyses.benefit.analysis import analyse
from auditor.analyses.benefit.expecting import noise_of, say_noise
from auditor.audit.context import AuditContext
from auditor.audit.planned_trainings import plan_trainings
from auditor.audit.reading import read_benchmark
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.compute.jobs import Done, Job, in_process
from auditor.document.blocks import from_json, to_json
from auditor.errors import UsageError
from auditor.gate.gate import Pair
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.report.json import dump
from auditor.statistics.replication import mean_over_seeds
from auditor.training.config import TrainingConfig
from auditor.training.splits import Split
from auditor.transfer.measured.gains import Gains, gains_of
from auditor.transfer.measured.plan import measure, plan_benefit
from auditor.transfer.measured.task_metrics import metrics_of
from tests.compute.studies import SMALL, trainings_of

OPTIONS = {name: str(value) for name, value in SMALL.items()}
FAST: dict[str, Any] = {"epochs": 2, "batch_size": 16, "seeds": 2, "split": "random"}


def context_of(cache: Path, tasks: int = 5) -> AuditContext:
    """Return the context of an audit of a small synthetic benchmark."""
    options = {"labels_per_task": "150", "tasks": str(tasks)}
    data = DataRequest("synthetic", load_registry(), cache, options=options, only=("power",))
    context = open_audit(data)
    context.analysis = AnalysisRequest(data, encoder="ecfp", encoder_options=OPTIONS)
    context.trainings = plan_trainings(context.analysis, context.benchmark)
    return context


def test_a_dry_run_counts_and_trains_nothing(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    told = analyse(context, dry_run=True, **FAST)
    assert (told.data["trainings"], told.data["stored"]) == (32, 0)
    assert "32 trainings, 0 of them finished already" in told.sentence and told.data["seconds"] > 0
    assert not (tmp_path / "jobs").exists()


def test_an_audit_tells_the_benefit_and_what_foretold_it(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    context.affinities["chemical-correlation"] = context.estimate("chemical-correlation")
    found = analyse(context, groups="A1+A2+A3", **FAST)
    data = found.data
    assert found.status == "ok" and data["size"]["pairs"] == 10
    assert data["trainings"]["in_all"] == 34 and not data["trainings"]["failures"]
    assert data["trainings"]["split"] == "random" and data["trainings"]["config"]["epochs"] == 2
    assert set(data["foretold"]) == {"E, no test compounds", "chemical-correlation"}
    assert [len(group["tasks"]) for group in data["groups"]] == [5, 3]
    assert data["pair_benefit"].shape == (5, 5)
    assert np.isfinite(data["pair_benefit"]).sum() == 20
    assert dump({"data": data})  # nothing in it that JSON cannot hold
    for block in found.blocks:
        assert from_json(to_json(block)).type == block.type
    again = analyse(context, dry_run=True, groups="A1+A2+A3", **FAST)
    assert again.data["stored"] == 34


def test_unusable_pairs_do_not_count_for_what_needs_shared_compounds(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    verdicts = context.gate.pairs.copy()
    verdicts[0] = verdicts[:, 0] = Pair.UNRELIABLE
    context.gate = replace(context.gate, pairs=verdicts)
    context.affinities["chemical-correlation"] = context.estimate("chemical-correlation")
    found = analyse(context, **FAST).data["foretold"]
    assert found["E, no test compounds"]["pairs"]["pairs"] == 6
    assert found["chemical-correlation"]["pairs"]["pairs"] == 10


def test_an_option_that_cannot_be_is_refused(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with pytest.raises(UsageError, match="no task named"):
        analyse(context, groups="A1+nobody", **FAST)
    with pytest.raises(UsageError, match="0 seeds"):
        analyse(context, **{**FAST, "seeds": 0})


@pytest.mark.slow
def test_related_tasks_with_few_labels_gain_more_than_unrelated_ones(tmp_path: Path) -> None:
    options = {"labels_per_task": "400", "overlap": "0", "noise": "0.1", "kind": "regression"}
    data = DataRequest(
        "synthetic", load_registry(), tmp_path, options=options, tasks=("B1", "B2", "I1", "I2")
    )
    benchmark = read_benchmark(data).benchmark
    order = np.random.default_rng(0).permutation(benchmark.n)
    train, stop = int(0.2 * benchmark.n), int(0.26 * benchmark.n)
    split = Split(np.sort(order[:train]), np.sort(order[train:stop]), np.sort(order[stop:]))
    config = TrainingConfig(epochs=60, batch_size=16, patience=15, lr=2e-3)
    small = {"width": 32, "hidden": 32, "bits": 512}
    plan = plan_benefit(trainings_of(benchmark, split, tmp_path, config, **small), seeds=2)
    outcomes, failures = measure(plan)
    assert not failures
    found = gains_of(plan.study, plan.groups, plan.seeds, outcomes, metrics=metrics_of(plan.study), seed=0)
    benefit = mean_over_seeds(pair_benefit(found))
    unrelated = [benefit[i, j] for i in range(4) for j in range(i) if (j, i) != (0, 1)]
    assert benefit[0, 1] > max(unrelated)
    assert benefit[0, 1] - np.mean(unrelated) > 0.03


def test_the_same_trainings_are_judged_by_both_metrics(tmp_path: Path) -> None:
    found = analyse(context_of(tmp_path), **FAST).data
    rows = {tuple(row["metrics"]): row for row in found["by_metric"]}
    assert set(rows) == {("auroc",), ("auprc",)}
    assert rows[("auroc",)]["size"] == found["size"]
    asked = analyse(context_of(tmp_path), metric="auprc", **FAST).data
    assert rows[("auprc",)]["size"] == asked["size"] != found["size"]
    known = "E, no test compounds"
    assert rows[("auprc",)]["foretold"][known]["pearson"] == asked["foretold"][known]["pairs"]["pearson"]


def test_the_noise_of_the_seeds_is_said_before_groups_are_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = context_of(tmp_path, tasks=3)

    def backend(jobs: Sequence[Job], data: bytes) -> Iterator[Done]:
        yield from in_process(jobs, data)

    plan = plan_benefit(context.trainings, seeds=2)
    metrics = metrics_of(plan.study, "auto")
    say_noise(plan, metrics, backend)
    after = capsys.readouterr().err
    assert "Noise of 2 seeds: a gain of a task is seen from about" in after
    stored = {folder.name for folder in (tmp_path / "jobs").glob("[0-9a-f]*")}
    assert len(stored) == 3 * 2, "the single tasks alone are trained for it"
    measure(plan, backend=backend)
    assert len(list((tmp_path / "jobs").glob("[0-9a-f]*"))) == len(plan.jobs)
    say_noise(plan_benefit(context.trainings, seeds=1), metrics, backend)
    assert "One seed" in capsys.readouterr().err


def test_the_noise_of_a_gain_is_that_of_the_difference_of_two_means() -> None:
    rng = np.random.default_rng(0)
    seeds, noise = 4, []
    for _ in range(300):
        values = np.full((seeds, 2, 2), np.nan)
        values[:, 0, 0], values[:, 1, 1] = rng.normal(0, 0.1, (2, seeds))
        none = np.full((2, 2), np.nan)
        alone = Gains(
            ("a", "b"), ("auroc", "rmse"), tuple(range(seeds)), np.eye(2, dtype=bool), values, values,
            values, values, np.full((2, seeds, 2, 2), np.nan), none, none[0], np.array([9, 9]),
        )  # fmt: skip
        noise.append(noise_of(alone, np.array([1.0, -2.0])))
    half = np.array(noise)
    difference = np.abs(np.diff(rng.normal(0, 0.1, (2, seeds, 300)).mean(axis=1), axis=0))[0]
    assert (difference <= half[:, 0]).mean() == pytest.approx(0.95, abs=0.03)
    assert half[:, 1].mean() == pytest.approx(2 * half[:, 0].mean(), rel=0.1)
