"""The metrics are scikit-learn's, ties and weights included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

from auditor.statistics.metrics import evaluate


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), size=st.integers(4, 60), levels=st.integers(1, 40))
def test_auroc_and_auprc_are_those_of_scikit_learn(seed: int, size: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.concatenate([[0.0, 1.0], rng.integers(0, 2, size - 2)])
    scores = rng.integers(0, levels, size) / 7
    weights = rng.integers(0, 4, (3, size)).astype(float)
    weights[:, :2] += 1  # both classes stay
    assert evaluate("auroc", labels, scores) == pytest.approx([roc_auc_score(labels, scores)])
    assert evaluate("auprc", labels, scores) == pytest.approx([average_precision_score(labels, scores)])
    for row, area, precision in zip(
        weights,
        evaluate("auroc", labels, scores, weights),
        evaluate("auprc", labels, scores, weights),
        strict=True,
    ):
        assert area == pytest.approx(roc_auc_score(labels, scores, sample_weight=row))
        assert precision == pytest.approx(average_precision_score(labels, scores, sample_weight=row))


def test_rmse_and_r2_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    labels, scores, weights = rng.normal(size=30), rng.normal(size=30), rng.random((2, 30))
    for row, error, explained in zip(
        weights,
        evaluate("rmse", labels, scores, weights),
        evaluate("r2", labels, scores, weights),
        strict=True,
    ):
        assert error == pytest.approx(mean_squared_error(labels, scores, sample_weight=row) ** 0.5)
        assert explained == pytest.approx(r2_score(labels, scores, sample_weight=row))


@pytest.mark.parametrize("metric", ["auroc", "auprc", "rmse", "r2"])
def test_a_metric_that_does_not_exist_is_nan(metric: Any) -> None:
    assert np.isnan(evaluate(metric, np.zeros(0), np.zeros(0))).all()
    constant = evaluate(metric, np.zeros(5), np.arange(5.0))
    assert np.isnan(constant).all() == (metric != "rmse")


def test_the_order_of_compounds_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, 2, 40).astype(float), rng.integers(0, 5, 40).astype(float)
    order = rng.permutation(40)
    for metric in ("auroc", "auprc"):
        assert evaluate(metric, labels, scores) == pytest.approx(
            evaluate(metric, labels[order], scores[order])
        )
    assert evaluate("auroc", 1 - labels, -scores) == pytest.approx(evaluate("auroc", labels, scores))
