"""Gains of ETTm1: seven tasks of which every group was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from auditor.transfer.group_gains import GroupGains, choose_groups, shared_groups
from auditor.transfer.grouping.partition import best_partition
from auditor.transfer.predicted.assess import assess
from auditor.transfer.predicted.choose import choose, predictors
from auditor.transfer.predicted.linear import pair_gains
from auditor.transfer.predictor import extend
from benchmarks.published_gains import measured, published_gains

pytestmark = pytest.mark.published


@pytest.fixture
def gains(mirror: Path) -> GroupGains:
    """Measured gains of the 127 groups."""
    return published_gains(mirror, "ETTm1_y.csv")


def test_the_published_prediction_from_pairs_is_the_mean_over_companions(
    mirror: Path, gains: GroupGains
) -> None:
    pairs = published_gains(mirror, "ETTm1_HOA.csv")
    said = extend(pair_gains(pairs), pairs.members)
    assert_allclose(said[pairs.members], pairs.gains[pairs.members], atol=6e-5)
    shared = shared_groups(gains)
    assert assess(extend(pair_gains(pairs), shared.members), shared).pearson == pytest.approx(
        0.50, abs=0.005
    )
    tag = published_gains(mirror, "ETTm1_TAG_HOA.csv")
    assert assess(extend(pair_gains(tag), shared.members), shared).pearson == pytest.approx(
        -0.08, abs=0.005
    )


@pytest.mark.parametrize(("training", "stated"), [(5, 0.35), (10, 0.48), (20, 0.50), (50, 0.59)])
def test_the_chosen_predictor_is_no_worse_than_the_stated_membership_ridge(
    gains: GroupGains, training: int, stated: float
) -> None:
    table = shared_groups(gains)
    candidates = {name: fit for name, fit in predictors().items() if "random" not in name}
    found = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(table.g)
        train, held = choose_groups(table, order[:training]), choose_groups(table, order[training:])
        found.append(assess(choose(candidates, train, seed=seed).predict(held.members), held).r2)
    assert np.mean(found) >= stated


def test_the_best_partition_by_measured_gains_beats_training_all_together(gains: GroupGains) -> None:
    judge = measured(gains)
    best = best_partition(judge, gains.t, most=4)
    together = best_partition(judge, gains.t, most=1)
    assert best.value == pytest.approx(0.1403, abs=5e-4)
    assert together.value == pytest.approx(0.0272, abs=5e-4)
