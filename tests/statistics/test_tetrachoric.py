"""The tetrachoric correlation, on liabilities of known correlation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from auditor.statistics.tetrachoric import tetrachoric, upper_corner


def tables(
    r: float, cuts: tuple[float, float], n: int, repeats: int, seed: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the 2 x 2 counts of simulated bivariate normals."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(repeats, n))
    y = r * x + np.sqrt(1 - r * r) * rng.normal(size=(repeats, n))
    one, other = x < cuts[0], y < cuts[1]
    counts = ((one & other).sum(1), one.sum(1), other.sum(1), np.full(repeats, n))
    return tuple(count.astype(np.float64) for count in counts)


@pytest.mark.parametrize("r", [-0.9, -0.4, 0.0, 0.5, 0.99])
def test_the_corner_of_a_bivariate_normal_equals_scipys(r: float) -> None:
    h, k = np.array([0.3, -1.5, 1.8, -2.0]), np.array([-0.5, -1.7, 2.0, 1.0])
    expected = [
        multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf(point) for point in zip(h, k, strict=True)
    ]
    assert upper_corner(h, k, np.full(4, r)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("r", "cuts"), [(0.5, (-1.3, -0.8)), (-0.6, (0.4, 0.0)), (0.0, (-1.0, 1.0))])
def test_it_finds_the_correlation_of_the_liabilities_with_an_honest_error(
    r: float, cuts: tuple[float, float]
) -> None:
    found, error = tetrachoric(*tables(r, cuts, 4000, 300, seed=0))
    assert found.mean() == pytest.approx(r, abs=0.01)
    assert error.mean() == pytest.approx(found.std(), rel=0.15)
    assert 0.9 < np.mean(np.abs(found - r) < 1.96 * error) < 0.99


def test_phi_of_the_same_tables_is_far_below_the_correlation_of_the_liabilities() -> None:
    both, first, second, total = tables(0.8, (-1.6, -0.5), 4000, 50, seed=1)
    p, q = first / total, second / total
    phi = (both / total - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    assert phi.mean() < 0.45 and tetrachoric(both, first, second, total)[0].mean() == pytest.approx(
        0.8, abs=0.02
    )


def test_an_empty_cell_gives_a_value_inside_and_a_constant_task_none() -> None:
    both, first, second, total = (
        np.array(column, dtype=float) for column in zip((30, 30, 40, 100), (0, 0, 40, 100), strict=True)
    )
    found, _ = tetrachoric(both, first, second, total)
    assert 0.9 < found[0] < 1 and np.isnan(found[1])


def test_swapping_the_tasks_or_the_classes_changes_nothing_but_the_sign() -> None:
    both, first, second, total = tables(0.4, (-0.7, 0.2), 500, 20, seed=2)
    found = tetrachoric(both, first, second, total)[0]
    assert tetrachoric(both, second, first, total)[0] == pytest.approx(found, abs=1e-9)
    assert tetrachoric(first - both, first, total - second, total)[0] == pytest.approx(-found, abs=1e-6)
