"""A projected gradient is P^T q whichever way it is made, and keeps inner products to a known error."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from auditor.affinity.probe.per_sample import cell_gradients, outputs_of, training_cells
from auditor.affinity.probe.projected_store import projected_gradients
from auditor.affinity.probe.projection import Route, cheaper_route, project, projection_error, signs
from auditor.errors import PluginError
from auditor.training.trained import Trained
from tests.networks import SMALL
from tests.trained_networks import WithoutKinks, in_double_precision, trained_network

ENCODERS = pytest.mark.parametrize("name", SMALL)


def exact(trained: Trained) -> NDArray[np.float64]:
    rows = [part.double().clone() for _, part in cell_gradients(trained, training_cells(trained))]
    found: NDArray[np.float64] = torch.cat(rows).numpy()
    return found


def clear_padding(trained: Trained) -> None:
    """Set back what stands for no character: it is zero by definition and no step moves it."""
    for module in trained.network.encoder.modules():
        if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
            torch.nn.init.zeros_(module.weight[module.padding_idx])


@ENCODERS
@pytest.mark.parametrize("route", ["labels", "directions"])
def test_both_routes_are_the_plain_product(name: str, route: Route) -> None:
    trained = trained_network(name)
    with WithoutKinks():  # a batch is rounded otherwise than one compound: no ReLU may flip
        rows = exact(trained)
        made = project(trained, training_cells(trained), directions=16, seed=3, route=route)
    expected = rows @ signs(rows.shape[1], 16, seed=3).double().numpy().T / 4
    np.testing.assert_allclose(made.gradients, expected, atol=1e-5, rtol=1e-4)


def test_inner_products_keep_to_the_error_that_is_stated() -> None:
    trained = trained_network()
    cells = training_cells(trained)
    small, large = (project(trained, cells, directions=k, seed=0) for k in (64, 1024))
    errors = [projection_error(trained, cells, made, seed=1) for made in (small, large)]
    assert errors[0] == pytest.approx(1 / 8, rel=0.5)
    assert errors[1] == pytest.approx(1 / 32, rel=0.5)


@ENCODERS
def test_the_linear_model_is_the_network_at_its_parameters(name: str) -> None:
    trained = trained_network(name)
    cells = training_cells(trained)
    np.testing.assert_allclose(
        project(trained, cells, directions=8, seed=2).outputs, outputs_of(trained, cells)
    )


@ENCODERS
def test_the_linear_model_is_the_first_order_of_the_network_around_its_parameters(name: str) -> None:
    trained = trained_network(name, epochs=3)
    cells = training_cells(trained)
    with WithoutKinks():
        made = project(trained, cells, directions=8, seed=2)
        double = in_double_precision(trained)
        at = outputs_of(double, cells)
        shared = double.network.shared
        start = torch.nn.utils.parameters_to_vector(shared).detach().clone()
        shift = torch.from_numpy(np.random.default_rng(0).normal(size=8))
        step = signs(len(start), 8, seed=2).double().T @ shift / np.sqrt(8)
        left = []
        for size in (1e-3, 1e-5):
            torch.nn.utils.vector_to_parameters(start + size * step, shared)
            clear_padding(double)
            linear = size * made.gradients @ shift.numpy()
            left.append(np.linalg.norm(outputs_of(double, cells) - at - linear) / np.linalg.norm(linear))
    assert left[1] < 5e-4
    assert left[1] < left[0] / 50  # what is not linear vanishes with the square of the step


def test_many_tasks_per_compound_go_by_directions_and_few_by_labels() -> None:
    trained = trained_network("gcn")
    cells = training_cells(trained)
    assert cheaper_route(trained, cells.take(cells.tasks == 0), 200) == "labels"
    assert cheaper_route(trained_network("ecfp"), cells, 200) == "directions"


def test_what_was_projected_once_is_read_again_and_another_network_is_another(tmp_path: Path) -> None:
    first, other = trained_network(), trained_network(epochs=2)
    cells = training_cells(first)
    kept = [
        projected_gradients(network, cells, directions=8, purpose="test", cache=tmp_path)
        for network in (first, first, other)
    ]
    assert np.array_equal(kept[0].gradients, kept[1].gradients)
    assert not np.allclose(kept[0].gradients, kept[2].gradients)
    assert len(list((tmp_path / "projections").glob("[!.]*"))) == 2


def test_the_projections_of_other_features_are_others(tmp_path: Path) -> None:
    first = trained_network("ecfp")
    packed: Any = first.packed
    other = dataclasses.replace(first, packed=dataclasses.replace(packed, on=packed.on.flip(0)))
    for trained in (first, first, other):
        cells = training_cells(trained)
        projected_gradients(trained, cells, directions=8, purpose="test", cache=tmp_path)
    assert len(list((tmp_path / "projections").glob("[!.]*"))) == 2


def test_an_encoder_without_second_derivatives_is_named_and_has_the_other_route() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
            return 2 * values

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
            return 2 * gradient

    trained = trained_network()
    trained.network.encoder.layers.append(torch.nn.Identity())
    trained.network.encoder.layers[-1].forward = Once.apply
    cells = training_cells(trained)
    with pytest.raises(PluginError, match="differentiated again"):
        project(trained, cells, directions=2, seed=0, route="directions")
    assert np.isfinite(project(trained, cells, directions=2, seed=0, route="labels").gradients).all()
