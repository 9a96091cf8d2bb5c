"""One interval of E for all pairs of tasks, whatever their labels."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.overlap import intervals
from auditor.overlap.label_correlation import empirical_correlation
from auditor.statistics.pearson import pearson
from auditor.statistics.phi import phi_interval
from tests.making import labels_of


def panel(seed: int = 0) -> np.ndarray:
    """Return two tasks of classes and two of values on 200 compounds, some not measured (200, 4)."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(200, 1))
    dense = shared + rng.normal(size=(200, 4))
    dense[:, :2] = dense[:, :2] > 1
    dense[rng.random(dense.shape) < 0.3] = np.nan
    return dense


def test_pairs_of_classes_have_the_exact_interval_and_others_the_jackknifes() -> None:
    dense = panel()
    found = empirical_correlation(labels_of(dense)).intervals
    for i, j in zip(*np.triu_indices(4, 1), strict=True):
        both = np.isfinite(dense[:, i]) & np.isfinite(dense[:, j])
        x, y = dense[both, i], dense[both, j]
        if j < 2:
            cells = (np.array([float(v)]) for v in (x @ y, x.sum(), y.sum(), both.sum()))
            expected = phi_interval(*cells)
        else:
            expected = pearson(x, y[:, None])  # type: ignore[assignment]
        for name in ("low", "high", "p"):
            matrix = getattr(found, name)
            assert matrix[i, j] == matrix[j, i] == pytest.approx(getattr(expected, name)[0])
    assert np.isnan(np.diag(found.low)).all() and found.skipped == 0


def test_only_as_many_values_are_looked_at_as_time_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = labels_of(panel())
    monkeypatch.setattr(intervals, "MOST_CELLS", 2 * int(labels.sizes.max()))
    found = empirical_correlation(labels).intervals
    assert found.skipped == 3 and np.isfinite(found.p[0, 1])
    assert np.isfinite(found.p[np.triu_indices(4, 1)]).sum() == 3


def test_blocks_of_pairs_are_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = empirical_correlation(labels_of(panel())).intervals
    monkeypatch.setattr(intervals, "_CHUNK_CELLS", 150)
    np.testing.assert_allclose(empirical_correlation(labels_of(panel())).intervals.low, whole.low)
