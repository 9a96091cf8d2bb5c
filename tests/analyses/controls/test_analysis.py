"""Twins have the relation that they were made with, and every estimator is tried on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.controls import analysis as controls
from auditor.analyses.controls.twins import EXPECTED, most_informative, twins_of
from auditor.overlap.label_correlation import empirical_correlation
from tests.auditing import audited
from tests.networks import benchmark_of, random_table


def test_twins_have_the_correlation_that_is_expected_of_them() -> None:
    origin = benchmark_of(random_table(300, 3, seed=0), ("classification", "regression", "classification"))
    benchmark, twins = twins_of(origin, [0, 1], seed=0)
    correlation = empirical_correlation(benchmark.labels, min_support=4).values
    support = (benchmark.labels.mask.T @ benchmark.labels.mask).toarray()
    for twin in twins:
        if twin.relation == "disjoint":
            assert support[twin.first, twin.second] == 0
            sizes = benchmark.labels.sizes[[twin.first, twin.second]]
            assert sizes.sum() == benchmark.labels.sizes[twin.first - 4]
        else:
            close = 0.2 if twin.relation == "shuffled" else 1e-9
            assert abs(correlation[twin.first, twin.second] - EXPECTED[twin.relation]) < close
            assert support[twin.first, twin.second] == benchmark.labels.sizes[twin.first]


def test_twins_keep_the_labels_with_their_compounds() -> None:
    origin = benchmark_of(random_table(200, 4, seed=0, measured=0.2))
    benchmark, _ = twins_of(origin, [3], seed=1)
    label = dict(
        zip((origin.smiles[r] for r in origin.labels.column(3)[0]), origin.labels.column(3)[1], strict=True)
    )
    rows, values = benchmark.labels.column(0)
    assert {benchmark.smiles[row]: value for row, value in zip(rows, values, strict=True)} == label
    assert benchmark.n == len(rows)


def test_the_task_with_the_most_labels_of_its_rarer_class_is_the_most_informative() -> None:
    table = np.zeros((100, 3))
    table[:5, 0] = 1
    table[:40, 1] = 1
    table[60:, 1] = np.nan
    assert most_informative(benchmark_of(table), 3) == [1, 0]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    context = audited(
        tmp_path_factory.mktemp("controls"),
        options={"compounds": "400", "tasks": "4"},
        affinities=("gradient-cosine", "error-cosine", "chemical-correlation"),
        overrides={"epochs": 8},
    )
    return dict(controls.analyse(context, tasks=1).data["estimators"])


def test_errors_flip_with_the_labels_and_gradients_do_not(found: dict[str, dict[str, object]]) -> None:
    assert found["error-cosine"]["sees_sign"] is True
    assert found["gradient-cosine"]["sees_sign"] is False
    assert found["chemical-correlation"]["sees_sign"] is True


def test_only_the_kernel_sees_a_relation_without_shared_compounds(
    found: dict[str, dict[str, object]],
) -> None:
    assert found["chemical-correlation"]["sees_disjoint"] is True
    assert found["error-cosine"]["sees_disjoint"] is False
    assert found["gradient-cosine"]["sees_disjoint"] is False


def test_without_an_affinity_there_is_nothing_to_control(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"compounds": "200", "tasks": "2"}, affinities=())
    assert controls.analyse(context).status == "not applicable"
