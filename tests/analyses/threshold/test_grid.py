"""Statistics of a sweep."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses.threshold.grid import Grid, Measured, label_part, levels_of
from auditor.statistics.pairs import upper
from tests.traces import affinity

T = 14
E = affinity(T, seed=1)


def noisy(matrix: NDArray[np.float64], noise: float, seed: int) -> NDArray[np.float64]:
    """Return a symmetric matrix with noise on every pair, the diagonal unknown."""
    error = np.triu(np.random.default_rng(seed).normal(0, noise, matrix.shape), 1)
    out = matrix + error + error.T
    np.fill_diagonal(out, np.nan)
    return out


def grid(*, label_noise: float, affinity_noise: float, repeats: int = 3) -> Grid:
    """Return a sweep in which E, the affinity or both lose precision as overlap falls."""
    rows = []
    for level in range(5):
        cells = []
        for repeat in range(repeats):
            base = noisy(E, 0.05, 100 + repeat)
            cells.append(
                Measured(
                    noisy(base, level * affinity_noise, 10 * level + repeat),
                    noisy(E, level * label_noise, 500 + 10 * level + repeat),
                )
            )
        rows.append(tuple(cells))
    return Grid((1.0, 0.7, 0.4, 0.2, 0.0), tuple(rows), E)


def test_all_of_the_fall_is_es_where_only_e_degrades() -> None:
    """The paper's experiment 12: the affinity is fixed and only E is computed from fewer labels."""
    levels, _ = levels_of(grid(label_noise=0.08, affinity_noise=0.0), seed=0)
    assert levels[-1].drop[0] > 0.3
    assert levels[-1].label_share[0] == pytest.approx(1)
    assert levels[-1].own[0] < levels[-1].full[0]


def test_none_of_the_fall_is_es_where_only_the_affinity_degrades() -> None:
    levels, _ = levels_of(grid(label_noise=0.0, affinity_noise=0.08), seed=0)
    assert levels[-1].label_share[0] == pytest.approx(0, abs=1e-9)
    assert levels[-1].stability[0] == pytest.approx(1)


def test_both_shares_add_up_to_the_fall() -> None:
    reference, worse, labels = noisy(E, 0.05, 1), noisy(E, 0.3, 2), noisy(E, 0.3, 3)
    fall, part = label_part(*map(upper, (reference, worse, E, labels)))
    _, other = label_part(*map(upper, (E, labels, reference, worse)))
    assert part + other == pytest.approx(fall)
    assert 0 < part < fall


def test_stability_predicts_what_a_fixed_affinity_loses() -> None:
    """r of a fixed affinity with a noisy E is, on average, its r with the full E times the stability."""
    found, expected = [], []
    for seed in range(40):
        a, b, c = map(upper, (noisy(E, 0.1, seed), E, noisy(E, 0.15, 900 + seed)))
        found.append(np.corrcoef(a, c)[0, 1])
        expected.append(np.corrcoef(a, b)[0, 1] * np.corrcoef(c, b)[0, 1])
    assert np.mean(found) == pytest.approx(np.mean(expected), abs=0.03)


def test_no_share_is_given_where_no_fall_is_established() -> None:
    levels, _ = levels_of(grid(label_noise=0.0, affinity_noise=0.0), seed=0)
    assert all(np.isnan(level.label_share[0]) for level in levels)


def test_the_interval_holds_the_estimate_and_widens_with_fewer_repeats() -> None:
    many, drawn = levels_of(grid(label_noise=0.0, affinity_noise=0.1, repeats=6), seed=0)
    few, _ = levels_of(grid(label_noise=0.0, affinity_noise=0.1, repeats=1), seed=0)
    assert drawn.shape[1] == 5
    for level in many:
        assert level.full[1] <= level.full[0] <= level.full[2]
    widths = [sum(level.full[2] - level.full[1] for level in levels) for levels in (many, few)]
    assert widths[0] < widths[1]


def test_pairs_that_do_not_count_play_no_part() -> None:
    cells = grid(label_noise=0.0, affinity_noise=0.0).cells
    spoilt = []
    for row in cells:
        changed = []
        for cell in row:
            values = cell.affinity.copy()
            values[0, :] = values[:, 0] = np.nan
            changed.append(Measured(values, cell.labels))
        spoilt.append(tuple(changed))
    target = E.copy()
    target[0, 1:] = target[1:, 0] = 50
    levels, _ = levels_of(Grid((1.0, 0.7, 0.4, 0.2, 0.0), tuple(spoilt), target), seed=0)
    assert levels[0].full[0] > 0.9
    assert levels[0].pairs == 3 * (T - 1) * (T - 2) // 2
