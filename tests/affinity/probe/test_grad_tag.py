"""Grad-TAG's matrix is oriented, carries its errors, and says what it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.affinity.probe import grad_tag
from auditor.audit.results import AffinityMatrix
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from auditor.source.rows import Kind
from tests.networks import benchmark_of
from tests.trained_networks import Given, table_of, trained_network

NAN = float("nan")


@pytest.fixture(scope="module")
def networks() -> Any:
    rng = np.random.default_rng(0)
    table = table_of([np.arange(90) // 6 % 2, np.arange(90) % 2, rng.normal(size=90)])
    table[rng.random(table.shape) > 0.8] = NAN
    kinds: tuple[Kind, ...] = ("classification", "classification", "regression")
    benchmark = benchmark_of(table, kinds)
    return [trained_network(benchmark=benchmark, epochs=2, seed=seed) for seed in (0, 1)]


def estimated(tmp_path: Path, *networks: Any, seed: int = 0, **options: Any) -> AffinityMatrix:
    context: Any = Given(tmp_path, *networks, seed=seed)
    return grad_tag.estimate(context, **{"projections": 16, "splits": 3, **options})


def test_every_entry_has_an_error_a_count_and_a_direction(tmp_path: Path, networks: Any) -> None:
    found = estimated(tmp_path, *networks)
    off = ~np.eye(3, dtype=bool)
    assert found.orientation == "source-to-recipient"
    assert (found.standard_error[off] > 0).all()
    assert (found.count[off] == 6).all()
    assert np.isnan(np.diag(found.values)).all()
    assert not np.allclose(found.values, found.values.T, equal_nan=True)
    about = found.about
    assert about["seeds"] == 2
    assert about["refits"] == 2 * 3 * (3 + 3)
    assert 0.1 < about["projection_error"] < 0.5
    json.dumps(plain_data(about), allow_nan=False)


def test_the_same_seed_gives_the_same_matrix(tmp_path: Path, networks: Any) -> None:
    one, same, other = (estimated(tmp_path, networks[0], seed=seed).values for seed in (0, 0, 1))
    assert np.array_equal(one, same, equal_nan=True)
    assert not np.allclose(one, other, equal_nan=True)


def test_no_route_of_projection_changes_the_result(tmp_path: Path, networks: Any) -> None:
    one, other = (
        estimated(tmp_path, networks[0], route=route).values for route in ("labels", "directions")
    )
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_ranking_says_nothing_of_a_regression(tmp_path: Path, networks: Any) -> None:
    values = estimated(tmp_path, networks[0], metric="auroc").values
    assert np.isnan(values[:, 2]).all()
    assert np.isfinite([values[0, 1], values[1, 0], values[2, 0]]).all()


def test_compounds_bound_the_work(tmp_path: Path, networks: Any) -> None:
    assert estimated(tmp_path, networks[0], compounds=50).about["compounds"] == 50


def test_unseen_compounds_are_those_of_the_test_part(tmp_path: Path, networks: Any) -> None:
    split = networks[0].split
    found = estimated(tmp_path, networks[0], pool="unseen")
    assert len(split.test) >= found.about["compounds"] > 0
    assert "did not see" in found.meaning


def test_many_tasks_are_fitted_in_random_sets_unless_pairs_are_asked_for() -> None:
    assert grad_tag._subsets(40, None) == 0
    assert grad_tag._subsets(41, None) == grad_tag.SUBSETS
    assert grad_tag._subsets(41, 0) == 0


def test_a_set_of_all_tasks_is_one_refit_for_all_pairs(tmp_path: Path, networks: Any) -> None:
    found = estimated(tmp_path, networks[0], subsets=3, size=3)
    assert found.values[1, 0] == pytest.approx(found.values[2, 0])
    assert found.about["refits"] == 3 * (3 + 1)


@pytest.mark.parametrize(
    "wrong", [{"splits": 0}, {"held_out": 1.0}, {"ridge": 0.0}, {"size": 1}, {"subsets": -1}]
)
def test_options_without_sense_are_refused(tmp_path: Path, networks: Any, wrong: Any) -> None:
    with pytest.raises(UsageError, match="grad-tag"):
        estimated(tmp_path, networks[0], **wrong)
