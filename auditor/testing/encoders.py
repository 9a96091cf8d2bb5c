"""What an encoder is relied on for. The component is the factory: ``(*, seed, **options) -> Encoder``."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from auditor.errors import PluginError
from auditor.testing.check import NotConforming, NotSupported, require
from auditor.testing.material import (
    ATOMS_AND_SALTS,
    MOLECULES,
    global_random_state_untouched,
    require_typed_options,
)
from auditor.training.features import pack_features
from auditor.training.heads import MultiTaskHeads
from auditor.training.logging.batched_rows import fill_rows
from auditor.training.logging.sketch import sketched_gram

Factory = Callable[..., Any]
LEAST = 8
"""Molecules that the checks need at least, where an encoder knows some only."""
RELATIVE, ABSOLUTE = 1e-3, 1e-4
"""Sums over a batch of another size are rounded otherwise."""
NOISE = 1e-5
"""A gradient smaller than this, relative to the largest of the encoder, is rounding noise."""


def is_a_torch_module(build: Factory) -> None:
    """It is a torch module with parameters and a positive whole width."""
    encoder = build(seed=0)
    require(isinstance(encoder, torch.nn.Module), f"it is a {type(encoder).__name__}, not a torch module")
    require(any(True for _ in encoder.parameters()), "it has no parameters, so nothing is shared")
    width = getattr(encoder, "width", None)
    require(isinstance(width, int) and width > 0, f"its width is {width!r}, not a positive whole number")


def options_can_be_typed(build: Factory) -> None:
    """Every option but the seed has a default and a type that text can give."""
    require_typed_options(build, reserved=("seed",))


def embeds_one_row_per_compound(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """A batch gives finite numbers of shape (b, width), in training and in evaluation."""
    encoder, features = _packed(build, molecules)
    batch = torch.tensor([2, 0, 5])
    for mode in (True, False):
        out = encoder.train(mode)(features.batch(batch))
        require(
            tuple(out.shape) == (3, encoder.width),
            f"3 compounds give shape {tuple(out.shape)}, not (3, {encoder.width}), its width",
        )
        require(bool(torch.isfinite(out).all()), "an embedding is not finite")
        require(out.is_floating_point(), f"embeddings are {out.dtype}, not floating-point numbers")


def embeds_atoms_and_salts(build: Factory, *, molecules: Sequence[str] = ATOMS_AND_SALTS) -> None:
    """Molecules of one atom, without bonds and of several fragments have finite embeddings."""
    encoder, features = _packed(build, molecules, least=1)
    out = encoder.eval()(_whole(features, molecules))
    for text, row in zip(molecules, out, strict=True):
        require(bool(torch.isfinite(row).all()), f"the embedding of '{text}' is not finite")


def same_seed_same_encoder(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """The same seed gives the same parameters, and the same outputs in training."""
    (one, features), (same, _) = _packed(build, molecules, seed=3), _packed(build, molecules, seed=3)
    for name, value in _numbers(one).items():
        require(torch.equal(value, _numbers(same)[name]), f"'{name}' differs between equal seeds")
    batch = _whole(features, molecules)
    first, second = one.train()(batch), same.train()(batch)
    require(torch.equal(first, second), "outputs in training differ between equal seeds: seed the dropout")


def another_seed_another_encoder(build: Factory) -> None:
    """Another seed gives other parameters."""
    pairs = zip(build(seed=0).parameters(), build(seed=1).parameters(), strict=True)
    require(any(not torch.equal(a, b) for a, b in pairs), "seeds 0 and 1 give the same parameters")


def leaves_the_global_random_state_alone(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """Building, packing, training and evaluating change no global random state."""
    with global_random_state_untouched():
        encoder, features = _packed(build, molecules)
        encoder.train()(_whole(features, molecules)).sum().backward()
        encoder.eval()(_whole(features, molecules))


def an_embedding_is_its_compound_s_own(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """In evaluation an embedding depends on its compound alone, in a batch of one too."""
    encoder, features = _packed(build, molecules)
    encoder.eval()
    together = encoder(_whole(features, molecules))
    for place, text in enumerate(molecules):
        alone = encoder(features.batch(torch.tensor([place])))
        _require_close(alone[0], together[place], f"'{text}' alone and in a batch")


def the_order_of_a_batch_is_that_of_its_rows(
    build: Factory, *, molecules: Sequence[str] = MOLECULES
) -> None:
    """Compounds in another order, one of them twice, give their rows in that order."""
    encoder, features = _packed(build, molecules)
    encoder.eval()
    order = torch.tensor([*reversed(range(len(molecules))), 2])
    _require_close(
        encoder(features.batch(order)),
        encoder(_whole(features, molecules))[order],
        "rows of another order",
    )


def features_do_not_depend_on_the_others(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """A compound has the same embedding whichever molecules it was featurized and packed with."""
    encoder, features = _packed(build, molecules)
    encoder.eval()
    expected = encoder(features.batch(torch.tensor([7, 1])))
    others = pack_features(encoder, _inputs(encoder, (molecules[1], molecules[4], molecules[7])))
    got = encoder(others.batch(torch.tensor([2, 0])))
    _require_close(got, expected, "embeddings of the same compounds, packed among others")


def evaluation_changes_nothing(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """Evaluating twice gives the same rows and leaves parameters and buffers as they were."""
    encoder, features = _packed(build, molecules)
    encoder.eval()
    before = {name: value.clone() for name, value in _numbers(encoder).items()}
    first, second = (
        encoder(_whole(features, molecules)),
        encoder(_whole(features, molecules)),
    )
    require(torch.equal(first, second), "two evaluations differ: is there dropout in eval mode?")
    for name, value in _numbers(encoder).items():
        require(torch.equal(value, before[name]), f"evaluation has changed '{name}'")


def gradients_reach_every_parameter(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """A loss of the embeddings has a finite gradient by every parameter, and one that is not 0."""
    encoder, features = _packed(build, molecules)
    out = encoder.train()(_whole(features, molecules))
    weights = torch.randn(out.shape, generator=torch.Generator().manual_seed(0))
    (out * weights).sum().backward()
    moved = []
    for name, parameter in _trained(encoder).items():
        gradient = parameter.grad
        if gradient is None:
            raise NotConforming(f"no gradient reaches '{name}': freeze it or take it out")
        require(bool(torch.isfinite(gradient).all()), f"the gradient of '{name}' is not finite")
        moved.append(bool(gradient.abs().max() > 0))
    require(sum(moved) >= (len(moved) + 1) // 2, "the gradients of most parameters are 0 throughout")


def trains_no_bias_that_is_normalised_away(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """Capability: trainings repeat on other processors, as no trained gradient is rounding noise alone.

    A constant added before a batch normalisation has no effect, and an optimiser that divides by the
    size of a gradient moves it as rounding decides. The audit's heads begin with a linear layer and a
    batch normalisation, so a constant added to the embeddings is one of these.
    """
    encoder, features = _packed(build, molecules)
    heads = MultiTaskHeads(2, encoder.width, seed=0)
    hidden = heads.norm(heads.first(encoder.train()(_whole(features, molecules))))
    weights = torch.randn(hidden.shape, generator=torch.Generator().manual_seed(0))
    (hidden.sigmoid() * weights).sum().backward()
    sizes = {
        name: float(parameter.grad.abs().max())
        for name, parameter in _trained(encoder).items()
        if parameter.grad is not None
    }
    noise = [name for name, size in sizes.items() if 0 < size < NOISE * max(sizes.values())]
    if noise:
        raise NotSupported(
            f"the gradient of '{noise[0]}' is rounding noise: is it a bias before a batch normalisation? "
            "Build that layer without one, or freeze it: auditor.training.frozen.freeze_bias(layer)"
        )


def its_state_can_be_kept(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """Its state dict, loaded into an encoder of another seed, gives the same embeddings."""
    encoder, features = _packed(build, molecules)
    encoder.train()(_whole(features, molecules))  # moves the running statistics
    other = build(seed=1)
    other.load_state_dict(encoder.state_dict())
    _require_close(
        other.eval()(_whole(features, molecules)),
        encoder.eval()(_whole(features, molecules)),
        "embeddings of a state loaded again",
    )


def an_empty_batch_is_refused(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """An empty batch, and nothing to pack, raise ValueError."""
    encoder, features = _packed(build, molecules)
    calls: dict[str, Callable[[], object]] = {
        "an empty batch": lambda: features.batch(torch.zeros(0, dtype=torch.int64)),
        "no molecule to pack": lambda: encoder.pack([]),
    }
    for what, call in calls.items():
        try:
            call()
        except ValueError:
            continue
        require(False, f"{what} is accepted; raise a ValueError")


def many_gradients_at_once_are_those_one_by_one(
    build: Factory, *, molecules: Sequence[str] = MOLECULES
) -> None:
    """Capability: the gradients of many tasks in one walk, as on a graphics card, are autograd's own."""
    encoder, features = _packed(build, molecules)
    out = encoder.train()(_whole(features, molecules))
    cotangents = torch.randn(3, *out.shape, generator=torch.Generator().manual_seed(0))
    shared = list(_trained(encoder).values())
    expected = [torch.autograd.grad(out, shared, one, retain_graph=True) for one in cotangents]
    plain = torch.stack([torch.cat([part.flatten() for part in gradient]) for gradient in expected])
    rows = torch.empty_like(plain)
    try:
        fill_rows(rows, out, cotangents, shared)
    except RuntimeError as error:
        raise NotSupported(f"no gradients of many tasks at once: {error}") from error
    gap = float((rows - plain).norm(dim=1).max() / plain.norm(dim=1).max())
    require(gap < RELATIVE, f"gradients taken together differ from autograd's by {gap:.2g} of their length")


