"""The odds of two classes from their joint count, against scipy and against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics import joint_count
from auditor.statistics.joint_count import log_odds


def one(*cells: int) -> list[np.ndarray]:
    return [np.array([float(cell)]) for cell in cells]


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_each_limit_leaves_two_and_a_half_per_cent_and_p_is_the_smaller_side_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 1500))
    a, b = (int(rng.integers(1, n)) for _ in range(2))
    x = int(rng.integers(max(0, a + b - n), min(a, b) + 1))
    found = log_odds(*one(x, a, b, n))

    def below(theta: float) -> float:
        distribution = stats.nchypergeom_fisher(n, a, b, np.exp(theta))
        return float(distribution.cdf(x - 1) + 0.5 * distribution.pmf(x))

    cells = np.array([x, a - x, b - x, n - a - b + x]) + 0.5
    tolerance = 1e-6 if 1 / (1 / cells).sum() <= joint_count.MANY else 0.004
    if np.isfinite(found.low[0]):
        assert below(found.low[0]) == pytest.approx(0.975, abs=tolerance)
    else:
        assert x in (max(0, a + b - n), min(a, b))
    if np.isfinite(found.high[0]):
        assert below(found.high[0]) == pytest.approx(0.025, abs=tolerance)
    equal = stats.hypergeom(n, a, b)
    side = equal.cdf(x - 1) + 0.5 * equal.pmf(x)
    assert found.p[0] == pytest.approx(2 * min(side, 1 - side), abs=2 * tolerance)


def test_a_table_and_its_mirror_say_the_same() -> None:
    x, a, b, n = (np.array(part, float) for part in ([3, 0, 35], [10, 4, 60], [12, 5, 70], [200, 90, 100]))
    plain, mirrored = log_odds(x, a, b, n), log_odds(b - x, n - a, b, n)
    np.testing.assert_allclose(plain.low, -mirrored.high)
    np.testing.assert_allclose(plain.high, -mirrored.low)
    np.testing.assert_allclose(plain.p, mirrored.p)


def test_tables_of_any_size_are_answered_in_their_order() -> None:
    sizes = np.array([5000.0, 20.0, 800.0, 100.0])
    together = log_odds(sizes / 20, sizes / 4, sizes / 5, sizes)
    alone = [log_odds(*([s / 20], [s / 4], [s / 5], [s])).high[0] for s in sizes]  # type: ignore[arg-type]
    np.testing.assert_allclose(together.high, alone)
