"""The checks of encoders pass a sound encoder, and each finds the flaw that it is for."""

from __future__ import annotations

import pytest
import torch

from auditor.testing import Check, NotConforming, NotSupported, checks_of
from auditor.training.frozen import freeze_bias
from tests.testing.flawed_encoders import build

FLAWS = {
    "no module": "is_a_torch_module",
    "untyped option": "options_can_be_typed",
    "too narrow": "embeds_one_row_per_compound",
    "divides by bonds": "embeds_atoms_and_salts",
    "always drops": "same_seed_same_encoder",
    "one seed": "another_seed_another_encoder",
    "reseeds torch": "leaves_the_global_random_state_alone",
    "centres the batch": "an_embedding_is_its_compound_s_own",
    "sorts": "the_order_of_a_batch_is_that_of_its_rows",
    "centres the pack": "features_do_not_depend_on_the_others",
    "counts calls": "evaluation_changes_nothing",
    "dead parameter": "gradients_reach_every_parameter",
    "detaches": "gradients_reach_every_parameter",
    "state outside": "its_state_can_be_kept",
    "accepts nothing": "an_empty_batch_is_refused",
    "counts gradients": "many_gradients_at_once_are_those_one_by_one",
}
CAPABILITIES = {"can_be_differentiated_twice", "trains_no_bias_that_is_normalised_away"}


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_a_sound_encoder_passes(check: Check) -> None:
    check(build())


@pytest.mark.parametrize(("flaw", "name"), FLAWS.items())
def test_a_flaw_is_found(flaw: str, name: str) -> None:
    check = next(check for check in checks_of("encoder") if str(check) == name)
    with pytest.raises(NotConforming):
        check(build(flaw))


def test_every_check_has_a_flaw_that_it_finds() -> None:
    assert {str(check) for check in checks_of("encoder")} == set(FLAWS.values()) | CAPABILITIES


class Once(torch.autograd.Function):
    """The identity, of which torch knows only the first derivative."""

    @staticmethod
    def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: object, grad: torch.Tensor) -> torch.Tensor:
        return grad


def test_an_encoder_that_is_differentiable_once_lacks_a_capability_only() -> None:
    def factory(*, seed: int) -> object:
        encoder = build()(seed=seed)
        encoder.last = torch.nn.Sequential(encoder.last, _Applied())
        return encoder

    by_name = {str(check): check for check in checks_of("encoder")}
    by_name["gradients_reach_every_parameter"](factory)
    with pytest.raises(NotSupported, match="sketched"):
        by_name["can_be_differentiated_twice"](factory)


def test_a_bias_that_normalisation_takes_away_is_named_until_it_is_frozen() -> None:
    def frozen(*, seed: int) -> torch.nn.Module:
        encoder = build(flaw)(seed=seed)
        freeze_bias(encoder.last)
        return encoder  # type: ignore[no-any-return]

    flaw = "bias normalised away"
    check = next(c for c in checks_of("encoder") if str(c) == "trains_no_bias_that_is_normalised_away")
    with pytest.raises(NotSupported, match=r"last\.bias"):
        check(build(flaw))
    check(frozen)


class _Applied(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return Once.apply(x)  # type: ignore[no-any-return]