def can_be_differentiated_twice(build: Factory, *, molecules: Sequence[str] = MOLECULES) -> None:
    """Capability: sketched gradients, for hundreds of tasks, need a second derivative."""
    encoder, features = _packed(build, molecules)
    out = encoder.train()(_whole(features, molecules))
    cotangents = torch.randn(2, *out.shape, generator=torch.Generator().manual_seed(0))
    try:
        gram, _ = sketched_gram(out, cotangents, list(_trained(encoder).values()), seed=0, directions=16)
    except PluginError as error:
        raise NotSupported(f"no sketched gradients: {error.message}") from error
    require(bool(torch.isfinite(gram).all()), "second derivatives are not finite")


CHECKS = (
    is_a_torch_module,
    options_can_be_typed,
    embeds_one_row_per_compound,
    embeds_atoms_and_salts,
    same_seed_same_encoder,
    another_seed_another_encoder,
    leaves_the_global_random_state_alone,
    an_embedding_is_its_compound_s_own,
    the_order_of_a_batch_is_that_of_its_rows,
    features_do_not_depend_on_the_others,
    evaluation_changes_nothing,
    gradients_reach_every_parameter,
    trains_no_bias_that_is_normalised_away,
    its_state_can_be_kept,
    an_empty_batch_is_refused,
    many_gradients_at_once_are_those_one_by_one,
    can_be_differentiated_twice,
)


