"""Trees of tasks and how they match known classes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from auditor.analyses.clusters.clustering import LINKAGES, Linkage, cut, merges
from auditor.analyses.clusters.match import match
from auditor.analyses.clusters.scores import against_chance, permuted_scores, quick_scores, scores
from auditor.statistics.association import holm

PLANTED = np.repeat(["a", "b", "c"], 4)


def planted(seed: int = 0, noise: float = 0.05) -> NDArray[np.float64]:
    """Return affinities that are high within classes."""
    rng = np.random.default_rng(seed)
    values = 0.6 * np.equal.outer(PLANTED, PLANTED) + noise * rng.normal(size=(12, 12))
    return (values + values.T) / 2


def matched(
    values: NDArray[np.float64], usable: NDArray[np.bool_] | None = None, **levels: tuple[str, ...]
):  # type: ignore[no-untyped-def]
    usable = np.ones(values.shape, dtype=bool) if usable is None else usable
    error = np.full(values.shape, 0.02)
    return match(values, error, planted(1), usable, levels, linkage="average", seed=0)


@pytest.mark.parametrize("linkage", LINKAGES)
def test_planted_clusters_are_recovered_by_every_linkage(linkage: Linkage) -> None:
    found = cut(merges(planted(), linkage), 3)
    assert metrics.adjusted_rand_score(PLANTED, found) == 1


def test_planted_classes_score_one_with_a_small_p_and_classes_dealt_out_do_not() -> None:
    dealt = tuple(np.random.default_rng(5).permutation(PLANTED))
    found = matched(planted(), true=tuple(PLANTED), dealt=dealt)
    score = found.levels["true"].linkages["average"]
    assert score["affinity"]["ari"].value == score["E"]["ari"].value == 1
    assert score["affinity"]["ari"].p <= 0.005 and found.levels["true"].stability == 1
    assert found.levels["dealt"].linkages["average"]["affinity"]["ari"].p > 0.05
    assert abs(found.levels["true"].dealt_out["ari"].mean) < 0.15


def test_scores_equal_scikit_learns_for_permuted_classes_too() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        clusters, classes = rng.integers(0, 4, 15), rng.integers(0, 6, 15)
        assert quick_scores(clusters, classes) == pytest.approx(scores(clusters, classes), abs=1e-9)
    null = permuted_scores(clusters, classes, np.random.default_rng(3), 4)
    order = np.random.default_rng(3).permuted(np.tile(np.arange(15), (4, 1)), axis=1)
    expected = [scores(clusters, classes[each]) for each in order]
    for metric in ("ari", "nmi", "ami"):
        assert null[metric] == pytest.approx([each[metric] for each in expected], abs=1e-9)


def test_near_as_many_classes_as_tasks_nmi_is_high_by_chance_and_ami_is_not() -> None:
    classes = np.array([0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 8])
    found = against_chance(np.random.default_rng(0).permutation(classes), classes, seed=0, permutations=999)
    assert found["nmi"].null_mean > 0.8 and abs(found["ami"].null_mean) < 0.05
    assert found["nmi"].p == found["ami"].p


def test_permuted_classes_are_called_significant_one_time_in_twenty_at_most() -> None:
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(4), 3)
    p = [
        against_chance(clusters, rng.permutation(np.repeat(np.arange(3), 4)), seed=n, permutations=199)[
            "ari"
        ].p
        for n in range(120)
    ]
    assert np.mean(np.array(p) <= 0.05) < 0.11


def test_the_order_of_the_tasks_plays_no_part() -> None:
    values, order = planted(noise=0.3), np.random.default_rng(0).permutation(12)
    moved = values[np.ix_(order, order)]
    here, there = cut(merges(values, "average"), 4), cut(merges(moved, "average"), 4)
    assert metrics.adjusted_rand_score(here[order], there) == 1


def test_only_tasks_with_every_pair_usable_are_clustered() -> None:
    usable = np.ones((12, 12), dtype=bool)
    usable[2, 7] = usable[7, 2] = False
    usable[2, 8] = usable[8, 2] = False
    found = matched(planted(), usable, true=tuple(PLANTED))
    assert found.tasks == tuple(task for task in range(12) if task != 2)
    assert found.levels["true"].classes == 3


def test_holm_raises_p_values_with_their_number_and_keeps_their_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.02]) == [0.02] and holm([]) == []
