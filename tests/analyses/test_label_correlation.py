"""E of every pair, with its error and its limit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.analyses.label_correlation import analyse
from auditor.document.jsonable import plain_data
from auditor.overlap.correlation_kinds import (
    interval,
    jackknife_error,
    pair_correlations,
    phi_error,
    phi_limit,
)
from tests.analyses.affinities import audit_of, liabilities


def test_the_error_of_phi_is_its_spread_over_samples() -> None:
    rng = np.random.default_rng(0)
    x = rng.random((2000, 400)) < 0.15
    y = np.where(rng.random(x.shape) < 0.5, x, rng.random(x.shape) < 0.4)
    counts = tuple(c.astype(float) for c in ((x & y).sum(1), x.sum(1), y.sum(1), np.full(2000, 400)))
    phi = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)]
    assert phi_error(*counts).mean() == pytest.approx(np.std(phi), rel=0.06)


def test_phi_reaches_its_limit_when_one_class_contains_the_other() -> None:
    x = np.arange(100) < 10
    y = np.arange(100) < 60
    cells = [np.array([float(count)]) for count in ((x & y).sum(), x.sum(), y.sum(), 100)]
    limit, share = phi_limit(*cells)
    assert limit[0] == pytest.approx(np.corrcoef(x, y)[0, 1]) and share[0] == pytest.approx(1)
    apart = [np.array([float(count)]) for count in ((x & ~y).sum(), x.sum(), (~y).sum(), 100)]
    assert phi_limit(*apart)[1][0] == pytest.approx(-1)


def test_classes_have_a_limit_and_values_a_rank_correlation(tmp_path: Path) -> None:
    values = liabilities(200, "aab", within=0.6)
    numbers = pair_correlations(*_of(audit_of(values, tmp_path / "a")))
    expected = stats.spearmanr(values[:, 0], values[:, 1]).statistic
    assert numbers.spearman[0, 1] == pytest.approx(expected) == pytest.approx(numbers.spearman[1, 0])
    assert np.isnan(numbers.tetrachoric).all() and numbers.low[0, 1] < numbers.high[0, 1]
    classes = pair_correlations(
        *_of(audit_of((values > 0.8).astype(float), tmp_path / "b", kind="classification"))
    )
    assert np.isnan(classes.spearman).all() and classes.tetrachoric[0, 1] == pytest.approx(0.6, abs=0.2)


def _of(context):  # type: ignore[no-untyped-def]
    return context.benchmark, context.empirical


def test_intervals_hold_the_truth_for_skewed_values(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    shared, own = rng.exponential(size=(2, 240, 30))
    values = np.concatenate([shared, shared + own], axis=1)
    found = pair_correlations(*_of(audit_of(values, tmp_path)))
    inside = [(found.low[i, i + 30] < np.sqrt(0.5) < found.high[i, i + 30]) for i in range(30)]
    assert np.mean(inside) >= 0.83


def test_the_strongest_and_the_most_uncertain_pairs_are_named(tmp_path: Path) -> None:
    values = liabilities(220, "aabcdefg", within=0.9)
    values[40:, 7] = np.nan
    context = audit_of(values, tmp_path)
    found = analyse(context)
    json.dumps(plain_data(found.data))
    assert found.data["strongest"][0]["tasks"] == ["t0", "t1"] and found.data["above_zero"] >= 1
    assert (
        "t7" in found.data["most_uncertain"][0]["tasks"]
        and found.data["most_uncertain"][0]["compounds"] == 40
    )
    assert "of 28 pairs beyond its own 95 % interval" in found.sentence


@given(st.integers(0, 10**6), st.integers(30, 200), st.floats(-0.8, 0.8), st.floats(50, 500))
@settings(max_examples=40, deadline=None)
def test_the_interval_reaches_to_where_e_is_without_a_compound_that_decides_it(
    seed: int, n: int, r: float, far: float
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = r * x + np.sqrt(1 - r * r) * rng.normal(size=n)
    without = np.corrcoef(x, y)[0, 1]
    y[3] = far
    e = np.corrcoef(x, y)[0, 1]
    low, high = interval(np.array([e]), np.array([jackknife_error(x, y)]))
    assert low[0] < without < high[0]


@pytest.mark.parametrize(
    ("spread", "n", "least"), [(0.5, 50, 0.88), (1.0, 50, 0.85), (1.0, 200, 0.88), (2.3, 200, 0.85)]
)
def test_intervals_hold_the_truth_for_values_over_decades(spread: float, n: int, least: float) -> None:
    rng = np.random.default_rng(7)
    truth = (np.exp(0.5 * spread**2) - 1) / (np.exp(spread**2) - 1)
    inside = 0
    for _ in range(200):
        a, own = rng.normal(size=(2, n))
        x, y = np.exp(spread * a), np.exp(spread * (0.5 * a + np.sqrt(0.75) * own))
        low, high = interval(np.array([np.corrcoef(x, y)[0, 1]]), np.array([jackknife_error(x, y)]))
        inside += int(low[0] <= truth <= high[0])
    assert inside / 200 >= least
