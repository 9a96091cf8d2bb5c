"""The encoder chemprop is chemprop's own; run by ``make test-chemprop`` where chemprop is installed.

chemprop needs another RDKit than PyTDC does, so this file is not among those that ``make test`` collects.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch
from chemprop.data import BatchMolGraph, MoleculeDatapoint
from chemprop.featurizers import SimpleMoleculeMolGraphFeaturizer
from chemprop.models import MPNN
from chemprop.nn import BinaryClassificationFFN, BondMessagePassing, NormAggregation

from auditor.errors import UsageError
from auditor.plugin.loading import load_registry
from auditor.testing import Check, checks_of
from auditor.testing.material import MOLECULES
from auditor.training.features import pack_features
from mtl_audit_chemprop.model import chemprop
from tests.compute.studies import small_study, trainings_of

SMALL = partial(chemprop, width=16, depth=3)


@pytest.mark.parametrize("check", checks_of("plugin"), ids=str)
def test_its_package_keeps_the_contract_of_plugins(check: Check) -> None:
    check("mtl_audit_chemprop")


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_it_keeps_the_contract_of_encoders(check: Check, dropout: float) -> None:
    check(partial(SMALL, dropout=dropout))


def their_batch(smiles: Any) -> BatchMolGraph:
    """Return a batch as chemprop itself makes it."""
    featurize = SimpleMoleculeMolGraphFeaturizer()
    return BatchMolGraph([featurize(MoleculeDatapoint.from_smi(text).mol) for text in smiles])


@pytest.mark.parametrize("picked", [(0, 1, 2, 3), (6, 6), (4, 2, 14, 8, 0), (3,)])
def test_a_batch_cut_from_the_pack_is_the_batch_that_chemprop_makes(picked: tuple[int, ...]) -> None:
    ours: Any = pack_features(SMALL(seed=0), MOLECULES).batch(torch.tensor(picked))
    theirs = their_batch([MOLECULES[place] for place in picked])
    for name in ("V", "E", "edge_index", "rev_edge_index", "batch"):
        assert torch.equal(getattr(ours, name).double(), getattr(theirs, name).double()), name


def test_an_embedding_is_the_fingerprint_of_chemprop_s_model_and_so_is_its_gradient() -> None:
    encoder = SMALL(seed=0)
    model = MPNN(
        encoder.passing, NormAggregation(), BinaryClassificationFFN(input_dim=16), batch_norm=False
    )
    ours = encoder.train()(pack_features(encoder, MOLECULES).batch(torch.arange(len(MOLECULES))))
    theirs = model.train().fingerprint(their_batch(MOLECULES))
    torch.testing.assert_close(ours, theirs)
    weights = torch.randn(ours.shape, generator=torch.Generator().manual_seed(0))
    parameters = list(encoder.parameters())
    gradients = (torch.autograd.grad((out * weights).sum(), parameters) for out in (ours, theirs))
    for own, other in zip(*gradients, strict=True):
        torch.testing.assert_close(own, other)


def test_the_defaults_are_those_of_chemprop() -> None:
    encoder = chemprop(seed=0)
    theirs = BondMessagePassing()
    assert {name: p.shape for name, p in encoder.passing.named_parameters()} == {
        name: p.shape for name, p in theirs.named_parameters()
    }
    assert encoder.passing.depth == theirs.depth and encoder.width == theirs.output_dim
    assert encoder.aggregation.norm == NormAggregation().norm and theirs.dropout.p == 0.0


def test_options_that_make_no_network_are_refused() -> None:
    for options in ({"width": 0}, {"depth": 0}, {"dropout": 1.0}):
        with pytest.raises(UsageError, match=f"{next(iter(options))}="):
            chemprop(seed=0, **options)  # type: ignore[arg-type]


def test_a_training_logs_its_gradients_and_is_not_repeated(tmp_path: Any) -> None:
    from dataclasses import replace

    study = small_study()
    plan = trainings_of(study.benchmark, study.split, tmp_path)
    encoder = load_registry().get("encoder", "chemprop")
    first = replace(plan, encoder=encoder, encoder_options={"width": 16})
    gram = first.run()[0].gram
    assert len(gram) and (gram.diagonal(axis1=1, axis2=2) > 0).any()
    again = replace(plan, encoder=encoder, encoder_options={"width": 16})
    assert again.run()[0].gram.tobytes() == gram.tobytes() and again.reused == list(first.seeds)
