"""Task2Vec reads one shared probe; tasks about the same structure are near, whatever the sign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.affinity.probe import task2vec
from auditor.audit.results import AffinityMatrix
from auditor.benchmark.benchmark import Benchmark
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from tests.networks import benchmark_of
from tests.trained_networks import Given, table_of, trained_network

NAN = float("nan")


def tiny() -> Benchmark:
    """Return a task, its copy, its opposite and a random one, measured for 56 compounds."""
    rng = np.random.default_rng(0)
    first, other = (np.arange(70) // 6 % 2).astype(float), rng.integers(0, 2, 70).astype(float)
    table = table_of([first, first, 1 - first, other])
    table[rng.random(table.shape) > 0.8] = NAN
    return benchmark_of(table)


@pytest.fixture(scope="module")
def networks() -> Any:
    return [trained_network(benchmark=tiny(), epochs=2, seed=seed) for seed in (0, 1)]


def estimated(tmp_path: Path, *networks: Any, seed: int = 0, **options: Any) -> AffinityMatrix:
    context: Any = Given(tmp_path, *networks, seed=seed)
    return task2vec.estimate(context, **options)


@pytest.mark.parametrize("fisher", ["diagonal", "full"])
def test_the_matrix_is_symmetric_with_ones_errors_and_facts(
    tmp_path: Path, networks: Any, fisher: Any
) -> None:
    found = estimated(tmp_path, *networks, fisher=fisher)
    assert np.array_equal(found.values, found.values.T)
    np.testing.assert_allclose(np.diag(found.values), 1)
    off = ~np.eye(4, dtype=bool)
    assert (found.standard_error[off] > 0).all()
    assert not found.signed
    assert found.about["seeds"] == 2
    assert found.about["head"] == "as trained"
    assert found.about["gradients"] == "exact"
    json.dumps(plain_data(found.about), allow_nan=False)


def test_the_same_seed_gives_the_same_matrix_and_another_draws_other_compounds(
    tmp_path: Path, networks: Any
) -> None:
    one, same, other = (
        estimated(tmp_path, networks[0], compounds=20, seed=seed).values for seed in (0, 0, 1)
    )
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


def test_at_most_so_many_compounds_count_per_task(tmp_path: Path, networks: Any) -> None:
    found = estimated(tmp_path, networks[0], compounds=25)
    assert (np.diag(found.count) == 25).all()
    assert found.count[0, 1] == 50


def test_a_task_with_few_labels_has_no_affinity_and_the_others_keep_theirs(tmp_path: Path) -> None:
    table = table_of([np.arange(60) % 2, np.arange(60) // 3 % 2, np.arange(60) // 5 % 2])
    table[15:, 2] = NAN
    found = estimated(tmp_path, trained_network(benchmark=benchmark_of(table)))
    assert np.isnan(found.values[2]).all()
    assert np.isnan(found.standard_error[2]).all()
    assert found.count[2, 2] == 0
    assert np.isfinite(found.values[:2, :2]).all()


def test_drawn_labels_scatter_around_their_expectation(tmp_path: Path, networks: Any) -> None:
    expected, many, one = (estimated(tmp_path, networks[0], draws=draws).values for draws in (0, 500, 1))
    np.testing.assert_allclose(many, expected, atol=0.02)
    assert np.abs(one - expected).max() > np.abs(many - expected).max()


def test_projected_gradients_give_the_cosine_of_the_exact_ones(
    tmp_path: Path, networks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = estimated(tmp_path, networks[0], fisher="full")
    monkeypatch.setattr(task2vec, "EXACT_BYTES", 0)
    short = estimated(tmp_path, networks[0], fisher="full", projections=2048)
    assert short.about["gradients"] == "in 2 x 1024 directions"
    np.testing.assert_allclose(short.values, exact.values, atol=0.1)


def test_no_network_and_no_sense_are_refused(tmp_path: Path, networks: Any) -> None:
    class Nothing(Given):
        def trained(self) -> Any:
            return ()

    context: Any = Nothing(tmp_path, networks[0])
    with pytest.raises(UsageError, match="trained"):
        task2vec.estimate(context)
    with pytest.raises(UsageError, match="3 compounds"):
        estimated(tmp_path, networks[0], compounds=3)


@pytest.mark.slow
def test_a_copied_task_is_nearer_than_an_unrelated_one_and_so_is_an_opposite_one(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(1)
    first = (np.arange(300) // 6 % 2).astype(float)
    other = (np.arange(300) % 2).astype(float)
    table = table_of([first, first, 1 - first, other])
    table[rng.random(table.shape) > 0.8] = NAN
    networks = [trained_network(benchmark=benchmark_of(table), epochs=25, seed=s) for s in range(3)]
    for fisher in ("diagonal", "full"):
        values = estimated(tmp_path, *networks, fisher=fisher).values
        assert min(values[0, 1], values[0, 2], values[1, 2]) > values[:3, 3].max()
