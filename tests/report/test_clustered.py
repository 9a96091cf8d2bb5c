"""A matrix in clustered order: the same entries, like tasks side by side."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from auditor.document.blocks import Matrix
from auditor.report.clustered import clustered
from auditor.report.html.tree import layout
from tests.report.making import affinity_matrix


def matrix_of(values: np.ndarray, *, columns: tuple[str, ...] = ()) -> Matrix:
    names = tuple(f"t{place}" for place in range(len(values)))
    rows = tuple(tuple(None if np.isnan(x) else float(x) for x in row) for row in values)
    return Matrix(names, columns or names, rows, "c", scale="diverging", low=-1.0)


@given(st.integers(3, 30), st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_every_entry_keeps_its_two_tasks(t: int, seed: int) -> None:
    matrix = affinity_matrix(tuple(f"t{place}" for place in range(t)), seed=seed)
    found = clustered(matrix)
    entries = [
        {(row, column): value for row, values in zip(m.rows, m.values, strict=True)
         for column, value in zip(m.columns, values, strict=True)}
        for m in (matrix, found.matrix)
    ]  # fmt: skip
    assert entries[0] == entries[1]
    assert found.tree is not None and layout(found.tree).leaves == found.matrix.rows


@given(st.integers(3, 25), st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_the_tree_is_that_of_average_linkage(t: int, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(-1, 1, (t, t))
    values = (values + values.T) / 2
    np.fill_diagonal(values, 1)
    found = clustered(matrix_of(values)).tree
    expected = linkage(squareform(1 - values, checks=False), method="average")
    assert found is not None
    assert [merge[2] for merge in found.merges] == pytest.approx(expected[:, 2])
    assert sorted(merge[3] for merge in found.merges) == sorted(expected[:, 3])


def test_tasks_that_are_alike_stand_side_by_side() -> None:
    block = np.arange(12) % 3
    values = np.where(block[:, None] == block, 0.8, -0.1)
    np.fill_diagonal(values, 1)
    order = [int(name[1:]) % 3 for name in clustered(matrix_of(values)).matrix.rows]
    assert sum(one != other for one, other in pairwise(order)) == 2


def test_what_is_not_estimable_or_has_a_direction_is_put_in_order_too() -> None:
    values = np.array([[1, 0.9, np.nan], [0.1, 1, 0.2], [np.nan, 0.3, 1]])
    assert clustered(matrix_of(values)).tree is not None
    assert clustered(matrix_of(np.full((4, 4), np.nan))).tree is not None


@pytest.mark.parametrize("columns", [(), ("a", "b")])
def test_two_tasks_or_other_columns_than_rows_stay_as_they_are(columns: tuple[str, ...]) -> None:
    matrix = matrix_of(np.eye(2), columns=columns)
    assert clustered(matrix).matrix == matrix and clustered(matrix).tree is None
