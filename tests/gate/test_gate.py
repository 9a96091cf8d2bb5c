"""The gate."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.gate.facts import verdict
from auditor.gate.gate import Pair, Thresholds, judge
from auditor.overlap.label_correlation import empirical_correlation
from auditor.overlap.overlap import overlap_of
from tests.making import labels_of


def gate_of(dense: np.ndarray, **thresholds: object):
    labels = labels_of(dense)
    overlap = overlap_of(labels, tuple(f"t{i}" for i in range(dense.shape[1])))
    return judge(overlap, empirical_correlation(labels), Thresholds(**thresholds))  # type: ignore[arg-type]


def two_tasks(shared: int, each: int, seed: int = 0) -> np.ndarray:
    """Two tasks with so many shared compounds and so many compounds each."""
    n = 2 * each - shared
    dense = np.full((n, 2), np.nan)
    rng = np.random.default_rng(seed)
    dense[:each, 0] = rng.normal(size=each)
    dense[n - each :, 1] = rng.normal(size=each)
    return dense


@pytest.mark.parametrize(
    ("shared", "each", "code"),
    [
        (40, 70, Pair.RELIABLE),  # 40 / 100 exactly at the threshold
        (39, 70, Pair.BORDERLINE),
        (60, 130, Pair.BORDERLINE),  # 60 / 200 exactly at the threshold
        (59, 130, Pair.UNRELIABLE),
        (19, 19, Pair.NOT_ESTIMABLE),
        (20, 20, Pair.RELIABLE),
    ],
)
def test_pair_verdicts_follow_the_thresholds(shared: int, each: int, code: Pair) -> None:
    assert gate_of(two_tasks(shared, each)).pairs[0, 1] == code


def test_a_pair_with_a_constant_task_is_not_estimable() -> None:
    dense = np.c_[np.ones(100), np.random.default_rng(0).normal(size=100)]
    assert gate_of(dense).pairs[0, 1] == Pair.NOT_ESTIMABLE


def test_complete_data_passes_and_disjoint_data_fails() -> None:
    rng = np.random.default_rng(0)
    assert gate_of(rng.normal(size=(50, 4))).status == "pass"
    disjoint = np.full((120, 4), np.nan)
    for task in range(4):
        disjoint[30 * task : 30 * task + 30, task] = rng.normal(size=30)
    assert gate_of(disjoint).status == "fail"


def test_a_block_of_reliable_pairs_in_a_sparse_benchmark_fails_but_is_named() -> None:
    rng = np.random.default_rng(0)
    dense = np.full((400, 8), np.nan)
    dense[:100, :3] = rng.normal(size=(100, 3))
    for task in range(3, 8):
        dense[40 * task : 40 * task + 40, task] = rng.normal(size=40)
    gate = gate_of(dense)
    assert gate.status == "fail" and gate.subset == (0, 1, 2)


def test_a_benchmark_of_mostly_reliable_pairs_is_partial() -> None:
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(200, 5))
    dense[40:, 4] = np.nan
    assert gate_of(dense).status == "partial"


def test_the_measure_is_an_option() -> None:
    nested = np.c_[np.random.default_rng(0).normal(size=200), np.r_[np.arange(50.0), np.full(150, np.nan)]]
    assert gate_of(nested).pairs[0, 1] == Pair.UNRELIABLE
    assert gate_of(nested, measure="containment").pairs[0, 1] == Pair.RELIABLE


def test_the_reliable_subset_is_proven_and_its_complete_compounds_are_counted() -> None:
    rng = np.random.default_rng(0)
    dense = np.full((300, 5), np.nan)
    dense[:100, :2] = rng.normal(size=(100, 2))
    dense[100:, 2:4] = rng.normal(size=(200, 2))
    dense[:40, 4] = rng.normal(size=40)
    labels = labels_of(dense)
    overlap = overlap_of(labels, tuple("abcde"))
    empirical = empirical_correlation(labels)
    gate = judge(overlap, empirical, Thresholds(reliable=0.5), labels=labels)
    assert (gate.subset, gate.subset_compounds, gate.subset_exact) == ((2, 3), 200, True)
    assert judge(overlap, empirical, Thresholds()).subset == (0, 1, 4)


def test_no_reliable_pair_has_no_subset() -> None:
    gate = gate_of(two_tasks(10, 200))
    assert gate.subset == () and gate.subset_exact


def test_the_sentence_says_which_pairs_overlap_and_cannot_be_judged() -> None:
    rng = np.random.default_rng(0)
    constant = np.c_[rng.integers(0, 2, (60, 2)), np.ones(60)]
    overlap = overlap_of(labels_of(constant), ("a", "b", "c"))
    told = verdict(gate_of(constant), overlap)
    assert told["status"] == "fail"
    assert told["sentence"].startswith(
        "Too few pairs of these tasks can be judged by gradient affinity: 1 of 3"
    )
    assert "2 more do, but a task is constant" in told["sentence"]


def test_one_task_is_told_so() -> None:
    dense = np.array([[0.0], [1.0]] * 20)
    assert verdict(gate_of(dense), overlap_of(labels_of(dense), ("a",)))["sentence"].startswith(
        "One task has no other"
    )
