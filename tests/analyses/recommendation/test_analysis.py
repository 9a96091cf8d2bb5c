"""Recommendations: nothing trained twice, every task in one group, no claim beyond what was measured."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.analyses.recommendation.advice import advise, in_parts
from auditor.analyses.recommendation.analysis import analyse, forecast_of, recommend
from auditor.analyses.recommendation.choice import Wish, next_spread, opening_groups, spread_groups
from auditor.analyses.recommendation.data import Spread, _half
from auditor.analyses.recommendation.words import accuracy_of, next_steps_of, sentence_of, status_of
from auditor.audit.context import AuditContext
from auditor.audit.document import recommendation_document
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.audit.steps import also, only_named
from auditor.cli import run
from auditor.compute.jobs import Done, Job, in_process
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from auditor.pipeline import open_audit, through_the_gate
from auditor.plugin.loading import load_registry
from auditor.report.sections.report import report_of
from auditor.report.text.terminal import render
from auditor.transfer.group_gains import choose_groups
from auditor.transfer.measured.plan import measure, plan_benefit
from auditor.transfer.predicted.linear import task_mean
from auditor.transfer.predicted.random_effects import components
from tests.transfer.predicted.making import by_pairs, by_task

SEEDS = 2
WISH = Wish(budget=6, seeds=SEEDS)
SMALL = ("--dataset-option", "labels_per_task=120", "--encoder", "ecfp", "--encoder-option", "width=16",
         "--encoder-option", "hidden=24", "--encoder-option", "bits=128", "--split", "random",
         "--epochs", "2", "--batch-size", "16")  # fmt: skip


def study(cache: Path, tasks: int = 4) -> AuditContext:
    """Return a small synthetic benchmark, ready to train: no shared compound, hence no E to fit."""
    options = {"labels_per_task": "80", "tasks": str(tasks), "overlap": "0", "kind": "regression"}
    data = DataRequest("synthetic", load_registry(), cache, options=options)
    request = AnalysisRequest(
        data,
        encoder="ecfp",
        encoder_options={"width": "16", "hidden": "24", "bits": "128"},
        affinities=(),
        split="random",
        overrides={"epochs": 2, "batch_size": 16},
    )
    return through_the_gate(open_audit(only_named(data)), request)


def stored(cache: Path) -> set[str]:
    """Return the trainings in a cache."""
    return {folder.name for folder in (cache / "jobs").glob("[0-9a-f]*")}


@dataclass
class Counting:
    """Run jobs in this process, remember which, and be interrupted where asked."""

    keys: list[str]
    stop_after: int | None = None

    def __call__(self, jobs: Sequence[Job], data: bytes) -> Iterator[Done]:
        for done in in_process(jobs, data):
            if len(self.keys) == self.stop_after:
                raise KeyboardInterrupt
            self.keys.append(done.job.key)
            yield done


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AuditContext, dict[str, Any]]:
    """A cache, its study, and what a first recommendation with six groups found."""
    cache = tmp_path_factory.mktemp("cache")
    context = study(cache)
    return cache, context, dict(recommend(context, WISH).data)


def test_a_dry_run_counts_and_trains_nothing(tmp_path: Path) -> None:
    told = forecast_of(study(tmp_path), WISH)
    assert (told.data["trainings"], told.data["stored"]) == (SEEDS * (4 + 6), 0)
    assert told.data["seconds"] > 0 and "8 trainings of single tasks" in told.sentence
    assert told.verdict == "dry-run"
    assert not (tmp_path / "jobs").exists() and not (tmp_path / "recommendations").exists()


def test_every_task_is_in_exactly_one_group_and_a_task_alone_gains_exactly_nothing(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    _, context, data = made
    assert sorted(itertools.chain(*(g["tasks"] for g in data["groups"]))) == sorted(
        context.benchmark.task_names
    )
    for group in data["groups"]:
        if len(group["tasks"]) == 1:
            assert group["expected"] == group["low"] == group["high"] == 0.0
    expected = {row["task"]: row["expected"] for row in data["tasks"]}
    assert data["expected"]["value"] == pytest.approx(np.mean(list(expected.values())))
    assert data["expected"]["value"] >= 0.0  # every task alone was a candidate
    assert len(data["trainings"]["groups_chosen"]) == data["measured_groups"] == 6
    assert sorted(data["trainings"]["groups_chosen"][0]) == sorted(context.benchmark.task_names)


def test_a_second_run_trains_nothing_and_says_the_same(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    cache, _, data = made
    before, counting = stored(cache), Counting([])
    context = study(cache)
    again = recommend(context, WISH, backend=counting)
    assert counting.keys == [] and stored(cache) == before
    assert forecast_of(context, WISH).data["stored"] == SEEDS * (4 + 6)
    assert plain_data(again.data) == plain_data(data)
    document = plain_data(recommendation_document(context, again))
    text = render(report_of(json.loads(json.dumps(document))), width=100, color=False, unicode=True)
    assert again.sentence[:40] in text and "random groups of the same sizes" in text


def test_a_larger_budget_continues_from_what_is_stored(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    cache, _, data = made
    before, counting = stored(cache), Counting([])
    found = recommend(study(cache), replace(WISH, budget=8, choice="active"), backend=counting)
    chosen = found.data["trainings"]["groups_chosen"]
    assert chosen[:6] == data["trainings"]["groups_chosen"]
    assert len({tuple(group) for group in chosen}) == 8
    assert len(counting.keys) == 2 * SEEDS and before.isdisjoint(counting.keys)
    told = forecast_of(study(cache), WISH).data
    assert told["groups"] == told["groups_stored"] == 6 and told["other_groups_stored"] == 2


def test_an_interrupted_run_goes_on_and_trains_nothing_twice(tmp_path: Path) -> None:
    first, second = Counting([], stop_after=SEEDS * 4 + 5), Counting([])
    with pytest.raises(KeyboardInterrupt):
        recommend(study(tmp_path), WISH, backend=first)
    found = recommend(study(tmp_path), WISH, backend=second)
    assert len(first.keys) == SEEDS * 4 + 5 and len(second.keys) == SEEDS * 6 - 5
    assert set(first.keys).isdisjoint(second.keys)
    assert len(found.data["trainings"]["groups_chosen"]) == 6


def test_groups_that_benefit_trained_take_part_and_cost_nothing(tmp_path: Path) -> None:
    context = study(tmp_path)
    assert context.trainings is not None
    measure(plan_benefit(context.trainings, seeds=SEEDS))
    told = forecast_of(context, Wish(budget=2, seeds=SEEDS)).data
    assert told["other_groups_stored"] == 7 and told["single_tasks_stored"] == 4
    assert told["trainings"] - told["stored"] == 2 * SEEDS


def test_tasks_that_gain_together_are_joined_and_losers_are_left_alone() -> None:
    table, _ = by_pairs(5, noise=0.0)
    gains = np.where(table.members, -0.1, np.nan)
    both = table.members[:, 0] & table.members[:, 1]
    companions = table.sizes - 1
    for task in (0, 1):
        gains[both, task] = (0.2 - 0.1 * (companions[both] - 1)) / companions[both]
    table = replace(table, gains=gains)
    found = advise(table, {"effects": components()}, most=5, affinity=None, seed=0)
    assert found.grouping.groups == ((0, 1), (2,), (3,), (4,))
    assert (found.gains[:2] > 0).all() and (found.gains[2:] == 0).all()
    assert found.accuracy.told_apart and found.together < 0
    assert found.random is not None and found.random.mean < found.grouping.value


def test_gains_that_depend_on_the_task_alone_establish_no_group() -> None:
    table = by_task(5, noise=0.3)
    found = advise(table, {"task mean": task_mean, "effects": components()}, most=5, affinity=None, seed=0)
    assert not found.accuracy.told_apart and found.accuracy.within_p > 0.05


def test_no_claim_is_made_where_groups_are_not_told_apart(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    data = made[2]
    untold = {**data, "told_apart": False, "better_than_alone": False}
    assert status_of(untold) == "fail" and "no group of tasks is established" in sentence_of(untold)
    told = {**data, "told_apart": True, "joins_tasks": True, "better_than_alone": False}
    assert status_of(told) == "partial" and "not established" in sentence_of(told)
    assert status_of({**told, "better_than_alone": True}) == "pass"


@pytest.mark.parametrize(
    ("gain", "error", "says"),
    [
        (0.05, 0.01, "prefer that to training each alone"),
        (-0.05, 0.01, "prefer training each alone"),
        (0.03, 0.01, "neither is shown to be better"),
        (0.01, float("nan"), "a single seed gives no error"),
    ],
)
def test_alone_or_together_is_decided_by_what_was_measured_where_no_group_is_told_apart(
    made: tuple[Path, AuditContext, dict[str, Any]], gain: float, error: float, says: str
) -> None:
    untold = {**made[2], "told_apart": False, "better_than_alone": False}
    untold["together"] = {
        "expected": 0.0,
        "measured": gain,
        "standard_error": error,
        "reach": 4.303 * error,
    }
    assert says in next_steps_of(untold) and f"{gain:+.4f}" in sentence_of(untold)


def test_more_groups_are_advised_only_where_the_groups_of_a_task_are_shown_to_differ(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    untold = {**made[2], "told_apart": False}
    noisy = {**untold, "accuracy": {**untold["accuracy"], "differ_p": 0.3, "within_p": 0.3}}
    clear = {**untold, "accuracy": {**untold["accuracy"], "differ_p": 0.001}}
    unknown = {
        **untold,
        "accuracy": {**untold["accuracy"], "differ_p": float("nan"), "within_p": float("nan")},
    }
    for data in (noisy, unknown):
        assert "not known" in next_steps_of(data) and "--budget" not in next_steps_of(data)
    assert "a larger --budget" in next_steps_of(clear)


def test_what_is_not_told_apart_beyond_chance_is_said_so_and_one_seed_tells_nothing(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    found = {**made[2]["accuracy"], "within_r2": 0.3, "within_p": 0.01, "within_ceiling": 0.5}
    assert "noise lets it be about 0.50 at most" in accuracy_of({**found, "differ_p": 0.01})
    assert "differ" not in accuracy_of({**found, "differ_p": 0.2})  # what is predicted does differ
    assert "not shown to differ" in accuracy_of({**found, "differ_p": 0.2, "within_p": 0.3})
    assert "two seeds or more" in accuracy_of({**found, "within_r2": float("nan")})


def test_every_gain_is_in_the_document_by_seed_and_half_of_the_test_compounds(
    made: tuple[Path, AuditContext, dict[str, Any]],
) -> None:
    rows = plain_data(made[2])["measurements"]
    assert len(rows) == made[2]["accuracy"]["cells"]
    assert all(len(row["first_half"]) == len(row["second_half"]) == SEEDS for row in rows)


def test_a_budget_of_none_learns_from_what_is_stored(tmp_path: Path) -> None:
    context, counting = study(tmp_path), Counting([])
    assert context.trainings is not None
    measure(plan_benefit(context.trainings, seeds=SEEDS))
    found = recommend(context, Wish(budget=0, seeds=SEEDS), backend=counting)
    assert counting.keys == [] and found.data["measured_groups"] == 6 + 1
    assert found.data["trainings"]["groups_chosen"] == []


def test_few_groups_give_no_interval_rather_than_a_narrow_one() -> None:
    table, _ = by_pairs(4, noise=0.1)
    found = advise(
        choose_groups(table, np.arange(6)), {"task mean": task_mean}, most=4, affinity=None, seed=0
    )
    assert found.group_half == float("inf") and np.isfinite(found.cell_half)


def test_a_larger_error_of_what_is_measured_alone_widens_an_interval_and_an_unknown_one_ends_it() -> None:
    def half(*errors: float, seeds: int = 3) -> float:
        return _half(0.1, Spread(0.1, 0.1, np.array(errors), seeds), range(len(errors)), len(errors))

    assert half(0.0, 0.0) == 0.1 < half(0.01, 0.01) < half(0.05, 0.05) < half(0.05, 0.05, seeds=2)
    assert half(0.05, float("nan")) == float("inf")


def test_predictions_in_parts_are_the_same() -> None:
    table, _ = by_pairs(6, noise=0.1)
    predict = components()(choose_groups(table, np.arange(0, table.g, 3)))
    many = np.tile(table.members, (100, 1))
    assert np.allclose(in_parts(predict)(many)[: table.g], predict(table.members), equal_nan=True)


@pytest.mark.parametrize("t", [3, 5, 9])
def test_spread_groups_are_distinct_reach_every_group_and_begin_alike(t: int) -> None:
    groups = list(itertools.islice(spread_groups(range(t), most=t, seed=1), 60))
    assert groups[0] == tuple(range(t)) and len(set(groups)) == len(groups)
    assert all(len(group) > 1 and list(group) == sorted(set(group)) for group in groups)
    assert list(itertools.islice(spread_groups(range(t), most=t, seed=1), 4)) == groups[:4]
    assert len(groups) == min(60, 2**t - t - 1)


def test_the_active_choice_opens_with_the_groups_of_the_affinity() -> None:
    affinity = np.full((6, 6), -0.5)
    affinity[:3, :3] = affinity[3:, 3:] = 0.9
    opening = next_spread(opening_groups(range(6), {"a": affinity}, most=6, seed=0), (), 5)
    assert opening[:3] == (tuple(range(6)), (0, 1, 2), (3, 4, 5)) and len(set(opening)) == 5


def test_what_cannot_be_learned_from_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few to predict"):
        recommend(study(tmp_path), Wish(budget=2, seeds=1))
    found = analyse(study(tmp_path, tasks=2))
    assert found.status == "not applicable" and "nothing to choose" in found.sentence
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--budget", "2"), "--budget 6"),
        (("--budget", "0"), "budget"),
        (("--groups", "1"), "groups"),
        (("--choice", "best"), "choice"),
        (("--affinity", "cosine"), "no affinity named 'cosine'"),
        (("--also", "benefit"), "analyze"),
        (("--workers", "2", "--scheduler", "tcp://localhost:1"), "scheduler"),
    ],
)
def test_an_option_that_cannot_be_is_one_clear_line(
    options: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("recommend", "synthetic", "--dataset-option", "tasks=4", *SMALL, *options)
    code = run([*arguments, "--dry-run", "--cache-dir", str(tmp_path)])
    shown = capsys.readouterr()
    assert code == 2 and shown.out == "" and says in shown.err and "Traceback" not in shown.err
    assert len([line for line in shown.err.splitlines() if line.startswith("mtl-audit: error:")]) == 1


def test_the_command_writes_its_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "advice.json"
    arguments = ["recommend", "synthetic", "--dataset-option", "tasks=3", *SMALL, "--seeds", "1"]
    arguments += ["--dataset-option", "kind=regression"]
    code = run([*arguments, "--budget", "4", "--cache-dir", str(tmp_path / "c"), "--output", str(target)])
    assert code == 0, capsys.readouterr().err
    document = json.loads(target.read_text())
    found = document["data"]["findings"][0]
    assert document["kind"] == "recommendation" and found["name"] == "recommendation"
    assert found["data"]["expected"]["low"] is None or found["data"]["joins_tasks"] is False
    assert len(found["data"]["trainings"]["groups_chosen"]) == 4
    expected_is_set_beside_what_came_out(document["data"]["findings"])


def expected_is_set_beside_what_came_out(findings: list[dict[str, Any]]) -> None:
    """Hold what was expected before training against transfer-gain, and what came out against the rest."""
    found, kernel = (
        next(f for f in findings if f["name"] == n) for n in ("recommendation", "transfer-gain")
    )
    told = found["data"]["before"]
    together = {g["recipient"]: g for g in kernel["data"]["all_donors"] if g["target"] == "new"}
    assert {row["task"] for row in told["tasks"]} == set(together) and len(together) == 3
    for row in told["tasks"]:
        said = together[row["task"]]
        assert (row["expected"], row["verdict"]) == (said["r2"]["expected"], said["verdict"])
        assert row["metric"] == "rmse"
        left = np.sqrt(1 - said["r2"]["alone"]), np.sqrt(1 - said["r2"]["alone"] - said["r2"]["expected"])
        assert row["as_gain"] == pytest.approx(left[0] - left[1], abs=2e-6)
    mean = np.mean([row["measured"] for row in told["tasks"]])
    assert mean == pytest.approx(found["data"]["together"]["measured"])
    assert told["seen"] == sum(row["as_gain"] > row["reach"] for row in told["tasks"])
    assert "line on transfer-gain" in found["data"]["predictors"]


def test_transfer_gain_is_asked_first_unless_it_is_skipped(tmp_path: Path) -> None:
    plain = DataRequest("synthetic", load_registry(), tmp_path, also=("shift",))
    assert also(plain, "transfer-gain").also == ("shift", "transfer-gain")
    assert "transfer-gain" not in only_named(also(plain, "transfer-gain")).skip
    skipped = replace(plain, skip=("transfer-gain",))
    assert also(skipped, "transfer-gain") is skipped
