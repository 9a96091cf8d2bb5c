"""Association of task matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from auditor.statistics.association import (
    affordable,
    associate,
    correlation,
    leave_one_out,
    mantel,
    task_bootstrap,
)
from auditor.statistics.pairs import upper


def symmetric(rng: np.random.Generator, t: int) -> np.ndarray:
    matrix = rng.normal(size=(t, t))
    return matrix + matrix.T


def test_a_matrix_agrees_with_itself_and_opposes_its_negative() -> None:
    matrix = symmetric(np.random.default_rng(0), 10)
    assert associate(matrix, matrix, seed=0, permutations=999).pearson == pytest.approx(1)
    opposite = associate(matrix, -matrix, seed=0, permutations=999)
    assert opposite.pearson == pytest.approx(-1) and opposite.mantel_p <= 0.005


def test_r_and_rho_equal_scipy_over_the_estimable_pairs() -> None:
    rng = np.random.default_rng(1)
    x, y = symmetric(rng, 9), symmetric(rng, 9)
    x[2, 5] = x[5, 2] = np.nan
    found = associate(x, y, seed=0, permutations=99)
    keep = np.isfinite(upper(x))
    assert found.pairs == 35 and found.tasks == 9
    assert found.pearson == pytest.approx(stats.pearsonr(upper(x)[keep], upper(y)[keep]).statistic)
    assert found.spearman == pytest.approx(stats.spearmanr(upper(x)[keep], upper(y)[keep]).statistic)


def test_the_diagonal_plays_no_part() -> None:
    rng = np.random.default_rng(2)
    x, y = symmetric(rng, 8), symmetric(rng, 8)
    before = associate(x, y, seed=0, permutations=99)
    np.fill_diagonal(x, 1e6)
    np.fill_diagonal(y, 1e6)
    assert associate(x, y, seed=0, permutations=99) == before


def test_mantel_calls_at_most_one_in_twenty_unrelated_pairs_significant() -> None:
    rng = np.random.default_rng(3)
    p = [mantel(symmetric(rng, 8), symmetric(rng, 8), rng, 199) for _ in range(400)]
    assert np.mean(np.array(p) <= 0.05) < 0.08  # 0.05 and three standard errors
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_mantel_keeps_its_level_where_tasks_have_main_effects() -> None:
    rng = np.random.default_rng(4)

    def with_effects() -> np.ndarray:
        effect = rng.normal(size=9)
        return symmetric(rng, 9) * 0.3 + effect[:, None] + effect[None, :]

    tests = [(with_effects(), with_effects()) for _ in range(300)]
    by_mantel = np.mean([mantel(x, y, rng, 199) <= 0.05 for x, y in tests])
    by_pairs = np.mean([stats.pearsonr(upper(x), upper(y)).pvalue <= 0.05 for x, y in tests])
    assert by_mantel < 0.09 < by_pairs


def test_mantel_with_missing_pairs_equals_plain_permutation() -> None:
    rng = np.random.default_rng(5)
    x, y = symmetric(rng, 6), symmetric(rng, 6)
    x[0, 1] = x[1, 0] = y[2, 3] = y[3, 2] = np.nan
    both = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    fast = mantel(x, y, np.random.default_rng(7), 500)
    orders = np.random.default_rng(7).permuted(np.tile(np.arange(6), (500, 1)), axis=1)
    a = upper(x)

    def statistic(matrix: np.ndarray) -> float:
        b = upper(matrix)
        keep = np.isfinite(a) & np.isfinite(b)
        product = (a[keep] - a[keep].mean()) * (b[keep] - b[keep].mean())
        return abs(product.sum()) / np.sqrt((product**2).sum())

    beyond = sum(not statistic(y[np.ix_(order, order)]) < statistic(y) - 1e-12 for order in orders)
    assert fast == pytest.approx((beyond + 1) / 501)


def test_the_task_bootstrap_interval_is_wider_than_that_of_independent_pairs() -> None:
    rng = np.random.default_rng(6)
    x = symmetric(rng, 10)
    y = x + symmetric(rng, 10)
    low, high = task_bootstrap(x, y, rng)
    r = correlation(upper(x), upper(y))
    half = 1.96 / np.sqrt(45 - 3)
    assert low < r < high and high - low > np.tanh(np.arctanh(r) + half) - np.tanh(np.arctanh(r) - half)


def test_leave_one_out_brackets_r_when_one_task_carries_it() -> None:
    rng = np.random.default_rng(8)
    x, y = symmetric(rng, 8), symmetric(rng, 8)
    x[0], x[:, 0], y[0], y[:, 0] = 9, 9, 9, 9
    low, high = leave_one_out(x, y)
    assert low < 0.5 < correlation(upper(x), upper(y)) <= high + 0.05


def test_too_few_pairs_are_not_estimable() -> None:
    x = symmetric(np.random.default_rng(0), 2)
    found = associate(x, x, seed=0, permutations=9)
    assert np.isnan(found.pearson) and np.isnan(found.mantel_p) and np.isnan(found.low)


def test_mantel_keeps_its_level_where_pairs_of_few_compounds_have_larger_errors() -> None:
    rng = np.random.default_rng(9)
    error = np.exp(-2 * rng.uniform(0, 1, size=10))
    extreme = -np.add.outer(np.log(error), np.log(error))
    extreme[0] += 3
    extreme[:, 0] += 3
    scale = np.exp(0.5 * extreme)
    p = [mantel(extreme, scale * symmetric(rng, 10), rng, 199) for _ in range(400)]
    assert np.mean(np.array(p) <= 0.05) < 0.085


def test_fewer_permutations_are_made_of_many_tasks_and_never_more_than_wanted() -> None:
    assert affordable(12, 9_999) == affordable(100, 9_999) == 9_999 > affordable(300, 9_999) > 499
    assert affordable(617, 9_999) == 499 and affordable(617, 99) == 99
