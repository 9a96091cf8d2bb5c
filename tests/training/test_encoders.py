"""Every built-in encoder keeps the contract, and reads molecules as it says it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rdkit import Chem
from torch_geometric.nn import GCNConv

from auditor.errors import DataError, UsageError
from auditor.plugin.loading import load_registry
from auditor.training.features import pack_features
from mtl_audit_cnn.characters import UNKNOWN, encode
from mtl_audit_cnn.model import cnn
from mtl_audit_ecfp.model import ecfp
from mtl_audit_gnn.graphs import BLOCKS, FEATURES
from mtl_audit_gnn.models import adjacency, edges, gat, gcn
from tests.networks import MOLECULES, SMALL

ENCODERS = pytest.mark.parametrize("name", SMALL)
ALL = torch.arange(len(MOLECULES))


def packed(name: str, *, seed: int = 0) -> tuple[Any, Any]:
    encoder = SMALL[name](seed=seed)
    return encoder, pack_features(encoder, MOLECULES)


@ENCODERS
def test_an_encoder_is_registered_and_loads_without_torch_until_asked(name: str) -> None:
    component = load_registry().get("encoder", name)
    assert component.missing() == ()
    assert component.load()(seed=0).width == 256  # type: ignore[attr-defined]


def test_registering_encoders_imports_nothing_heavy() -> None:
    code = (
        "import sys, mtl_audit_gnn, mtl_audit_cnn, mtl_audit_ecfp;"
        "sys.exit(bool({'torch', 'rdkit', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@ENCODERS
def test_embeddings_have_one_row_per_compound(name: str) -> None:
    encoder, features = packed(name)
    out = encoder(features.batch(torch.tensor([2, 0, 5])))
    assert out.shape == (3, encoder.width)
    assert torch.isfinite(out).all()


@ENCODERS
def test_an_embedding_depends_on_its_own_compound_alone(name: str) -> None:
    encoder, features = packed(name)
    encoder.eval()
    together = encoder(features.batch(ALL))
    for compound in ALL:
        alone = encoder(features.batch(compound[None]))
        torch.testing.assert_close(alone[0], together[compound], rtol=1e-4, atol=1e-5)


@ENCODERS
def test_the_order_of_a_batch_is_the_order_of_its_embeddings(name: str) -> None:
    encoder, features = packed(name)
    encoder.eval()
    order = torch.randperm(len(ALL), generator=torch.Generator().manual_seed(0))
    together = encoder(features.batch(ALL))
    torch.testing.assert_close(encoder(features.batch(order)), together[order], rtol=1e-4, atol=1e-5)


@ENCODERS
@pytest.mark.parametrize("smiles", ["C", "[Na+].[Cl-]", "[HH]"])
def test_a_molecule_of_one_atom_or_without_bonds_has_an_embedding(name: str, smiles: str) -> None:
    encoder = SMALL[name](seed=0).eval()
    features = pack_features(encoder, [smiles])
    assert torch.isfinite(encoder(features.batch(torch.tensor([0])))).all()


@ENCODERS
def test_an_empty_batch_is_refused(name: str) -> None:
    _, features = packed(name)
    with pytest.raises(ValueError, match="empty batch"):
        features.batch(torch.zeros(0, dtype=torch.int64))


@ENCODERS
def test_nothing_to_pack_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no molecule"):
        SMALL[name](seed=0).pack([])


@ENCODERS
def test_a_molecule_without_atoms_and_unreadable_smiles_are_named(name: str) -> None:
    encoder = SMALL[name](seed=0)
    with pytest.raises(DataError, match="cannot read ''"):
        pack_features(encoder, ["CC", ""])
    with pytest.raises(DataError, match="nonsense"):
        pack_features(encoder, ["nonsense"])


@ENCODERS
def test_the_same_seed_builds_the_same_encoder_and_another_seed_another(name: str) -> None:
    (first, features), (same, _), (other, _) = packed(name), packed(name), packed(name, seed=1)
    batch = features.batch(ALL)
    assert torch.equal(first(batch), same(batch))  # in train mode: the masks are the same too
    assert not torch.equal(first(batch), other(batch))


@ENCODERS
def test_building_and_running_leave_the_global_random_state_alone(name: str) -> None:
    before = torch.get_rng_state()
    encoder, features = packed(name)
    encoder(features.batch(ALL)).sum().backward()
    assert torch.equal(torch.get_rng_state(), before)


@ENCODERS
def test_the_gradient_reaches_every_parameter(name: str) -> None:
    encoder, features = packed(name)
    out = encoder(features.batch(ALL))
    (out * torch.randn(out.shape, generator=torch.Generator().manual_seed(0))).sum().backward()
    for label, parameter in encoder.named_parameters():
        if not parameter.requires_grad:
            continue
        assert parameter.grad is not None, label
        if parameter.dim() > 1 and "att_dst" not in label:
            assert parameter.grad.abs().max() > 0, label


def test_the_default_gcn_has_the_size_of_the_paper() -> None:
    assert sum(parameter.numel() for parameter in gcn(seed=0).parameters()) == 209_152


@pytest.mark.parametrize("build", [gcn, gat, cnn, ecfp])
def test_a_network_without_width_or_with_a_strange_dropout_is_refused(build: Any) -> None:
    with pytest.raises(UsageError, match="width"):
        build(seed=0, width=0)
    with pytest.raises(UsageError, match="dropout"):
        build(seed=0, dropout=1.0)


def test_attention_heads_share_the_width() -> None:
    with pytest.raises(UsageError, match="attention heads"):
        gat(seed=0, width=10, heads=4)


def test_atoms_have_one_feature_on_per_block() -> None:
    _, graphs = packed("gcn")
    atoms = graphs.batch(ALL).atoms
    assert atoms.shape[1] == FEATURES == 37
    for block in atoms[:, :35].split(BLOCKS[:5], dim=1):
        assert (block.sum(dim=1) == 1).all()
    ring = graphs.batch(torch.tensor([1])).atoms[:, 35:]  # phenol: six ring atoms and an oxygen
    assert ring.tolist() == [[1, 1]] * 6 + [[0, 0]]


def test_the_packed_adjacency_is_the_normalised_one() -> None:
    _, graphs = packed("gcn")
    batch = graphs.batch(torch.tensor([2, 3, 4]))
    mol = Chem.MolFromSmiles(f"{MOLECULES[2]}.{MOLECULES[3]}.{MOLECULES[4]}")
    plain = Chem.GetAdjacencyMatrix(mol) + np.eye(mol.GetNumAtoms())
    scale = 1 / np.sqrt(plain.sum(axis=1))
    expected = scale[:, None] * plain * scale[None, :]
    np.testing.assert_allclose(adjacency(batch).to_dense().numpy(), expected, atol=1e-6)
    loops_and_bonds = {(int(i), int(j)) for i, j in np.argwhere(plain)}
    assert {tuple(edge) for edge in edges(batch).T.tolist()} == loops_and_bonds


def test_the_sparse_product_equals_the_convolution_that_normalises_itself() -> None:
    _, graphs = packed("gcn")
    batch = graphs.batch(ALL)
    ours = GCNConv(FEATURES, 8, normalize=False, add_self_loops=False)
    theirs = GCNConv(FEATURES, 8)
    theirs.load_state_dict(ours.state_dict())
    pairs = edges(batch)
    bonds = pairs[:, pairs[0] != pairs[1]]
    out = []
    for convolution, links in ((ours, adjacency(batch)), (theirs, bonds)):
        value = convolution(batch.atoms, links)
        value.square().sum().backward()
        out.append((value.detach(), convolution.lin.weight.grad))
    torch.testing.assert_close(out[0], out[1], rtol=1e-4, atol=1e-5)


def test_a_long_smiles_is_cut_and_counted() -> None:
    encoder = cnn(seed=0, width=8, channels=8, length=10).eval()
    features = pack_features(encoder, ["C" * 10, "C" * 11, "C" * 30])
    assert features.truncated == 2  # type: ignore[attr-defined]
    out = encoder(features.batch(torch.arange(3)))
    torch.testing.assert_close(out[1], out[0])


def test_a_character_outside_the_vocabulary_is_unknown() -> None:
    codes = encode("C~Cé")
    assert codes[1] == codes[3] == UNKNOWN != codes[0]


def test_fingerprints_are_morgan_bits_of_radius_two() -> None:
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    encoder = ecfp(seed=0)
    dense = pack_features(encoder, MOLECULES).batch(ALL)
    generator = GetMorganGenerator(radius=2, fpSize=2048)
    for row, smiles in zip(dense, MOLECULES, strict=True):  # type: ignore[call-overload]
        expected = generator.GetFingerprintAsNumPy(Chem.MolFromSmiles(smiles))
        assert np.array_equal(row.numpy(), expected)


@pytest.mark.parametrize("name", ["gcn", "gat"])
def test_a_graph_encoder_leaves_no_file_in_the_temporary_folder(name: str, tmp_path: Path) -> None:
    code = f"from mtl_audit_gnn.models import {name}; {name}(seed=0, width=8)"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
