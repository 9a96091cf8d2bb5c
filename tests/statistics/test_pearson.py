"""Pearson's interval holds its truth for normal, skewed and heavy-tailed values, and for classes with values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics.leave_one_out import without_each
from auditor.statistics.pearson import Pearson, pearson

DRAWS = 500


def drawn(kind: str, n: int, r: float, seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return samples (DRAWS, n) of two variables with a known correlation."""
    rng = np.random.default_rng(seed)
    a, own = rng.normal(size=(2, DRAWS, n))
    if kind == "normal":
        return a, r * a + np.sqrt(1 - r * r) * own, r
    if kind == "lognormal":
        g = np.log(1 + r * (np.e - 1))
        return np.exp(a), np.exp(g * a + np.sqrt(1 - g * g) * own), r
    if kind == "t3":
        a, own = rng.standard_t(3, (2, DRAWS, n))
        return a, r * a + np.sqrt(1 - r * r) * own, r
    positive = (rng.random((DRAWS, n)) < 0.1).astype(float)
    gap = r / np.sqrt((1 - r * r) * 0.09)
    return positive, gap * positive + own, r


def each(x: np.ndarray, y: np.ndarray) -> list[Pearson]:
    varied = (row for row in zip(x, y, strict=True) if np.ptp(row[0]) > 0)
    return [pearson(one, other[:, None]) for one, other in varied]


@pytest.mark.parametrize("kind", ["normal", "lognormal", "t3", "class with values"])
@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("r", [0.0, 0.5])
def test_the_interval_holds_the_truth(kind: str, n: int, r: float) -> None:
    x, y, truth = drawn(kind, n, r, seed=n)
    found = each(x, y)
    covered = np.mean([one.low[0] <= truth <= one.high[0] for one in found])
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / DRAWS)
    outside = [bool(one.low[0] > 0 or one.high[0] < 0) for one in found]
    assert outside == [bool(one.p[0] <= 0.05) for one in found]


@given(st.integers(0, 10**6), st.integers(30, 200), st.floats(-0.8, 0.8), st.floats(50, 500))
@settings(max_examples=40, deadline=None)
def test_the_interval_reaches_to_where_r_is_without_a_compound_that_decides_it(
    seed: int, n: int, r: float, far: float
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = r * x + np.sqrt(1 - r * r) * rng.normal(size=n)
    without = np.corrcoef(x, y)[0, 1]
    y[3] = far
    found = pearson(x, y[:, None])
    assert found.low[0] < without < found.high[0] and found.far[0]


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_columns_together_are_as_each_alone_over_its_known_values(seed: int, one_far: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=40)
    others = rng.normal(size=(40, 3)) + x[:, None]
    if one_far:
        others[5] = 1e6
    others[rng.random(others.shape) < 0.3] = np.nan
    together = pearson(x, others)
    for column, y in enumerate(others.T):
        known = np.isfinite(y)
        alone = pearson(x[known], y[known][:, None])
        for name in ("value", "error", "low", "high", "p"):
            np.testing.assert_allclose(getattr(together, name)[column], getattr(alone, name)[0], rtol=1e-9)
        assert together.value[column] == pytest.approx(stats.pearsonr(x[known], y[known]).statistic)
        left_out = np.arctanh(np.clip(np.nan_to_num(without_each(x[known], y[known])), -1 + 1e-9, 1 - 1e-9))
        n = known.sum()
        spread = np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
        assert together.error[column] == pytest.approx(spread * (1 - together.value[column] ** 2), rel=1e-4)


def test_skewed_values_are_marked_and_a_rare_class_is_not() -> None:
    rng = np.random.default_rng(0)
    normal, rare = rng.normal(size=300), (np.arange(300) < 6).astype(float)
    marked = pearson(
        normal, np.column_stack([rng.normal(size=300), np.exp(rng.normal(size=300)), rare])
    ).far
    assert marked.tolist() == [False, True, False]
    # within either class the values are skewed, though all together they are less so
    halves = (np.arange(300) % 2).astype(float)
    assert pearson(halves, (3 * halves + np.exp(rng.normal(size=300)))[:, None]).far[0]


def test_three_observations_have_no_interval() -> None:
    found = pearson(np.arange(3.0), np.array([[1.0], [0], [2]]))
    assert np.isnan([found.low[0], found.high[0], found.p[0]]).all()
