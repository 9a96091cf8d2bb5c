"""Search, linkage and chance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from auditor.errors import DataError
from auditor.transfer.grouping.chance import against_chance, random_like
from auditor.transfer.grouping.choose import group_by_affinity, group_by_gain, seeded
from auditor.transfer.grouping.grouping import Grouping, assignment_bound, grouping, value_of
from auditor.transfer.grouping.local_search import local_search
from auditor.transfer.grouping.partition import best_partition
from auditor.transfer.grouping.starts import (
    average_linkage,
    linkage_groups,
    random_groups,
    spectral_groups,
)
from auditor.transfer.predictor import by_affinity
from tests.transfer.grouping.making import affinity


def blocks(sizes: list[int], noise: float, seed: int = 0) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Return an affinity (t, t) of tasks in known groups, in random order, and the groups."""
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    matrix = np.where(label[:, None] == label, 0.5, -0.5) + noise * rng.normal(size=(len(label),) * 2)
    groups = sorted(tuple(np.flatnonzero(label == one).tolist()) for one in range(len(sizes)))
    return matrix, groups


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("exactly", [False, True])
def test_search_is_never_better_than_the_proved_best(seed: int, exactly: bool) -> None:
    matrix = affinity(8, seed)
    best = best_partition(by_affinity(matrix), 8, most=3, exactly=exactly)
    found = local_search(
        by_affinity(matrix), 8, most=3, exactly=exactly, starts=seeded(matrix, 3, 0), bound=best.value
    )
    assert found.value <= best.value + 1e-12
    assert found.value >= best.value - 0.15  # a local optimum from ten starts is near
    assert len(found.groups) == 3 if exactly else len(found.groups) <= 3
    assert_allclose(found.value, value_of(found.groups, by_affinity(matrix), 8))


def test_groups_of_a_designed_affinity_are_found_by_every_way() -> None:
    matrix, groups = blocks([4, 3, 3], 0.05)
    assert sorted(map(tuple, linkage_groups(matrix, 3))) == groups
    assert sorted(map(tuple, spectral_groups(matrix, 3, 0))) == groups
    assert list(average_linkage(matrix, most=3).groups) == groups
    found = best_partition(by_affinity(matrix), 10, most=3)
    assert list(found.groups) == groups


def test_more_tasks_than_can_be_enumerated_are_grouped_with_a_proof() -> None:
    matrix, groups = blocks([7, 6, 5], 0.05, seed=1)
    found = group_by_affinity(matrix, most=3)
    assert list(found.groups) == groups
    assert found.exact
    assert found.bound >= found.value


def test_many_tasks_have_a_bound_that_no_partition_exceeds() -> None:
    matrix, groups = blocks([10] * 4, 0.3, seed=2)
    found = group_by_affinity(matrix, most=4)
    assert list(found.groups) == groups
    assert found.bound == assignment_bound(matrix) >= found.value
    assert not found.exact


def test_search_leaves_pairs_that_are_not_estimable() -> None:
    matrix, _ = blocks([4, 4], 0.05)
    matrix[0, 1] = np.nan
    found = local_search(by_affinity(matrix), 8, most=3, seed=3)
    assert not any({0, 1} <= set(group) for group in found.groups)
    with pytest.raises(DataError, match="not estimable"):
        local_search(by_affinity(np.full((4, 4), np.nan)), 4, most=2)


def test_linkage_that_needs_a_pair_without_affinity_has_no_value() -> None:
    matrix = affinity(4, 0)
    matrix[0, 1:] = np.nan
    assert np.isnan(average_linkage(matrix, most=1).value)
    assert not average_linkage(matrix, most=1).exact


def test_any_prediction_can_be_grouped_by() -> None:
    def larger_is_better(members: np.ndarray) -> np.ndarray:
        return np.where(members, members.sum(axis=1, keepdims=True).astype(float), np.nan)

    assert group_by_gain(larger_is_better, 5, most=3).groups == ((0, 1, 2, 3, 4),)
    assert group_by_gain(larger_is_better, 16, most=3).groups == (tuple(range(16)),)


def test_a_single_task_gains_nothing_whatever_is_predicted() -> None:
    found = group_by_gain(lambda members: np.where(members, 1.0, np.nan), 3, most=3, exactly=True)
    assert found.value == 0.0


def test_random_groups_have_the_sizes_asked_for() -> None:
    rng = np.random.default_rng(0)
    for sizes in ([3, 2, 1], [4, 4], [2, 2, 2]):
        for _ in range(20):
            groups = random_like(sizes, 6, rng)
            assert [len(set(group)) for group in groups] == sizes
            assert {task for group in groups for task in group} == set(range(6))
    assert sorted(task for group in random_groups(6, 3, rng) for task in group) == list(range(6))
    with pytest.raises(ValueError, match="cannot hold"):
        random_like([2, 2], 6, rng)


def test_a_designed_grouping_beats_chance_and_a_random_one_does_not() -> None:
    matrix, groups = blocks([4, 4, 4], 0.05, seed=4)
    judge = by_affinity(matrix)
    good = against_chance(_of(groups), judge, 12, seed=0)
    assert good.p == pytest.approx(1 / 1000)
    assert good.value > good.high
    rng = np.random.default_rng(5)
    p = [
        against_chance(_of(random_like([4, 4, 4], 12, rng)), judge, 12, seed=s, draws=99).p
        for s in range(20)
    ]
    assert 0.3 < np.mean(p) < 0.7


def test_sizes_matter_so_random_groups_keep_them() -> None:
    def by_size(members: np.ndarray) -> np.ndarray:
        return np.where(members, members.sum(axis=1, keepdims=True).astype(float), np.nan)

    chance = against_chance(_of([(0, 1, 2, 3), (4, 5)]), by_size, 6, seed=0, draws=50)
    assert chance.value == pytest.approx(chance.mean)
    assert chance.p == 1.0


def test_unknown_gains_are_no_judge() -> None:
    with pytest.raises(DataError, match="not known"):
        against_chance(_of([(0, 1), (2,)]), by_affinity(np.full((3, 3), np.nan)), 3, seed=0)


def _of(groups: object) -> Grouping:
    return grouping(groups, value=0.0, bound=np.inf, method="")  # type: ignore[arg-type]
