"""Overlap measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auditor import overlap as module
from auditor.overlap import MEASURES, overlap_of
from tests.making import labels_of

MASKS = arrays(np.bool_, st.tuples(st.integers(1, 30), st.integers(1, 6)), elements=st.booleans())


def of(mask: np.ndarray):
    table = np.where(mask, 0.0, np.nan)
    return overlap_of(labels_of(table), tuple(f"t{i}" for i in range(mask.shape[1])))


@given(MASKS)
def test_support_equals_counting_sets(mask: np.ndarray) -> None:
    sets = [set(np.flatnonzero(column)) for column in mask.T]
    expected = [[len(a & b) for b in sets] for a in sets]
    assert of(mask).support.tolist() == expected


@given(MASKS)
def test_every_measure_equals_its_definition_on_sets(mask: np.ndarray) -> None:
    found = of(mask)
    sets = [set(np.flatnonzero(column)) for column in mask.T]
    for i, a in enumerate(sets):
        for j, b in enumerate(sets):
            if not a or not b:
                continue
            shared = len(a & b)
            assert found.jaccard[i, j] == pytest.approx(shared / len(a | b))
            assert found.containment[i, j] == pytest.approx(shared / min(len(a), len(b)))
            assert found.dice[i, j] == pytest.approx(2 * shared / (len(a) + len(b)))
            assert found.ochiai[i, j] == pytest.approx(shared / np.sqrt(len(a) * len(b)))


@given(MASKS)
def test_measures_are_symmetric_ordered_and_between_zero_and_one(mask: np.ndarray) -> None:
    found = of(mask)
    for name in MEASURES:
        matrix = found.measure(name)
        np.testing.assert_array_equal(matrix, matrix.T)
        known = matrix[np.isfinite(matrix)]
        assert ((known >= 0) & (known <= 1)).all()
    known = np.isfinite(found.jaccard) & np.isfinite(found.containment)
    for less, more in (("jaccard", "dice"), ("dice", "ochiai"), ("ochiai", "containment")):
        assert (found.measure(less)[known] <= found.measure(more)[known] + 1e-12).all()


def test_an_empty_task_is_not_estimable_rather_than_zero() -> None:
    assert np.isnan(of(np.array([[True, False]])).containment[0, 1])


@given(MASKS)
def test_the_sparse_product_equals_the_dense_one(mask: np.ndarray) -> None:
    dense = of(mask).support
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DENSE_CELLS", 0)
        np.testing.assert_array_equal(of(mask).support, dense)


def test_retention_equivalent_is_recovered_from_random_masks() -> None:
    rng = np.random.default_rng(0)
    for p in (0.1, 0.3, 0.6):
        found = of(rng.random((60_000, 2)) < p)
        assert found.retention[0, 1] == pytest.approx(p, abs=0.01)


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="jaccard, containment"):
        of(np.ones((3, 2), dtype=bool)).measure("overlap")
