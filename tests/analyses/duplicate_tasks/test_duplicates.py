"""Tasks that are one task under two names."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditor.analyses.duplicate_tasks.duplicates import Twins, median_correlation, readouts, twins
from auditor.benchmark.labels import Labels, from_columns
from auditor.overlap.label_correlation import empirical_correlation
from auditor.source.rows import Kind, Task
from tests.making import labels_of


def found_in(columns: NDArray[np.float64], kind: Kind = "regression") -> list[Twins]:
    labels = labels_of(columns)
    return twins(labels, [Task(f"t{i}", kind) for i in range(labels.t)], empirical_correlation(labels))


def normal(t: int, n: int = 60, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(n, t))


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda y: y, "identical"),
        (lambda y: 3 * y + 1, "same up to sign or scale"),
        (lambda y: -y, "same up to sign or scale"),
        (lambda y: np.where(np.arange(len(y)) % 4, y, y + 0.5), "partly copied"),
    ],
)
def test_a_task_made_from_another_is_told_how(change: object, verdict: str) -> None:
    columns = normal(2)
    columns[:, 1] = change(columns[:, 0])  # type: ignore[operator]
    (pair,) = found_in(columns)
    assert (pair.first, pair.second, pair.verdict, pair.shared) == (0, 1, verdict, 60)
    assert pair.containment == 1


@pytest.mark.parametrize(("flip", "verdict"), [(False, "nearly the same"), (True, "nearly opposite")])
def test_classes_that_differ_in_a_few_compounds_are_nearly_the_same(flip: bool, verdict: str) -> None:
    first = (np.arange(400) % 2).astype(float)
    second = np.where(np.arange(400) < 8, 1 - first, first)
    (pair,) = found_in(np.stack([first, 1 - second if flip else second], axis=1), "classification")
    assert pair.verdict == verdict
    assert pair.equal == (8 if flip else 392)


@given(st.integers(0, 50))
@settings(max_examples=10)
def test_independent_tasks_are_no_twins(seed: int) -> None:
    assert found_in(normal(4, seed=seed)) == []
    assert found_in((normal(4, 200, seed) > 0).astype(float), "classification") == []


def test_only_shared_compounds_are_compared() -> None:
    columns = np.repeat(normal(1, 90), 2, axis=1)
    columns[:30, 0] = np.nan
    columns[80:, 1] = np.nan
    (pair,) = found_in(columns)
    assert (pair.shared, pair.verdict) == (50, "identical")
    assert pair.containment == pytest.approx(50 / 60)


def test_constant_and_hardly_varying_tasks_are_no_twins() -> None:
    zeros = np.zeros((60, 2))
    assert found_in(zeros, "classification") == []
    zeros[:9] = 1  # nine positives in common may be an accident
    assert found_in(zeros, "classification") == []
    zeros[:10] = 1
    assert [pair.verdict for pair in found_in(zeros, "classification")] == ["identical"]


def test_too_few_shared_compounds_are_not_compared() -> None:
    assert found_in(np.repeat(normal(1, 19), 2, axis=1)) == []
    assert len(found_in(np.repeat(normal(1, 20), 2, axis=1))) == 1


def test_a_thousand_tasks_are_compared_in_seconds() -> None:
    rng = np.random.default_rng(0)
    columns = [
        (np.sort(rng.choice(5000, 800, replace=False)), rng.integers(0, 2, 800).astype(float))
        for _ in range(1000)
    ]
    columns[7] = columns[400]
    labels: Labels = from_columns(5000, columns)
    empirical = empirical_correlation(labels)
    tasks = [Task(f"t{i}", "classification") for i in range(1000)]
    started = time.process_time()
    found = twins(labels, tasks, empirical)
    assert [(pair.first, pair.second) for pair in found] == [(7, 400)]
    assert time.process_time() - started < 5


def test_an_assay_named_by_the_source_is_certain_and_a_name_is_not() -> None:
    tasks = [
        Task("A_24h_up", "classification", assay="A_24h"),
        Task("A_24h_dn", "classification", assay="A_24h"),
        Task("A_72h_up", "classification", assay="A_72h"),
        Task("NR-AR", "classification"),
        Task("NR-AR-LBD", "classification"),
        Task("NR-AhR", "classification"),
    ]
    stated, by_time, by_domain = readouts(tasks)
    assert stated.tasks == (0, 1) and stated.certain and stated.by == "A_24h"
    assert by_time.tasks == (0, 1, 2) and not by_time.certain and "24h" in by_time.by
    assert by_domain.tasks == (3, 4) and not by_domain.certain and by_domain.by == "LBD"


def test_one_assay_name_in_two_sources_is_two_assays() -> None:
    assert readouts([Task(n, "regression", assay="x", domain=n) for n in ("a", "b")]) == []


def test_names_made_of_direction_words_alone_are_no_group() -> None:
    assert readouts([Task(name, "regression") for name in ("up", "down", "24h")]) == []


def test_the_median_of_a_group_without_a_pair_is_not_a_number() -> None:
    labels = labels_of(np.full((30, 2), 1.0))
    assert np.isnan(median_correlation(empirical_correlation(labels), (0, 1)))


SCALES = [
    lambda y: -np.log10(y),
    lambda y: np.round(9 - np.log10(y), 2),
    lambda y: y**3,
    lambda y: 100 / (1 + y / 50),
    lambda y: np.round(np.log(y), 1),
]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("unit", [1.0, 1e-9, 1e-3])
def test_one_quantity_on_two_scales_is_one_ranking(scale: object, unit: float) -> None:
    nanomolar = 10 ** np.random.default_rng(3).normal(2, 1, 300)
    columns = np.stack([nanomolar * unit, scale(nanomolar)], axis=1)  # type: ignore[operator]
    columns[:60, 0] = np.nan
    columns[250:, 1] = np.nan
    (pair,) = found_in(columns)
    assert (pair.verdict, pair.shared) == ("same ranking, other scale", 190)
    assert abs(pair.spearman) > 0.999 and abs(pair.correlation) < 0.999


@given(st.integers(0, 10**6), st.floats(0.3, 2.0), st.sampled_from([0.2, 0.5, 1.0]), st.integers(20, 400))
@settings(max_examples=40)
def test_two_measurements_of_one_quantity_are_no_one_ranking(
    seed: int, spread: float, noise: float, n: int
) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.normal(6, spread, n)
    again = truth + noise * spread * rng.normal(size=n)
    assert [pair.verdict for pair in found_in(np.stack([10**-truth, again], axis=1))] == []


@given(st.integers(0, 10**6), st.integers(25, 300))
@settings(max_examples=25)
def test_one_value_far_from_all_others_makes_no_duplicate(seed: int, n: int) -> None:
    columns = normal(2, n, seed)
    columns[n // 2] = 1e4
    assert found_in(columns) == []
