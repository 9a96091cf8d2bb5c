"""Dropout drops the fraction it states, everywhere alike, and can be taken up again."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.training.dropout import Dropout


def test_every_byte_of_a_word_drops_the_same_share() -> None:
    kept = Dropout(0.3, seed=1)(torch.ones(8 * 40_000)).view(-1, 8) > 0
    dropped = 1 - kept.float().mean(dim=0)
    assert torch.allclose(dropped, torch.full((8,), 77 / 256), atol=0.012)


@given(st.floats(0, 0.95), st.integers(0, 2**63 - 1))
def test_the_scale_makes_up_for_exactly_what_is_dropped_on_average(fraction: float, seed: int) -> None:
    dropout = Dropout(fraction, seed=seed)
    assert math.isclose((1 - dropout.threshold / 256) * dropout.scale, 1)
    values = set(dropout(torch.ones(4096)).unique().tolist())
    assert values <= {0.0, torch.tensor(dropout.scale).item()}


def test_nothing_is_dropped_in_evaluation_or_at_fraction_zero() -> None:
    values = torch.randn(7, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Dropout(0.5, seed=0).eval()(values), values)
    assert torch.equal(Dropout(0.0, seed=0)(values), values)


def test_masks_depend_on_the_seed_alone() -> None:
    ones = torch.ones(1000)
    torch.manual_seed(5)
    first = Dropout(0.3, seed=3)(ones)
    torch.manual_seed(6)
    assert torch.equal(first, Dropout(0.3, seed=3)(ones))
    assert not torch.equal(first, Dropout(0.3, seed=4)(ones))


def test_masks_of_two_steps_differ() -> None:
    dropout, ones = Dropout(0.3, seed=0), torch.ones(1000)
    assert not torch.equal(dropout(ones), dropout(ones))


def test_a_restored_module_goes_on_with_the_same_masks() -> None:
    dropout, ones = Dropout(0.3, seed=0), torch.ones(999)
    dropout(ones)
    state = dropout.state_dict()
    expected = dropout(ones)
    other = Dropout(0.3, seed=8)
    other.load_state_dict(state)
    assert torch.equal(other(ones), expected)


def test_the_global_random_state_is_untouched() -> None:
    before = torch.get_rng_state()
    Dropout(0.3, seed=0)(torch.ones(100))
    assert torch.equal(torch.get_rng_state(), before)


def test_gradients_flow_through_kept_entries_only() -> None:
    values = torch.ones(500, requires_grad=True)
    out = Dropout(0.3, seed=0)(values)
    out.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad, out.detach())


@pytest.mark.parametrize("fraction", [-0.1, 0.999, 1.0, 1.5, math.nan])
def test_a_fraction_that_keeps_nothing_is_refused(fraction: float) -> None:
    with pytest.raises(UsageError):
        Dropout(fraction, seed=0)
