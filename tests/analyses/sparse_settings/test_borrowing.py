"""Affinities borrowed from a panel."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analyses.sparse_settings.borrowing import borrowed
from tests.traces import affinity

GROUPS = np.array([0, 0, 0, 1, 1, 1])


def test_a_twin_in_the_other_panel_lends_its_own_affinities() -> None:
    """Task 3 is like task 1 alone: what 0 has with 1 is predicted for 0 with 3."""
    values = affinity(6, seed=1)
    likeness = np.zeros((6, 6))
    likeness[1, 3] = likeness[3, 1] = 0.9
    found = borrowed(values, likeness, GROUPS)
    assert (found[0, 3], found[3, 0]) == pytest.approx((values[0, 1],) * 2)
    assert (found[1, 4], found[4, 1]) == pytest.approx((values[3, 4],) * 2)


def test_nothing_is_borrowed_within_a_panel_or_without_likeness() -> None:
    values = affinity(6, seed=1)
    found = borrowed(values, np.zeros((6, 6)), GROUPS)
    assert np.isnan(found).all()
    full = borrowed(values, np.ones((6, 6)), GROUPS)
    assert np.isnan(full[GROUPS[:, None] == GROUPS]).all()
    assert np.isfinite(full[GROUPS[:, None] != GROUPS]).all()


def test_the_likeness_of_the_pair_itself_plays_no_part() -> None:
    values, likeness = affinity(6, seed=1), np.abs(affinity(6, seed=2))
    changed = likeness.copy()
    changed[0, 3] = changed[3, 0] = 0.99
    assert borrowed(values, likeness, GROUPS)[0, 3] == borrowed(values, changed, GROUPS)[0, 3]


def test_it_is_symmetric_and_unknown_affinities_are_left_out() -> None:
    values, likeness = affinity(6, seed=1), np.abs(affinity(6, seed=2))
    values[0, 1] = values[1, 0] = np.nan
    likeness[4, 2] = likeness[2, 4] = np.nan
    found = borrowed(values, likeness, GROUPS)
    np.testing.assert_allclose(found, found.T)
    assert np.isfinite(found[0, 3])
