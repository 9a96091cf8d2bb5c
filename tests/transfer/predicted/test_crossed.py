"""Accuracy across seeds and test compounds: luck is no skill, and the ceiling is what knowing all "
"reaches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.predicted.assess import assess
from auditor.transfer.predicted.crossed import crossed, halves_of, measurements
from auditor.transfer.predicted.folds import out_of_fold
from auditor.transfer.predicted.linear import task_mean
from auditor.transfer.predicted.random_effects import components
from auditor.transfer.predictor import Fit, Predict
from benchmarks.calibration.gain_prediction import RIDGE, SKILL, Study, knowing, simulated
from tests.transfer.predicted.making import by_pairs, by_task

EFFECTS = components()


def test_luck_of_the_tasks_alone_that_every_fold_shares_is_no_skill() -> None:
    rng = np.random.default_rng(0)
    tables = [simulated(Study("noise", tasks=8, groups=24), rng)[0] for _ in range(60)]
    # the same predictions, learned and judged by the same seeds and test compounds
    assert np.mean([assess(out_of_fold(task_mean, table, seed=0), table).r2 for table in tables]) > 0.5
    found = [crossed(task_mean, table, seed=0) for table in tables]
    assert_allclose([one.within_r2 for one in found], 0.0, atol=1e-12)
    assert np.mean([crossed(RIDGE, table, seed=0).told_apart for table in tables]) < 0.15


def test_what_the_test_compounds_of_one_half_favour_is_no_skill() -> None:
    study = Study("companions", companion_compounds=1.5, own=0.2, own_compounds=0.1)
    rng = np.random.default_rng(1)
    tables = [simulated(study, rng)[0] for _ in range(30)]
    halves = [half for table in tables for half in halves_of(table) or ()]
    same = [assess(out_of_fold(RIDGE, half, seed=0), half).within_r2 for half in halves]
    found = [crossed(RIDGE, table, seed=0) for table in tables]
    assert np.mean(same) > 0.1 and np.mean([one.within_r2 for one in found]) < -0.1
    assert np.mean([one.told_apart for one in found]) < 0.2


def test_differences_between_groups_are_told_apart_up_to_the_ceiling() -> None:
    clear = crossed(EFFECTS, by_pairs(5, noise=0.0)[0], seed=0)
    assert clear.within_r2 > 0.6 and clear.within_ceiling == pytest.approx(1.0) and clear.told_apart
    noisy = crossed(EFFECTS, by_pairs(5, noise=0.6)[0], seed=0)
    assert noisy.within_ceiling < 0.9 and noisy.within_r2 < noisy.within_ceiling
    assert noisy.told_apart and noisy.differ_p < 0.05


def test_a_level_is_no_skill_even_where_groups_truly_differ() -> None:
    # a left-out group lies below the mean of the others where it is low: a shrunk level would seem to know it
    table = by_pairs(5, noise=0.1)[0]
    for level in (0.0, 1.0):
        found = crossed(shrunk(level), table, seed=0)
        assert found.within_r2 == pytest.approx(0.0, abs=1e-9) and found.within_p == 1.0
        assert found.differ_p < 0.05 and not found.told_apart


def shrunk(share: float) -> Fit:
    """Return a predictor of a share of the task's mean."""

    def fit(train: GroupGains) -> Predict:
        mean = task_mean(train)
        return lambda members: share * mean(members)

    return fit


def test_what_knows_every_true_gain_reaches_the_ceiling_on_average() -> None:
    rng, off = np.random.default_rng(0), []
    for _ in range(60):
        table, truth = simulated(SKILL[1], rng)
        found = crossed(knowing(group_gains(table.tasks, table.members, truth)), table, seed=0)
        off.append(found.within_r2 - found.within_ceiling)
    assert abs(np.mean(off)) < 0.08 and np.mean(off) == pytest.approx(
        0, abs=3.5 * np.std(off) / np.sqrt(60)
    )


def test_neither_seeds_nor_test_compounds_are_in_both_halves() -> None:
    table = by_task(4, noise=0.3)
    unused = table.halves.copy()
    unused[0, 1::2], unused[1, ::2] = (
        np.where(table.members, 99.0, np.nan),
        np.where(table.members, -99.0, np.nan),
    )
    first, second = halves_of(table), halves_of(replace(table, halves=unused))
    assert first is not None and second is not None
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.gains, other.gains, equal_nan=True)


@pytest.mark.parametrize("lacking", ["seeds", "half"])
def test_with_one_seed_or_a_half_without_gains_nothing_is_said(lacking: str) -> None:
    table = by_pairs(5, noise=0.1)[0]
    halves = (
        table.halves[:, :1] if lacking == "seeds" else np.stack([table.halves[0], table.halves[0] * np.nan])
    )
    found = crossed(EFFECTS, replace(table, halves=halves), seed=0)
    assert np.isnan([found.within_r2, found.within_ceiling, found.within_p, found.differ_p]).all()
    assert not found.told_apart and found.predicted == 0 and found.cells == table.measured.sum()


def test_the_numbers_can_be_computed_again_from_the_measurements() -> None:
    table = by_pairs(4, noise=0.3)[0]
    rows = measurements(table)
    pairs = np.array([(row["first_half"][::2].mean(), row["second_half"][1::2].mean()) for row in rows])
    for place, half in enumerate(halves_of(table) or ()):
        assert_allclose(half.gains[half.measured], pairs[:, place])


def test_a_task_measured_on_one_half_alone_is_left_out() -> None:
    table: GroupGains = by_pairs(5, noise=0.1)[0]
    halves = table.halves.copy()
    halves[1, :, :, 0] = np.nan
    found = crossed(task_mean, replace(table, halves=halves), seed=0)
    assert found.predicted == table.measured[:, 1:].sum() and np.isfinite(found.within_ceiling)
