"""Overlap measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auditor.overlap import overlap as module
from auditor.overlap.overlap import MEASURES, overlap_of, shared_counts
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


@given(MASKS, st.integers(1, 60))
def test_blocks_of_any_size_and_kind_count_alike(mask: np.ndarray, cells: int) -> None:
    counts = []
    for dense_from in (0.0, 2.0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "DENSE_FROM", dense_from)
            patch.setattr(module, "WHOLE_CELLS", 0)
            patch.setattr(module, "DENSE_CELLS", cells)
            patch.setattr(module, "SPARSE_CELLS", cells)
            counts.append(of(mask).support)
    np.testing.assert_array_equal(counts[0], counts[1])
    np.testing.assert_array_equal(counts[0], mask.T.astype(int) @ mask.astype(int))


@given(MASKS, st.integers(0, 9))
def test_counts_of_two_tables_are_the_compounds_in_both(mask: np.ndarray, seed: int) -> None:
    other = np.random.default_rng(seed).random((len(mask), 3)) < 0.5
    tables = (labels_of(np.where(part, 1.0, np.nan)) for part in (mask, other))
    np.testing.assert_array_equal(shared_counts(*tables), mask.T.astype(int) @ other.astype(int))


def test_retention_equivalent_is_recovered_from_random_masks() -> None:
    rng = np.random.default_rng(0)
    for p in (0.1, 0.3, 0.6):
        found = of(rng.random((60_000, 2)) < p)
        assert found.retention[0, 1] == pytest.approx(p, abs=0.01)


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="jaccard, containment"):
        of(np.ones((3, 2), dtype=bool)).measure("overlap")
