"""Exact groupings against every grouping there is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from auditor.errors import DataError, UsageError
from auditor.transfer.group_gains import group_gains
from auditor.transfer.grouping.column_generation import prove
from auditor.transfer.grouping.grouping import (
    Grouping,
    all_groups,
    assignment_bound,
    grouping,
)
from auditor.transfer.grouping.partition import best_partition
from auditor.transfer.grouping.subsets import priced
from auditor.transfer.predictor import by_affinity
from benchmarks.published_gains import measured
from tests.transfer.grouping.making import affinity, best_by_hand, plain_value


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [1, 2, 3, 6])
@pytest.mark.parametrize("exactly", [False, True])
def test_partition_is_the_best_of_all(seed: int, most: int, exactly: bool) -> None:
    matrix = affinity(6, seed)
    found = best_partition(by_affinity(matrix), 6, most=most, exactly=exactly)
    value, groups = best_by_hand(matrix, 6, most, exactly=exactly)
    assert_allclose(found.value, value)
    assert sorted(map(tuple, groups)) == list(found.groups) or np.isclose(
        plain_value(matrix, [list(group) for group in found.groups], 6), value
    )
    assert found.exact
    assert len(found.groups) <= most
    assert not exactly or len(found.groups) == most


@pytest.mark.parametrize("seed", range(6))
def test_partition_avoids_pairs_that_are_not_estimable(seed: int) -> None:
    matrix = affinity(6, seed, missing=0.3)
    value, groups = best_by_hand(matrix, 6, 3)
    if not groups:
        with pytest.raises(DataError, match="not estimable"):
            best_partition(by_affinity(matrix), 6, most=3)
        return
    found = best_partition(by_affinity(matrix), 6, most=3)
    assert_allclose(found.value, value)
    for group in found.groups:
        for source in group:
            for recipient in group:
                assert source == recipient or np.isfinite(matrix[source, recipient])


def test_tasks_that_only_harm_each_other_stay_alone() -> None:
    matrix = -np.ones((5, 5))
    found = best_partition(by_affinity(matrix), 5, most=5)
    assert found.groups == ((0,), (1,), (2,), (3,), (4,))
    assert found.value == 0.0
    forced = best_partition(by_affinity(matrix), 5, most=1)
    assert_allclose(forced.value, -1.0)


@pytest.mark.parametrize("seed", range(4))
def test_order_of_tasks_does_not_change_the_partition(seed: int) -> None:
    matrix = affinity(7, seed)
    order = np.random.default_rng(seed).permutation(7)
    one = best_partition(by_affinity(matrix), 7, most=3)
    other = best_partition(by_affinity(matrix[np.ix_(order, order)]), 7, most=3)
    back = sorted(tuple(sorted(int(order[task]) for task in group)) for group in other.groups)
    assert_allclose(one.value, other.value)
    assert back == list(one.groups)


def test_a_table_of_gains_is_used_as_it_was_measured() -> None:
    members = all_groups(3)
    gains = np.where(members, 0.1, np.nan)
    gains[(members == [True, False, True]).all(axis=1)] = [0.9, np.nan, 0.7]
    found = best_partition(measured(group_gains(("a", "b", "c"), members, gains)), 3, most=2)
    assert found.groups == ((0, 2), (1,))
    assert_allclose(found.value, 1.6 / 3)


def test_a_group_that_was_not_measured_is_no_candidate() -> None:
    members = np.array([[True, True, False]])
    table = group_gains(("a", "b", "c"), members, np.array([[-0.5, -0.5, np.nan]]))
    with pytest.raises(DataError):
        best_partition(measured(table), 3, most=1)
    assert best_partition(measured(table), 3, most=2).groups == ((0, 1), (2,))


def test_too_many_tasks_or_groups_are_refused() -> None:
    with pytest.raises(UsageError):
        best_partition(by_affinity(np.zeros((15, 15))), 15, most=2)
    with pytest.raises(UsageError):
        best_partition(by_affinity(np.zeros((3, 3))), 3, most=4, exactly=True)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("most", [2, 3, 9])
@pytest.mark.parametrize("exactly", [False, True])
def test_column_generation_proves_the_best_of_all(seed: int, most: int, exactly: bool) -> None:
    matrix = affinity(9, seed)
    best = best_partition(by_affinity(matrix), 9, most=most, exactly=exactly)
    start = [[task] for task in range(most - 1)] + [list(range(most - 1, 9))]
    poor = grouping(start, value=plain_value(matrix, start, 9), bound=np.inf, method="")
    found = prove(matrix, poor, most=most, exactly=exactly)
    assert_allclose(found.value, best.value, atol=1e-7)
    assert found.exact
    assert_allclose(found.bound, best.value, atol=1e-6)


def test_column_generation_keeps_away_from_forbidden_pairs() -> None:
    matrix = affinity(8, 1)
    matrix[0, 1] = np.nan
    best = best_partition(by_affinity(matrix), 8, most=3)
    start: Grouping = best_partition(by_affinity(np.where(np.isnan(matrix), -50.0, matrix)), 8, most=3)
    found = prove(matrix, start, most=3)
    assert_allclose(found.value, best.value, atol=1e-7)
    assert not any({0, 1} <= set(group) for group in found.groups)


def test_priced_subsets_are_the_plain_sums() -> None:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(18, 18))
    weight = weight + weight.T
    np.fill_diagonal(weight, 0.0)
    price = rng.normal(size=18)
    profit = {}
    for first, block in priced(weight, price):
        for number in rng.integers(0, len(block), 20):
            profit[first + int(number)] = block[number]
    for number, value in profit.items():
        group = [bit for bit in range(18) if number >> bit & 1]
        pairs = sum(weight[i, j] for i in group for j in group if i < j)
        assert_allclose(value, pairs / max(len(group) - 1, 1) - price[group].sum(), atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_bounds_are_never_below_the_best_value(seed: int) -> None:
    matrix = affinity(6, seed)
    value, _ = best_by_hand(matrix, 6, 6)
    assert assignment_bound(matrix) >= value - 1e-12


def test_assignment_bound_is_reached_by_pairs() -> None:
    matrix = np.full((4, 4), -1.0)
    matrix[0, 1] = matrix[1, 0] = matrix[2, 3] = matrix[3, 2] = 0.5
    assert_allclose(assignment_bound(matrix), 0.5)


@pytest.mark.parametrize("seed", range(8))
def test_no_even_group_is_worth_more_than_its_best_pairs(seed: int) -> None:
    matrix = affinity(6, seed)
    whole = plain_value(matrix, [list(range(6))], 6)
    in_pairs = max(plain_value(matrix, groups, 6) for groups in _pairings(list(range(6))))
    assert in_pairs >= whole - 1e-12


def _pairings(tasks: list[int]) -> list[list[list[int]]]:
    if not tasks:
        return [[]]
    first, rest = tasks[0], tasks[1:]
    return [
        [[first, other], *smaller]
        for other in rest
        for smaller in _pairings([task for task in rest if task != other])
    ]
