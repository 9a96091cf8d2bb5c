"""Benefit: planned once, measured on test compounds, compared as the paper defines it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from auditor.analyses.benefit.account import (
    foretold,
    group_rows,
    pair_benefit,
    reliability,
    size_of_benefit,
)
from auditor.analyses.benefit.analysis import groups_named
from auditor.compute.jobs import Outcome
from auditor.errors import UsageError
from auditor.statistics.replication import mean_over_seeds
from auditor.training.groups.study import Study
from auditor.training.splits import Split
from auditor.transfer.measured.gains import Gains, gains_of
from auditor.transfer.measured.matrices import (
    directed,
    group_table,
    member_mean,
    pair_error,
    pair_reach,
    shared_table,
)
from auditor.transfer.measured.plan import Plan, forecast, measure, plan_benefit, plan_groups
from auditor.transfer.measured.task_metrics import metrics_of
from tests.compute.studies import small_study, trainings_of
from tests.networks import benchmark_of

PAIRS = list(itertools.combinations(range(4), 2))


def study_of_tests(t: int, compounds: int, *, kind: Any = "classification", seed: int = 0) -> Study:
    """Return a study in which nearly every compound is a test compound with all labels."""
    rng = np.random.default_rng(seed)
    table = (
        rng.integers(0, 2, (compounds, t)).astype(float)
        if kind == "classification"
        else rng.normal(size=(compounds, t))
    )
    everything = np.arange(compounds)
    return Study(
        benchmark_of(table, (kind,) * t), Split(everything[:20], everything[20:30], everything[30:])
    )


def made_up(study: Study, groups: Any, seeds: Any, quality: Any) -> dict[Any, Outcome]:
    """Return outcomes whose scores are the labels times a quality, and noise."""
    test = study.split.test
    labels = study.benchmark.labels.dense(test)
    found = {}
    for group in groups:
        for seed in seeds:
            rng = np.random.default_rng([seed, *group])
            scores = np.stack(
                [quality(group, task) * labels[:, task] + rng.normal(size=len(test)) for task in group],
                axis=1,
            )
            found[group, seed] = Outcome({}, {"compounds": test, "outputs": scores, "own": scores})
    return found


def measured(quality: Any, *, compounds: int = 230, seeds: tuple[int, ...] = (0, 1), t: int = 4) -> Gains:
    study, groups = study_of_tests(t, compounds), plan_groups(t)
    outcomes = made_up(study, groups, seeds, quality)
    return gains_of(study, groups, seeds, outcomes, metrics=metrics_of(study), seed=0)


def test_the_plan_holds_every_task_alone_every_pair_and_all_at_once() -> None:
    groups = plan_groups(12)
    assert [len(group) for group in groups].count(1) == 12
    assert [len(group) for group in groups].count(2) == 66
    assert groups[-1] == tuple(range(12)) and len(groups) == 79
    assert plan_groups(2) == ((0,), (1,), (0, 1))
    assert plan_groups(5, extra=[(3, 1, 2), (0, 1)])[-1] == (1, 2, 3)


def test_a_large_benchmark_is_sampled_and_only_its_tasks_are_trained_alone() -> None:
    groups = plan_groups(617, pairs=50)
    pairs = [group for group in groups if len(group) == 2]
    assert len(pairs) == 50 == len(set(pairs)) and groups == plan_groups(617, pairs=50)
    assert {group[0] for group in groups if len(group) == 1} == {task for pair in pairs for task in pair}
    assert max(map(len, groups)) == 2


def test_a_group_of_tasks_that_are_not_there_is_refused() -> None:
    with pytest.raises(UsageError):
        plan_groups(3, extra=[(1, 7)])
    with pytest.raises(UsageError, match="no task named 'x'"):
        groups_named("a+x", ("a", "b"))
    assert groups_named(" a+b ; b+c", ("a", "b", "c")) == [[0, 1], [1, 2]]


def test_gains_are_differences_of_the_test_metric_and_a_pair_is_their_mean() -> None:
    study, groups = study_of_tests(4, 230), plan_groups(4)
    outcomes = made_up(study, groups, (0,), lambda group, task: 1.0)
    found = gains_of(study, groups, (0,), outcomes, metrics=metrics_of(study), seed=0)
    labels = study.benchmark.labels.dense(study.split.test)
    alone = roc_auc_score(labels[:, 2], outcomes[(2,), 0].arrays["outputs"][:, 0])
    together = roc_auc_score(labels[:, 2], outcomes[(1, 2), 0].arrays["outputs"][:, 1])
    place = groups.index((1, 2))
    assert found.gains[0, place, 2] == pytest.approx(together - alone)
    one_way = directed(found.gains, found.members)
    assert one_way[0, 1, 2] == found.gains[0, place, 2] and one_way[0, 2, 1] == found.gains[0, place, 1]
    benefit = pair_benefit(found)[0]
    assert np.array_equal(benefit, benefit.T, equal_nan=True)
    expected = found.values[0, place, [1, 2]].mean() - (found.values[0, 1, 1] + found.values[0, 2, 2]) / 2
    assert benefit[1, 2] == pytest.approx(expected)
    assert member_mean(found.gains, found.members)[0, place] == pytest.approx(expected)
    assert (found.gains[0, :4][found.members[:4]] == 0).all()


def test_a_half_of_the_gains_never_sees_the_test_compounds_of_the_other() -> None:
    study, groups = study_of_tests(2, 230), plan_groups(2)
    outcomes = made_up(study, groups, (0, 1), lambda group, task: 1.0)
    before = gains_of(study, groups, (0, 1), outcomes, metrics=metrics_of(study), seed=0).halves
    moved = np.zeros((2, len(study.split.test)), dtype=bool)
    for compound in range(len(study.split.test)):
        arrays = dict(outcomes[(0, 1), 1].arrays)
        arrays["outputs"] = arrays["outputs"].copy()
        arrays["outputs"][compound] = np.where(arrays["outputs"][compound] > 0, -99.0, 99.0)
        changed = {**outcomes, ((0, 1), 1): Outcome({}, arrays)}
        after = gains_of(
            study, groups, (0, 1), changed, metrics=metrics_of(study), seed=0, resamples=2
        ).halves
        moved[:, compound] = (after != before)[:, 1, 2].any(axis=1)
        assert np.array_equal(after[:, 0, 2], before[:, 0, 2])  # the other seed
    assert (moved.sum(axis=0) == 1).all() and abs(moved.sum(axis=1) - 100).max() == 0


def test_a_lower_error_is_a_gain_and_counts_in_standard_deviations() -> None:
    study, groups = study_of_tests(2, 230, kind="regression"), plan_groups(2)
    labels = study.benchmark.labels.dense(study.split.test)
    test = study.split.test
    outcomes = {}
    for group, error in zip(groups, (1.0, 1.0, 0.5), strict=True):
        scores = labels[:, list(group)] + error
        outcomes[group, 0] = Outcome({}, {"compounds": test, "outputs": scores, "own": scores})
    found = gains_of(study, groups, (0,), outcomes, metrics=metrics_of(study), seed=0)
    deviations = study.benchmark.labels.dense(study.split.train).std(axis=0)
    assert found.values[0, 0, 0] == pytest.approx(1.0)
    assert found.gains[0, 2] == pytest.approx(0.5 / deviations)


def test_the_standard_error_is_that_of_repeated_test_sets() -> None:
    errors = measured(lambda group, task: 1.0).sampling_error
    repeats = []
    for seed in range(60):
        study, groups = study_of_tests(2, 230, seed=seed), plan_groups(2)
        outcomes = made_up(study, groups, (seed,), lambda group, task: 1.0)
        found = gains_of(study, groups, (seed,), outcomes, metrics=metrics_of(study), seed=0, resamples=2)
        repeats.append(found.gains[0, 2, 0])
    assert np.nanmean(errors[4]) == pytest.approx(np.std(repeats), rel=0.3)


def test_what_helps_is_found_and_foretold_by_the_matrix_it_came_from() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(8, 8))
    truth = (truth + truth.T) / 2
    found = measured(
        lambda group, task: 1.5 + (0.5 * truth[group] if len(group) == 2 else 0.0),
        compounds=800,
        t=8,
        seeds=(0, 1, 2),
    )
    size = size_of_benefit(found)
    assert size.pairs == 28 and size.beyond.gain > 2 and size.beyond.loss > 2
    assert reliability(found) > 0.8
    told = foretold(found, truth, symmetric=True, own_reliability=float("nan"), seed=0)
    for view in (told.pairs, told.pooled, told.per_recipient):
        assert view.pearson > 0.8 and view.mantel_p < 0.01
    assert told.rule.auroc > 0.9
    assert told.rule.out_of_sample.avoided + told.rule.out_of_sample.kept > 1.4
    noise = np.random.default_rng(5).normal(size=(8, 8))
    nothing = foretold(found, noise + noise.T, symmetric=True, own_reliability=float("nan"), seed=0)
    assert nothing.pairs.mantel_p > 0.05


def test_a_direction_is_seen_and_not_transposed() -> None:
    helps = np.zeros((8, 8))
    helps[0] = 1.0  # task 0 helps every other, and none helps it
    found = measured(
        lambda group, task: 1.0 + (helps[group[0] + group[1] - task, task] if len(group) == 2 else 0.0),
        compounds=600,
        t=8,
    )
    one_way = mean_over_seeds(directed(found.gains, found.members))
    assert np.nanmean(one_way[0]) > 0.1 > abs(np.nanmean(one_way[:, 0]))
    right = foretold(found, helps, symmetric=False, own_reliability=float("nan"), seed=0)
    wrong = foretold(found, helps.T, symmetric=False, own_reliability=float("nan"), seed=0)
    assert right.per_recipient.pearson > 0.8 and right.pooled.pearson > 0.8
    assert wrong.pooled.pearson < 0.2


def test_pure_noise_has_no_reliability_and_a_single_seed_none_at_all() -> None:
    noise = measured(lambda group, task: 1.0, t=8, seeds=(0, 1, 2))
    assert abs(reliability(noise)) < 0.75
    assert np.isnan(reliability(measured(lambda group, task: 1.0, seeds=(0,))))


def test_a_missing_training_leaves_its_own_gains_out() -> None:
    study, groups = study_of_tests(4, 230), plan_groups(4)
    outcomes = made_up(study, groups, (0, 1), lambda group, task: 1.0)
    for seed in (0, 1):
        del outcomes[(0, 1), seed]
    found = gains_of(study, groups, (0, 1), outcomes, metrics=metrics_of(study), seed=0)
    one_way = mean_over_seeds(directed(found.gains, found.members))
    assert np.isnan(one_way[0, 1]) and np.isnan(one_way[1, 0])
    assert np.isfinite(one_way).sum() == 10
    assert size_of_benefit(found).pairs == 5


def test_the_table_of_a_finding_holds_pairs_by_their_tasks_and_then_larger_groups() -> None:
    groups = ((0,), (1,), (2,), (1, 2), (0, 1, 2), (0, 1))
    study = study_of_tests(3, 230)
    outcomes = made_up(study, groups, (0,), lambda group, task: len(group))
    del outcomes[(1, 2), 0]
    found = gains_of(study, groups, (0,), outcomes, metrics=metrics_of(study), seed=0)
    table = shared_table(found)
    assert [np.flatnonzero(row).tolist() for row in table.members] == [[0, 1], [0, 1, 2]]
    assert np.array_equal(table.gains, mean_over_seeds(found.gains)[[5, 4]], equal_nan=True)
    everything = shared_table(replace(found, gains=np.where(found.members, 0.0, np.nan)[None]))
    assert [np.flatnonzero(row).tolist() for row in everything.members] == [[0, 1], [1, 2], [0, 1, 2]]


def test_the_gains_become_the_table_from_which_others_predict() -> None:
    found = measured(lambda group, task: 1.0)
    table = group_table(found)
    assert table.tasks == found.tasks and np.array_equal(table.members, found.members)
    assert np.isnan(table.gains[~table.members]).all() and np.isfinite(table.gains[table.members]).all()
    assert np.array_equal(table.halves, found.halves, equal_nan=True)
    assert [row.tasks for row in group_rows(found)] == [list(found.tasks)]


def test_the_interval_of_a_pair_over_three_seeds_is_by_students_t() -> None:
    found = measured(lambda group, task: 1.0)
    pair = np.flatnonzero(found.members.sum(axis=1) == 2)[:1]
    rng, inside = np.random.default_rng(0), 0
    for _ in range(400):
        gains = np.where(found.members, rng.normal(size=(3, *found.members.shape)), np.nan)
        drawn = replace(found, gains=gains, mean_sampling_error=np.zeros(len(found.members)))
        mean = member_mean(mean_over_seeds(drawn.gains), drawn.members)
        inside += bool((np.abs(mean) <= pair_reach(drawn))[pair])
        assert (pair_reach(drawn) / pair_error(drawn))[pair] == pytest.approx(4.303, abs=1e-3)
    # with 1.96 standard errors 81 % of the intervals held 0
    assert 0.92 <= inside / 400 <= 0.98
    known = replace(drawn, mean_sampling_error=np.full(len(found.members), 1e6))
    assert (pair_reach(known) / pair_error(known))[pair] == pytest.approx(1.96, abs=1e-3)


def plan_on(cache: Path, *, t: int = 3, seeds: int = 2) -> Plan:
    study = small_study(t, n=100)
    return plan_benefit(trainings_of(study.benchmark, study.split, cache), seeds=seeds)


def test_a_restart_trains_nothing_twice_and_a_forecast_knows_what_is_there(tmp_path: Path) -> None:
    plan = plan_on(tmp_path)
    before = forecast(plan)
    assert (before.trainings, before.stored) == (14, 0) and before.seconds > 0
    assert not (tmp_path / "jobs").exists()
    first, failures = measure(plan)
    assert len(first) == 14 and not failures
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "jobs").glob("*/manifest.json")}
    again, _ = measure(plan_on(tmp_path))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "jobs").glob("*/manifest.json")} == times
    for place, outcome in first.items():
        assert again[place].arrays["outputs"].tobytes() == outcome.arrays["outputs"].tobytes()
    after = forecast(plan)
    assert (after.trainings, after.stored) == (14, 14) and np.isnan(after.seconds)
    larger = forecast(plan_on(tmp_path, seeds=3))
    assert (larger.trainings, larger.stored) == (21, 14) and larger.seconds > 0


def test_all_groups_of_a_plan_are_tested_on_compounds_that_none_has_seen(tmp_path: Path) -> None:
    plan = plan_on(tmp_path)
    seen = {compound for group in plan.groups for compound in plan.study.group(group).split.train}
    outcomes, _ = measure(plan)
    for (group, _seed), outcome in outcomes.items():
        assert not seen & set(outcome.arrays["compounds"]), group
