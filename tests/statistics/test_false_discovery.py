"""Of many tests, those that stand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics.false_discovery import stands


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_it_is_scipys_procedure(p: list[float]) -> None:
    adjusted = stats.false_discovery_control(p)
    near = np.abs(adjusted - 0.05) < 1e-12
    np.testing.assert_array_equal(stands(np.array(p))[~near], (adjusted <= 0.05)[~near])


def test_what_is_not_known_takes_no_part() -> None:
    assert stands(np.array([np.nan, 0.04, np.nan])).tolist() == [False, True, False]
    assert not stands(np.array([np.nan])).any() and not stands(np.zeros(0)).any()
