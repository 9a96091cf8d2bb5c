"""The correlation that is said to be found with 80 % power is found that often."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.statistics.pearson import pearson
from auditor.statistics.phi import phi_interval
from auditor.statistics.power import (
    FEWEST,
    detectable_of_class,
    detectable_of_values,
    detectable_phi,
)

DRAWS = 800


def one(value: float) -> np.ndarray:
    return np.array([float(value)])


def found_by_classes(n: int, first: int, second: int, phi: float) -> float:
    """Return how often the test of two classes finds a φ of its sign, positives drawn too."""
    p, q = first / n, second / n
    corner = p * q + phi * np.sqrt(p * (1 - p) * q * (1 - q))
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(n, [corner, p - corner, q - corner, 1 - p - q + corner], 10 * DRAWS).astype(
        float
    )
    both, one, other = drawn[:, 0], drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]
    varied = (one > 0) & (other > 0)
    found = phi_interval(both[varied], one[varied], other[varied], np.full(varied.sum(), float(n)))
    return float(((found.p <= 0.05) & (np.sign(found.value) == np.sign(phi))).sum() / len(varied))


@pytest.mark.parametrize("n", [200, 500, 1000])
@pytest.mark.parametrize("first", [10, 30, 100])
@pytest.mark.parametrize("second", [10, 100])
def test_classes_are_found_with_at_least_80_per_cent(n: int, first: int, second: int) -> None:
    found = detectable_phi(one(first), one(second), one(n))
    # by Fisher's z it was 29 to 86 %
    assert 0.785 <= found_by_classes(n, first, second, float(found.above[0])) <= 0.94
    if np.isfinite(found.below[0]):
        assert found_by_classes(n, first, second, float(found.below[0])) >= 0.78


@pytest.mark.parametrize("n", [20, 100])
def test_normal_values_are_found_with_80_per_cent(n: int) -> None:
    r = float(detectable_of_values(np.array(n)))
    rng = np.random.default_rng(1)
    x, own = rng.normal(size=(2, DRAWS, n))
    y = r * x + np.sqrt(1 - r * r) * own
    power = np.mean([pearson(a, b[:, None]).p[0] <= 0.05 for a, b in zip(x, y, strict=True)])
    assert abs(power - 0.8) < 3 * np.sqrt(0.16 / DRAWS)


@pytest.mark.parametrize(("n", "positive"), [(50, 5), (50, 25), (200, 10), (400, 390)])
def test_a_class_with_normal_values_is_found_with_at_least_80_per_cent(n: int, positive: int) -> None:
    r = float(detectable_of_class(one(positive), one(n))[0])
    share = positive / n
    gap = r / np.sqrt((1 - r * r) * share * (1 - share))
    x = (np.arange(n) < positive).astype(float)
    y = gap * x + np.random.default_rng(2).normal(size=(DRAWS, n))
    power = np.mean(pearson(x, y.T).p <= 0.05)
    assert 0.8 - 3 * np.sqrt(0.16 / DRAWS) <= power <= 0.9


def test_classes_turned_round_detect_the_same_with_the_other_sign() -> None:
    plain = detectable_phi(one(60), one(80), one(300))
    turned = detectable_phi(one(240), one(80), one(300))
    assert plain.above[0] == pytest.approx(-turned.below[0])
    assert plain.below[0] == pytest.approx(-turned.above[0])


def test_where_no_count_is_too_few_no_negative_correlation_is_stated() -> None:
    found = detectable_phi(one(10), one(10), one(500))
    assert np.isnan(found.below[0]) and found.above[0] > 0.2


def test_too_few_compounds_detect_nothing() -> None:
    assert np.isnan(detectable_of_values(np.array([6.0])))[0]
    assert np.isnan(detectable_of_class(one(FEWEST - 1), one(500)))[0]
