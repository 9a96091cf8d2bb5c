"""The interval of φ holds its truth, with rare classes too."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.statistics.joint_count import log_odds
from auditor.statistics.phi import corner_of, phi_interval, phi_limit

DRAWS = 2_000


def cells_of(n: int, p: float, q: float, phi: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return drawn tables in which both classes of either task occur."""
    corner = p * q + phi * np.sqrt(p * (1 - p) * q * (1 - q))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n, [corner, p - corner, q - corner, 1 - p - q + corner], DRAWS).astype(float)
    both, first, second = drawn[:, 0], drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]
    varied = (first > 0) & (first < n) & (second > 0) & (second < n)
    return tuple(part[varied] for part in (both, first, second, np.full(DRAWS, float(n))))


@pytest.mark.parametrize(
    ("n", "p", "q", "share"),
    [
        (n, p, q, share)
        for n, p, q in ((50, 0.1, 0.1), (200, 0.03, 0.3), (1500, 0.03, 0.03), (400, 0.5, 0.5), (3000, 0.01, 0.01))
        for share in (-0.5, 0.0, 0.3, 0.9)
    ],
)  # fmt: skip
def test_the_interval_holds_the_truth_at_any_prevalence(n: int, p: float, q: float, share: float) -> None:
    corner = max(0.0, p + q - 1) if share < 0 else min(p, q)
    phi = abs(share) * (corner - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    found = phi_interval(*cells_of(n, p, q, phi, seed=1))
    covered = np.mean((found.low <= phi + 1e-9) & (phi - 1e-9 <= found.high))
    # three Monte-Carlo errors below 95 %; from above it is bounded by what few joint counts there are
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / DRAWS)
    assert np.mean(found.low > phi + 1e-9) <= 0.04 and np.mean(found.high < phi - 1e-9) <= 0.045


def test_the_interval_excludes_zero_where_the_p_is_at_most_5_per_cent() -> None:
    found = phi_interval(*(np.concatenate(part) for part in zip(
        cells_of(60, 0.1, 0.2, 0.2, seed=2), cells_of(300, 0.05, 0.05, 0.1, seed=3), strict=True
    )))  # fmt: skip
    np.testing.assert_array_equal((found.low > 0) | (found.high < 0), found.p <= 0.05)


def test_thirty_independent_tasks_of_45_positives_are_seldom_called_correlated() -> None:
    rng = np.random.default_rng(4)
    labels = np.zeros((1500, 30))
    for task in range(30):
        labels[rng.choice(1500, 45, replace=False), task] = 1
    i, j = np.triu_indices(30, 1)
    both = (labels.T @ labels)[i, j]
    found = phi_interval(both, np.full(len(i), 45.0), np.full(len(i), 45.0), np.full(len(i), 1500.0))
    # by the delta method 104 of 435 lay below
    assert (found.high < 0).sum() == 0 and (found.low > 0).mean() <= 0.06


def test_phi_reaches_its_limit_when_one_class_contains_the_other() -> None:
    x = np.arange(100) < 10
    y = np.arange(100) < 60
    cells = [np.array([float(count)]) for count in ((x & y).sum(), x.sum(), y.sum(), 100)]
    limit, share = phi_limit(*cells)
    assert limit[0] == pytest.approx(np.corrcoef(x, y)[0, 1]) and share[0] == pytest.approx(1)
    apart = [np.array([float(count)]) for count in ((x & ~y).sum(), x.sum(), (~y).sum(), 100)]
    assert phi_limit(*apart)[1][0] == pytest.approx(-1)


def test_the_corner_has_the_odds_that_it_was_asked_for() -> None:
    theta, p, q = (
        part.ravel() for part in np.meshgrid([-8.0, -1, 0, 1e-9, 2, 8], [0.01, 0.4, 0.9], [0.05, 0.5, 0.97])
    )
    c = corner_of(theta, p, q)
    odds = np.log(c) + np.log(1 - p - q + c) - np.log(p - c) - np.log(q - c)
    np.testing.assert_allclose(odds, theta, atol=1e-4)


def test_equal_classes_have_an_interval_that_ends_at_one() -> None:
    found = phi_interval(*(np.array([v]) for v in (12.0, 12.0, 12.0, 90.0)))
    assert (
        found.value[0] == pytest.approx(1) and found.high[0] == pytest.approx(1) and 0.5 < found.low[0] < 1
    )
    assert np.isinf(log_odds(*(np.array([v]) for v in (12.0, 12.0, 12.0, 90.0))).high[0])
