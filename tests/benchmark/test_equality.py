"""One rule says when two measured values are the same, whatever their unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.equality import same_value


@given(st.floats(1e-12, 1e12), st.sampled_from([1e-9, 1.0, 1e9]))
def test_the_unit_does_not_matter(value: float, unit: float) -> None:
    assert same_value(value * unit, value * unit * (1 + 1e-9))
    assert not same_value(value * unit, 3 * value * unit)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [(4.7, 4.7 + 9e-16, True), (1e-9, 3e-9, False), (0.0, 1e-12, False), (0.0, 0.0, True)],
)
def test_rounding_is_no_difference_and_three_fold_is(first: float, second: float, same: bool) -> None:
    assert bool(same_value(first, second)) is same
