"""Affinities on the scale of label correlations, and their combination."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analyses.sparse_settings.scale import combined, hybrid, scale_of
from tests.traces import affinity

T = 10
GROUPS = np.arange(T) % 2
INSIDE = (GROUPS[:, None] == GROUPS) & ~np.eye(T, dtype=bool)
ACROSS = GROUPS[:, None] != GROUPS


def test_the_line_is_that_of_the_pairs_inside_alone() -> None:
    labels = affinity(T, seed=1)
    values = np.where(INSIDE, (labels - 0.1) / 3, 40.0)
    found = scale_of(values, labels, INSIDE)
    assert (found.intercept, found.slope) == pytest.approx((0.1, 3))
    assert found.variance == pytest.approx(0, abs=1e-12)


def test_values_without_variation_map_to_the_mean() -> None:
    labels = affinity(T, seed=1)
    found = scale_of(np.full((T, T), 0.2), labels, INSIDE)
    upper = labels[np.triu(INSIDE, 1)]
    assert found.slope == 0 and found.intercept == pytest.approx(upper.mean())


@given(st.floats(0.01, 10), st.floats(0.01, 10))
def test_the_combination_lies_between_and_nearer_to_the_surer(first: float, second: float) -> None:
    a, b = np.array([0.0]), np.array([1.0])
    value = combined(a, np.array([first]), b, np.array([second]))[0]
    assert value == pytest.approx(first / (first + second))


def test_one_that_is_unknown_leaves_the_other_alone() -> None:
    unknown, known, one = np.array([np.nan, np.nan]), np.array([0.3, np.nan]), np.ones(2)
    found = combined(unknown, one, known, one)
    assert found[0] == pytest.approx(0.3) and np.isnan(found[1])


def test_without_shared_compounds_the_hybrid_is_the_chemistry() -> None:
    labels, rho = affinity(T, seed=1), affinity(T, seed=2)
    shared = np.where(INSIDE | np.eye(T, dtype=bool), 1.0, 0.0)
    error = np.full((T, T), 0.01)
    found = hybrid(affinity(T, seed=3), error, rho, error, labels, shared, INSIDE)
    line = scale_of(rho, labels, INSIDE)
    np.testing.assert_allclose(found[ACROSS], line.apply(rho)[ACROSS])


def test_gradients_weigh_less_where_less_is_shared() -> None:
    labels = affinity(T, seed=1)
    rng = np.random.default_rng(0)
    rho = labels + np.triu(rng.normal(0, 0.05, (T, T)), 1)
    rho = np.triu(rho) + np.triu(rho, 1).T
    gradients, error = labels / 4, np.full((T, T), 0.02)
    spoilt = rho.copy()
    spoilt[0, 1] = spoilt[1, 0] = 5.0
    pulls = []
    for share in (0.05, 0.5, 1.0):
        shared = np.where(INSIDE, 1.0, share)
        found = hybrid(gradients * shared, error, spoilt, np.full((T, T), 0.05), labels, shared, INSIDE)
        pulls.append(found[0, 1] - labels[0, 1])
    assert pulls[0] > pulls[1] > pulls[2] > 0
