"""Fisher information is that of single compounds, and its products leave out what a sample adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from auditor.affinity.probe.fisher import row_affinity, row_fishers, row_squares, squared_errors
from auditor.affinity.probe.fisher_products import fisher_products
from auditor.affinity.probe.per_sample import Cells, cell_gradients, training_cells
from tests.networks import SMALL
from tests.trained_networks import trained_network


def test_drawn_labels_have_the_squared_error_that_is_expected_of_them() -> None:
    outputs = np.repeat([-2.0, 0.0, 1.0], 2)
    kinds = np.array([True, False] * 3)
    drawn = squared_errors(outputs, kinds, draws=40_000, seed=0)
    np.testing.assert_allclose(drawn, squared_errors(outputs, kinds, draws=0, seed=0), rtol=0.04)
    assert drawn[1] == pytest.approx(1, rel=0.04)


def test_a_drawn_label_is_one_or_the_other() -> None:
    p = 1 / (1 + np.exp(-1.5))
    drawn = squared_errors(np.full(200, 1.5), np.full(200, True), draws=1, seed=0)
    assert set(np.round(drawn, 12)) == {round(p**2, 12), round((1 - p) ** 2, 12)}


@pytest.mark.parametrize("name", SMALL)
def test_rows_are_squared_before_they_are_averaged_over_compounds(name: str) -> None:
    trained = trained_network(name)
    cells = training_cells(trained)
    weights = np.linspace(0.1, 1, len(cells))
    found = row_fishers(trained, cells, cells.compounds % 3, weights)
    rows = torch.cat([part.clone() for _, part in cell_gradients(trained, cells)]).double().numpy()
    start, expected = 0, []
    for parameter in trained.network.shared:
        block = rows[cells.tasks == 1][:, start : start + parameter.numel()]
        start += parameter.numel()
        if parameter.ndim > 1:
            squares = (block**2 * weights[cells.tasks == 1][:, None]).mean(axis=0)
            expected.append(squares.reshape(parameter.shape[0], -1).mean(axis=1))
    total = found.sums.sum(axis=0)[1] / found.counts.sum(axis=0)[1]
    np.testing.assert_allclose(total, np.concatenate(expected), rtol=1e-4, atol=1e-12)


def test_a_number_per_output_unit_is_not_a_row() -> None:
    shared = [torch.nn.Parameter(torch.zeros(2, 3)), torch.nn.Parameter(torch.zeros(2))]
    found = row_squares(shared, torch.tensor([[1.0, 2, 3, 0, 0, 6, 9, 9]]))
    torch.testing.assert_close(found, torch.tensor([[14 / 3, 12.0]]))


@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_affinity_is_symmetric_bounded_and_one_for_equal_tasks(seed: int, factor: float) -> None:
    fishers = np.random.default_rng(seed).gamma(0.5, size=(4, 30))
    fishers[3] = fishers[0]
    found = row_affinity(fishers)
    assert np.array_equal(found, found.T)
    assert found[0, 3] == pytest.approx(1)
    assert (found >= 0).all() and (found <= 1 + 1e-12).all()
    np.testing.assert_allclose(row_affinity(factor * fishers), found)


def test_affinity_of_known_fishers() -> None:
    # 3/4, 1/2 against 1/4, 1/2; the row that neither moves is left out.
    found = row_affinity(np.array([[3.0, 1.0, 0.0], [1.0, 1.0, 0.0]]))
    x, y = np.array([0.75, 0.5]), np.array([0.25, 0.5])
    assert found[0, 1] == pytest.approx(x @ y / np.sqrt(x @ x * (y @ y)))


def test_a_task_without_fisher_is_not_estimable() -> None:
    found = row_affinity(np.array([[np.nan, np.nan], [1.0, 2.0], [2.0, 1.0]]))
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1:, 1:]).all()


def drawn(n: int, *, shared: bool, seed: int = 0) -> tuple[Cells, Any, Any]:
    """Return labels of two tasks and their gradients, of known Fisher matrices."""
    rng = np.random.default_rng(seed)
    factors = [np.diag([2.0, 1.0, 0.2]), np.array([[1.0, 0.5, 0], [0, 1, 0], [0, 0, 1]])]
    compounds = np.tile(np.arange(n), 2) if shared else np.arange(2 * n)
    noise = rng.normal(size=(n, 3)) if shared else None
    rows = [(rng.normal(size=(n, 3)) if noise is None else noise) @ f for f in factors]
    cells = Cells(compounds, np.repeat([0, 1], n), np.zeros(2 * n))
    truth = [f.T @ f for f in factors]
    cosine = np.sum(truth[0] * truth[1]) / np.linalg.norm(truth[0]) / np.linalg.norm(truth[1])
    return cells, np.concatenate(rows), cosine


def products_of(cells: Cells, rows: Any, groups: Any) -> Any:
    def squares(own: Any) -> Any:
        return (rows[own] @ rows.T) ** 2

    return fisher_products(cells, groups, np.ones(len(cells)), squares, tasks=2)


@pytest.mark.parametrize("shared", [False, True])
def test_the_cosine_is_that_of_the_whole_matrices_whether_or_not_compounds_are_shared(
    shared: bool,
) -> None:
    found = []
    for seed in range(40):
        cells, rows, truth = drawn(25, shared=shared, seed=seed)
        found.append(products_of(cells, rows, cells.compounds % 5))
    onward = np.mean([one.onward.sum(axis=0) / one.onward_counts.sum(axis=0) for one in found], axis=0)
    cosine = onward[0, 1] / np.sqrt(onward[0, 0] * onward[1, 1])
    assert cosine == pytest.approx(truth, abs=0.08)


def test_labels_of_one_compound_are_no_pair() -> None:
    cells, rows, _ = drawn(10, shared=True)
    counts = products_of(cells, rows, cells.compounds % 5).onward_counts.sum(axis=0)
    assert (counts == 90).all()


def test_leaving_a_group_out_is_computing_without_it() -> None:
    cells, rows, _ = drawn(30, shared=True)
    groups = cells.compounds % 5
    replicates = list(products_of(cells, rows, groups).replicates())
    keep = np.flatnonzero(groups != 2)
    rest = Cells(cells.compounds[keep], cells.tasks[keep], cells.labels[keep])
    np.testing.assert_allclose(replicates[2], products_of(rest, rows[keep], groups[keep]).affinity())
