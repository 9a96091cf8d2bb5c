"""The sketch estimates the exact Gram matrix without bias, states its error, and disturbs nothing."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

from auditor.errors import PluginError, UsageError
from auditor.seeding import derive
from auditor.training.logging.sketch import project, sketched_gram
from auditor.training.logging.sketch_error import (
    plain_cosines,
    sketch_variance,
    sketched_mean,
    unbiased,
)
from tests.sketching import ENCODERS, Logging

LOGS = 60
DIRECTIONS = 16


@pytest.fixture(scope="module", params=ENCODERS)
def case(request: pytest.FixtureRequest) -> Logging:
    return Logging(request.param)


@pytest.fixture(scope="module")
def sketches(case: Logging) -> list[Any]:
    """Return Gram matrices of fresh directions, as a run of logs has them."""
    found = []
    for step in range(LOGS):
        y = project(
            case.embeddings,
            case.cotangents,
            case.shared,
            seed=derive(0, "sketch", step),
            directions=DIRECTIONS,
            chunk=DIRECTIONS,
        ).double()
        found.append((y @ y.T / DIRECTIONS).numpy())
    return found


def standardised(case: Logging, grams: list[Any]) -> Any:
    """Return the errors of the mean cosines of all pairs, each divided by its stated error."""
    exact = plain_cosines(case.gram().numpy())
    pairs = np.triu_indices(len(exact), 1)
    found = sketched_mean(grams, DIRECTIONS)
    return (found.cosines - exact)[pairs] / found.sketch_error[pairs]


@pytest.mark.parametrize("chunk", [1, 5])
def test_the_derivatives_are_products_of_the_gradients_with_the_directions(
    case: Logging, chunk: int
) -> None:
    generator = torch.Generator().manual_seed(3)
    drawn = torch.stack([torch.randn(case.rows.shape[1], generator=generator) for _ in range(16)])
    found = project(case.embeddings, case.cotangents, case.shared, seed=3, directions=16, chunk=chunk)
    scale = case.rows.norm(dim=1, keepdim=True)
    error = (found.double() - case.rows.double() @ drawn.double().T) / scale
    assert float(error.abs().max()) < 1e-4


def test_the_mean_of_many_sketches_is_the_exact_gram_matrix(case: Logging, sketches: list[Any]) -> None:
    exact = case.gram().numpy()
    norms = np.outer(np.diag(exact), np.diag(exact))
    error = np.mean(sketches, axis=0) - exact
    stated = np.sqrt((norms + exact**2) / (DIRECTIONS * LOGS))
    z = (error / stated)[np.triu_indices(len(exact))]
    assert np.abs(z).max() < 4
    assert 0.4 < np.sqrt(np.mean(z**2)) < 1.8


def test_the_stated_error_of_the_cosines_covers_the_exact_ones(case: Logging, sketches: list[Any]) -> None:
    z = [standardised(case, sketches[start : start + 10]) for start in range(0, LOGS, 10)]
    assert 0.88 <= (np.abs(z) < 1.96).mean() <= 0.995


def test_the_mean_cosines_are_unbiased(case: Logging, sketches: list[Any]) -> None:
    assert np.abs(standardised(case, sketches)).max() < 4


def test_the_mean_gradient_is_exact(case: Logging) -> None:
    case = Logging(case.name)
    _, mean = sketched_gram(case.embeddings, case.cotangents, case.shared, seed=0)
    expected = case.rows.mean(dim=0)
    assert float((mean - expected).norm() / expected.norm()) < 1e-5


def test_measuring_changes_no_statistic_no_generator_and_no_gradient(case: Logging) -> None:
    case = Logging(case.name)
    before = copy.deepcopy(case.network.state_dict())
    case.network.zero_grad()
    sketched_gram(case.embeddings, case.cotangents, case.shared, seed=0)
    after = case.network.state_dict()
    assert any(name.endswith("running_mean") for name in before)
    for name, value in before.items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(after[name], value), name
        else:
            assert torch.equal(after[name]["state"], value["state"]), name
    assert all(parameter.grad is None for parameter in case.network.parameters())


def test_the_dropout_masks_are_those_of_the_training_forward() -> None:
    case = Logging("gcn")
    first = project(case.embeddings, case.cotangents, case.shared, seed=0, directions=16)
    other = case.network.encoder(case.batch)  # the generators have gone on: other masks
    different = project(other, case.cotangents, case.shared, seed=0, directions=16)
    again = project(case.forward(), case.cotangents, case.shared, seed=0, directions=16)
    assert torch.equal(first, again)
    assert float((first - different).norm()) > 0.1 * float(first.norm())


def test_a_resumed_run_gives_the_same_bytes() -> None:
    first, again, other = (
        sketched_gram(case.embeddings, case.cotangents, case.shared, seed=derive(0, "sketch", step))[0]
        for case, step in ((Logging("gat"), 30), (Logging("gat"), 30), (Logging("gat"), 40))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_global_random_state_plays_no_part() -> None:
    case = Logging("ecfp")
    torch.manual_seed(1)
    state = torch.random.get_rng_state()
    first = project(case.embeddings, case.cotangents, case.shared, seed=0)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(project(case.embeddings, case.cotangents, case.shared, seed=0), first)


def test_a_batch_without_labels_gives_nothing() -> None:
    case = Logging("ecfp")
    products, mean = sketched_gram(case.embeddings, case.cotangents[:0], case.shared, seed=0)
    assert products.shape == (0, 0)
    assert (mean == 0).all()


def test_an_operation_without_a_second_derivative_is_named() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return x * 2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
            return gradient * 2

    weight = torch.nn.Parameter(torch.ones(3, 4))
    embeddings = Once.apply(torch.ones(2, 3) @ weight)
    with pytest.raises(PluginError, match="differentiated again"):
        project(embeddings, torch.ones(5, 2, 4), [weight], seed=0)


@pytest.mark.parametrize("options", [{"directions": 15}, {"chunk": 0}])
def test_too_few_directions_are_refused(options: dict[str, int]) -> None:
    case = Logging("ecfp")
    with pytest.raises(UsageError, match="a sketch of"):
        project(case.embeddings, case.cotangents, case.shared, seed=0, **options)


@pytest.mark.parametrize("directions", [16, 64, 256])
@pytest.mark.parametrize("cosine", [-0.9, -0.5, 0.0, 0.2, 0.6, 0.95])
def test_correction_and_variance_are_exact_for_normal_pairs(cosine: float, directions: int) -> None:
    draws = 40_000
    rng = np.random.default_rng(0)
    a = rng.standard_normal((draws, directions), dtype=np.float32)
    b = cosine * a + np.sqrt(1 - cosine**2) * rng.standard_normal((draws, directions), dtype=np.float32)
    plain = (a * b).sum(1) / np.sqrt((a**2).sum(1) * (b**2).sum(1))
    found = unbiased(plain.astype(np.float64), directions)
    error = found.std() / np.sqrt(draws)
    assert abs(found.mean() - cosine) < 4 * error
    assert np.mean(sketch_variance(plain.astype(np.float64), directions)) == pytest.approx(
        found.var(), rel=0.05
    )
    if abs(cosine) == 0.5 and directions == 16:  # the plain quotient is off by more than its error
        assert abs(plain.mean() - cosine) > 10 * error


def test_cosines_at_the_ends_stay_there_without_error() -> None:
    ends = np.array([-1.0, 1.0])
    np.testing.assert_allclose(unbiased(ends, 64), ends)
    np.testing.assert_allclose(sketch_variance(ends, 64), 0, atol=1e-12)


def test_a_pair_in_no_log_is_nan_and_others_count_their_logs() -> None:
    first, second = np.eye(3), np.eye(3)
    first[2], first[:, 2] = np.nan, np.nan
    second[0], second[:, 0] = np.nan, np.nan
    found = sketched_mean([first, second], 64)
    assert found.logs.tolist() == [[1, 1, 0], [1, 2, 1], [0, 1, 1]]
    assert np.isnan(found.cosines[0, 2])
    assert np.isnan(found.sketch_error[0, 2])
    assert found.sketch_error[0, 1] == pytest.approx(1 / 8, rel=0.05)
    assert np.isfinite(found.root_mean_square)
