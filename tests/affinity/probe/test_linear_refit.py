"""A linear refit finds the one minimum, and a gain is what held-out labels gain from another task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from auditor.affinity.probe.linear_refit import Rows, refit
from auditor.affinity.probe.per_sample import Cells
from auditor.affinity.probe.projection import Projected
from auditor.affinity.probe.refits import Metric, Plan, gains, score
from auditor.errors import DataError

K = 12


def rows_of(m: int, *, seed: int = 0, classification: bool = True, offset: float = 0.0) -> Rows:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(m, K))
    signal = vectors @ np.linspace(-1, 1, K) + rng.normal(size=m)
    labels = (signal > 0).astype(float) if classification else signal
    return Rows(np.full(m, offset), vectors, labels, classification)


def refitted(*tasks: Rows, ridge: float = 2.0) -> Any:
    return refit(tasks, [rows.curvature(np.zeros(K)) for rows in tasks], ridge=ridge)


def test_a_regression_has_the_closed_form() -> None:
    one, other = (rows_of(60, seed=seed, classification=False, offset=0.3) for seed in (1, 2))
    x = np.concatenate([one.vectors, other.vectors])
    y = np.concatenate([one.labels, other.labels]) - 0.3
    expected = np.linalg.solve(x.T @ x + 2.0 * np.eye(K), x.T @ y)
    np.testing.assert_allclose(refitted(one, other), expected, atol=1e-8)


def test_a_classification_is_the_ridge_of_scikit_learn() -> None:
    rows = rows_of(200)
    model = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-10, max_iter=10_000)
    expected = model.fit(rows.vectors, rows.labels).coef_[0]
    np.testing.assert_allclose(refitted(rows), expected, atol=1e-4)


@pytest.mark.parametrize("scale", [1e-2, 1.0, 1e2])
def test_the_slope_vanishes_for_a_mixture_however_long_the_gradients(scale: float) -> None:
    tasks = [rows_of(80, offset=1.0), rows_of(50, seed=4, classification=False)]
    tasks = [Rows(r.outputs, scale * r.vectors, r.labels, r.classification) for r in tasks]
    found = refitted(*tasks, ridge=1e-2)
    slopes = [r.vectors.T @ r.residuals(r.predict(found)) for r in tasks]
    at_zero = sum(np.linalg.norm(r.vectors.T @ r.residuals(r.outputs)) for r in tasks)
    assert np.linalg.norm(1e-2 * found + sum(slopes)) < 1e-6 * at_zero


def test_without_freedom_the_model_says_what_the_network_said() -> None:
    rows = rows_of(50, offset=-0.7)
    np.testing.assert_allclose(rows.predict(refitted(rows, ridge=1e12)), -0.7, atol=1e-9)


def test_the_offset_is_part_of_the_fit() -> None:
    plain, shifted = rows_of(50), rows_of(50, offset=3.0)
    assert np.linalg.norm(refitted(plain) - refitted(shifted)) > 0.1


def test_gradients_that_are_no_numbers_are_refused() -> None:
    rows = rows_of(50)
    broken = Rows(rows.outputs, rows.vectors * np.nan, rows.labels, True)
    with pytest.raises((DataError, ValueError)):
        refitted(broken)


def plan(*, splits: int = 6, metric: Metric = "log-likelihood", subsets: int = 0, size: int = 3) -> Plan:
    return Plan(splits, 0.2, subsets, size, 1.0, metric)


def family(sizes: dict[str, int], *, kind: bool = True, seed: int = 0) -> tuple[Cells, Projected, Any]:
    """Return labels of tasks that follow, oppose or ignore one direction, on compounds of their own."""
    rng = np.random.default_rng(seed)
    follow = rng.normal(size=40) / 2
    parts = []
    for task, (name, size) in enumerate(sizes.items()):
        direction = {"same": follow, "opposite": -follow, "unrelated": rng.normal(size=40) / 2}[name[:-1]]
        vectors = rng.normal(size=(size, 40))
        noisy = vectors @ direction + rng.normal(size=size)
        labels = (noisy > 0).astype(float) if kind else noisy
        compounds = rng.integers(0, 10**6, size=size)
        parts.append((compounds, np.full(size, task), labels, vectors))
    order = np.argsort(np.concatenate([p[0] for p in parts]), kind="stable")
    compounds, tasks, labels, vectors = (np.concatenate(p)[order] for p in zip(*parts, strict=True))
    cells = Cells(compounds, tasks, labels)
    made = Projected(np.zeros(len(cells)), vectors.astype(np.float32))
    return cells, made, np.full(len(sizes), kind)


FAMILY = {"same0": 60, "same1": 900, "opposite2": 900, "unrelated3": 900}


@pytest.mark.parametrize("kind", [True, False])
@pytest.mark.parametrize("subsets", [0, 120])
def test_a_task_with_few_labels_gains_from_a_related_one_and_loses_by_an_opposite_one(
    kind: bool, subsets: int
) -> None:
    size = 2 if subsets else 3
    found = gains(*family(FAMILY, kind=kind), plan(subsets=subsets, size=size), seed=0).mean(axis=0)
    assert found[1, 0] > 0.05
    assert found[2, 0] < -0.2
    assert found[1, 0] > found[3, 0] > found[2, 0]


def test_rows_are_sources_and_columns_recipients() -> None:
    found = gains(*family(FAMILY), plan(), seed=0).mean(axis=0)
    assert found[1, 0] > 10 * abs(found[0, 1])  # few labels bring little to a task that has many
    assert np.isnan(np.diag(found)).all()


def test_ranking_held_out_labels_tells_the_same() -> None:
    found = gains(*family(FAMILY), plan(metric="auroc"), seed=0).mean(axis=0)
    assert found[1, 0] > 0.02 > found[3, 0] > found[2, 0]


def test_a_regression_has_no_ranking() -> None:
    cells, made, kinds = family(FAMILY, kind=False)
    assert np.isnan(gains(cells, made, kinds, plan(metric="auroc", splits=2), seed=0)).all()


def test_a_task_with_too_few_labels_is_not_estimable_and_disturbs_no_other() -> None:
    found = gains(*family({**FAMILY, "same4": 8}), plan(splits=2), seed=0)
    assert np.isnan(found[:, 4]).all()
    assert np.isnan(found[:, :, 4]).all()
    without = gains(*family(FAMILY), plan(splits=2), seed=0)
    assert np.isfinite(found[:, 1, 0]).all()
    assert found[:, 1, 0].mean() == pytest.approx(without[:, 1, 0].mean(), abs=0.5)


def test_a_compound_is_on_one_side_with_all_its_labels() -> None:
    # Two tasks with equal labels on equal compounds: a label of the one would give the other away.
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.normal(size=(120, 400)), 2, axis=0).astype(np.float32)
    labels = np.repeat(rng.integers(0, 2, 120).astype(float), 2)
    cells = Cells(np.repeat(np.arange(120), 2), np.tile([0, 1], 120), labels)
    made = Projected(np.zeros(240), vectors)
    found = gains(cells, made, np.array([True, True]), plan(metric="auroc"), seed=0).mean(axis=0)
    assert abs(found[0, 1]) < 0.05


def test_the_log_likelihood_is_that_of_the_labels() -> None:
    rows = Rows(np.array([0.0, 2.0]), np.zeros((2, K)), np.array([1.0, 0.0]), True)
    p = 1 / (1 + np.exp(-2.0))
    expected = (np.log(0.5) + np.log(1 - p)) / 2
    assert score(rows, np.zeros(K), "log-likelihood") == pytest.approx(expected)


def test_the_refits_are_counted() -> None:
    assert plan(splits=6).refits(4) == 6 * (4 + 6)
    assert plan(splits=6, subsets=13).refits(4) == 6 * (4 + 3)
