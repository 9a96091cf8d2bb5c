"""The table of gains, and the score of a group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from auditor.transfer.group_gains import (
    GroupGains,
    choose_groups,
    group_gains,
)
from auditor.transfer.predicted.linear import pair_gains
from auditor.transfer.predictor import extend, worth
from tests.transfer.predicted.making import by_pairs, every_group, names


def test_what_is_outside_a_group_is_not_measured() -> None:
    table = group_gains(("a", "b"), np.array([[True, False]]), np.array([[0.0, 0.7]]))
    assert np.isnan(table.gains[0, 1])
    with pytest.raises(ValueError, match="outside"):
        GroupGains(("a", "b"), np.array([[True, False]]), np.zeros((1, 2)), np.full((2, 3, 1, 2), np.nan))
    with pytest.raises(ValueError, match="halves has shape"):
        replace(table, halves=np.zeros((1, 2)))
    with pytest.raises(ValueError, match="without members"):
        group_gains(("a",), np.array([[False]]), np.array([[1.0]]))


def test_the_score_is_the_mean_over_companions_from_source_to_recipient() -> None:
    matrix = np.array([[9.0, 1.0, 2.0], [3.0, 9.0, 4.0], [5.0, 6.0, 9.0]])
    members = np.array([[True, True, True], [True, True, False], [False, False, True]])
    assert_allclose(extend(matrix, members), [[4.0, 3.5, 3.0], [3.0, 1.0, np.nan], [np.nan, np.nan, 0.0]])
    assert_allclose(extend(matrix.T, members)[1], [1.0, 3.0, np.nan])  # transposed, and it shows


def test_a_source_that_is_not_estimable_leaves_only_its_recipients_without_score() -> None:
    matrix = np.ones((3, 3))
    matrix[0, 1] = np.nan
    found = extend(matrix, np.array([[True, True, True], [False, True, True]]))
    assert_array_equal(np.isnan(found), [[False, True, False], [True, False, False]])
    assert np.isnan(worth(lambda members: extend(matrix, members), np.ones((1, 3), dtype=bool)))[0]


def test_score_follows_the_order_of_tasks() -> None:
    rng = np.random.default_rng(0)
    matrix, members, order = rng.normal(size=(5, 5)), every_group(5), rng.permutation(5)
    assert_allclose(
        extend(matrix, members)[:, order], extend(matrix[np.ix_(order, order)], members[:, order])
    )


def test_pair_gains_are_read_by_source_and_recipient() -> None:
    table = group_gains(
        names(3), np.array([[True, True, False]] * 2), np.array([[0.1, 0.2, 0], [0.3, 0.4, 0]])
    )
    found = pair_gains(table)
    assert_allclose(found[1, 0], 0.2)  # what 0 gains from 1, over both runs
    assert_allclose(found[0, 1], 0.3)
    assert np.isnan(found[0, 2])


def test_pairs_averaged_predict_gains_that_are_made_so() -> None:
    table, pairs = by_pairs(5, noise=0.0)
    by_pair = pair_gains(choose_groups(table, table.sizes == 2))
    assert_allclose(extend(by_pair, table.members), table.gains)
    assert_allclose(pair_gains(table)[~np.eye(5, dtype=bool)], pairs[~np.eye(5, dtype=bool)])