def _packed(build: Factory, smiles: Sequence[str], *, seed: int = 0, least: int = LEAST) -> tuple[Any, Any]:
    require(len(smiles) >= least, f"{len(smiles)} molecules are given; the checks need {least}")
    encoder = build(seed=seed)
    return encoder, pack_features(encoder, _inputs(encoder, smiles))


def _inputs(encoder: Any, smiles: Sequence[str]) -> Any:
    """Return what an encoder reads: molecules, or for one of features a number for each of them."""
    if hasattr(encoder, "featurize"):
        return smiles
    return np.array([[zlib.crc32(text.encode()) / 2**30 - 2] for text in smiles])


def _whole(features: Any, molecules: Sequence[str]) -> Any:
    return features.batch(torch.arange(len(molecules)))


def _trained(encoder: Any) -> dict[str, torch.nn.Parameter]:
    return {name: value for name, value in encoder.named_parameters() if value.requires_grad}


def _numbers(encoder: Any) -> dict[str, torch.Tensor]:
    return {**dict(encoder.named_parameters()), **dict(encoder.named_buffers())}


def _require_close(got: torch.Tensor, expected: torch.Tensor, what: str) -> None:
    require(got.shape == expected.shape, f"{what}: shape {tuple(got.shape)}, not {tuple(expected.shape)}")
    gap = float((got - expected).detach().abs().max())
    require(
        torch.allclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE), f"{what} differ by up to {gap:.2g}"
    )
