"""The partial association of task matrices."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from auditor.statistics.association import associate, correlation, mantel
from auditor.statistics.pairs import upper
from auditor.statistics.partial_mantel import partial_mantel
from auditor.statistics.permutation import exchangeable, orders


def symmetric(rng: np.random.Generator, t: int) -> NDArray[np.float64]:
    matrix = rng.normal(size=(t, t))
    return matrix + matrix.T


def test_a_planted_confounder_is_removed() -> None:
    rng = np.random.default_rng(0)
    z = symmetric(rng, 14)
    x, y = z + 0.5 * symmetric(rng, 14), z + 0.5 * symmetric(rng, 14)
    assert associate(x, y, seed=0, permutations=199).mantel_p < 0.01
    found = partial_mantel(x, y, {"z": z}, seed=0, permutations=499)
    assert abs(found.r) < 0.3 and found.p > 0.05 and found.controls == ("z",)


def test_a_real_association_is_kept_beside_the_confounder() -> None:
    rng = np.random.default_rng(1)
    z, shared = symmetric(rng, 14), symmetric(rng, 14)
    x, y = z + shared + 0.3 * symmetric(rng, 14), z + shared + 0.3 * symmetric(rng, 14)
    found = partial_mantel(x, y, {"z": z}, seed=0, permutations=499)
    assert found.r > 0.8 and found.p <= 0.01


def test_r_is_the_correlation_of_the_residuals() -> None:
    rng = np.random.default_rng(2)
    x, y, z, u = (symmetric(rng, 9) for _ in range(4))
    x[1, 4] = x[4, 1] = np.nan
    keep = np.isfinite(upper(x))
    design = np.column_stack([np.ones(keep.sum()), upper(z)[keep], upper(u)[keep]])
    left = [
        v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (upper(x)[keep], upper(y)[keep])
    ]
    found = partial_mantel(x, y, {"z": z, "u": u}, seed=0, permutations=99)
    assert found.r == pytest.approx(correlation(*left)) and found.pairs == 35


def test_p_is_uniform_when_only_the_confounder_links_two_matrices() -> None:
    rng = np.random.default_rng(3)
    p = []
    for number in range(300):
        effect = rng.normal(size=10)
        z = np.add.outer(effect, effect) + 0.5 * symmetric(rng, 10)
        x, y = z + symmetric(rng, 10), z + symmetric(rng, 10)
        p.append(partial_mantel(x, y, {"z": z}, seed=number, permutations=199).p)
    assert stats.kstest(p, "uniform").pvalue > 0.001 and np.mean(np.array(p) <= 0.05) < 0.09


def test_chance_is_not_called_more_often_where_pairs_are_missing() -> None:
    rng = np.random.default_rng(8)
    called = 0
    for number in range(200):
        levels = rng.normal(size=(3, 12))
        third, x, y = (np.add.outer(one, one) + 0.5 * symmetric(rng, 12) for one in levels)
        gone = np.triu(rng.random((12, 12)) < 1 / 3, 1)
        y[gone | gone.T] = np.nan
        called += partial_mantel(x + third, y + third, {"z": third}, seed=number, permutations=99).p <= 0.05
    assert called <= 14


def test_the_plain_test_would_call_that_confounder_a_finding() -> None:
    rng = np.random.default_rng(4)
    z = [symmetric(rng, 10) for _ in range(50)]
    p = [mantel(m + symmetric(rng, 10), m + symmetric(rng, 10), rng, 199) for m in z]
    assert np.mean(np.array(p) <= 0.05) > 0.5


def test_a_control_that_does_not_vary_or_is_not_known_is_named() -> None:
    rng = np.random.default_rng(5)
    x, y, gap = (symmetric(rng, 8) for _ in range(3))
    gap[0, 1] = gap[1, 0] = np.nan
    found = partial_mantel(x, y, {"same": np.ones((8, 8)), "gap": gap}, seed=0, permutations=99)
    assert found.controls == () and found.dropped == ("same", "gap")
    assert found.r == pytest.approx(correlation(upper(x), upper(y)))


def test_the_order_of_the_tasks_plays_no_part() -> None:
    rng = np.random.default_rng(6)
    x, y, z = (symmetric(rng, 11) for _ in range(3))
    order = rng.permutation(11)
    moved = [m[np.ix_(order, order)] for m in (x, y, z)]
    first = partial_mantel(x, y, {"z": z}, seed=0, permutations=1999)
    second = partial_mantel(moved[0], moved[1], {"z": moved[2]}, seed=0, permutations=1999)
    assert second.r == pytest.approx(first.r) and second.p == pytest.approx(first.p, abs=0.05)


def test_two_blocks_of_tasks_are_permuted_within_so_that_no_pair_goes_missing() -> None:
    present = np.zeros((12, 12), dtype=bool)
    present[:8, :8] = present[8:, 8:] = True
    groups = exchangeable(present)
    assert sorted(map(len, groups)) == [4, 8]
    order = orders(groups, 12, 50, np.random.default_rng(0))
    linked = present & ~np.eye(12, dtype=bool)
    assert all((linked[np.ix_(each, each)] == linked).all() for each in order)
    assert len(np.unique(order, axis=0)) == 50


def test_irregular_gaps_fall_back_on_all_tasks_that_have_a_pair() -> None:
    rng = np.random.default_rng(1)
    present = np.triu(rng.random((9, 9)) < 0.5, 1)
    present |= present.T
    present[3] = present[:, 3] = False
    (group,) = exchangeable(present)
    assert group.tolist() == [0, 1, 2, 4, 5, 6, 7, 8]


def test_a_strong_association_in_blocks_is_found_in_spite_of_the_gaps() -> None:
    rng = np.random.default_rng(7)
    x = symmetric(rng, 16)
    y = x + 0.3 * symmetric(rng, 16)
    x[:8, 8:] = x[8:, :8] = np.nan
    x[8:, 8:] = np.nan
    assert associate(x, y, seed=0, permutations=999).mantel_p <= 0.005
