"""The generated benchmark has the truth that it states."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.source.files import SourceFiles
from auditor.source.rows import SourceData
from mtl_audit_synthetic.molecules import DISTINCT, SCAFFOLDS, SUBSTITUENTS, assemble
from mtl_audit_synthetic.source import design, read_synthetic
from tests.plugins.reading import read

NOWHERE = SourceFiles(Path("/nonexistent"), offline=True)


def matrix(data: SourceData) -> np.ndarray:
    """Return the labels of a benchmark in which all tasks have the same compounds (n, t)."""
    assert len({table.smiles for table in data.tables}) == 1
    return np.stack([table.values for table in data.tables], axis=1)


def test_the_fragments_make_thousands_of_distinct_valid_molecules() -> None:
    from rdkit import Chem

    smiles, counts = assemble(4000, 0)
    assert len(SCAFFOLDS) >= 12
    assert len(SUBSTITUENTS) >= 15
    assert len(set(smiles)) == 4000
    molecules = [Chem.MolFromSmiles(text) for text in smiles]
    assert all(mol is not None for mol in molecules)
    assert len({Chem.MolToSmiles(mol) for mol in molecules}) == 4000
    assert all(atom.GetAtomicNum() for mol in molecules[:200] for atom in mol.GetAtoms())
    assert (counts.sum(axis=1) == 3).all()


def test_what_a_molecule_is_made_of_is_in_its_structure() -> None:
    from rdkit import Chem

    smiles, counts = assemble(300, 1)
    for substituent, pattern in (("Br", "Br"), ("C#N", "C#N"), ("S(C)(=O)=O", "[CH3]S(=O)=O")):
        query = Chem.MolFromSmarts(pattern)
        found = [len(Chem.MolFromSmiles(text).GetSubstructMatches(query)) for text in smiles]
        assert found == counts[:, SUBSTITUENTS.index(substituent)].tolist()


@given(st.integers(0, 2**32 - 1), st.integers(1, 16), st.integers(150, 600))
@settings(max_examples=8, deadline=None)
def test_without_noise_the_designed_correlation_holds_exactly(seed: int, tasks: int, labels: int) -> None:
    data = read_synthetic(
        NOWHERE, kind="regression", noise=0.0, seed=seed, tasks=tasks, labels_per_task=labels
    )
    assert data.truth is not None
    found = np.atleast_2d(np.corrcoef(matrix(data), rowvar=False))
    np.testing.assert_allclose(found, data.truth, atol=1e-4)


def test_the_design_is_the_published_one_and_signed() -> None:
    truth = design(8)
    assert [truth[0, 1], truth[0, 2], truth[1, 2]] == [0.7, 0.5, 0.6]
    assert [truth[3, 4], truth[3, 5], truth[4, 5]] == [0.8, 0.4, 0.5]
    assert (truth[:3, 3:6] == -0.3).all()
    assert (truth[6:, :6] == 0).all()
    assert truth[6, 7] == 0
    for tasks in range(1, 17):
        assert (design(tasks) == design(tasks).T).all()
        assert np.linalg.eigvalsh(design(tasks)).min() > 0.1


def test_noise_lowers_the_correlation_as_stated() -> None:
    data = read_synthetic(NOWHERE, kind="regression", noise=1.0, labels_per_task=4000)
    found = np.corrcoef(matrix(data), rowvar=False)
    assert data.truth is not None
    off = ~np.eye(8, dtype=bool)
    np.testing.assert_allclose(found[off], data.truth[off] / 2, atol=0.05)
    assert any("0.5 of it" in note for note in data.notes)


def test_classes_keep_sign_and_order_of_the_design() -> None:
    data = read_synthetic(NOWHERE, noise=0.0, labels_per_task=2000)
    phi = np.corrcoef(matrix(data), rowvar=False)
    assert (phi[:3, 3:6] < -0.1).all()
    assert phi[0, 1] > 0.35
    assert abs(phi[6, :6]).max() < 0.1
    assert data.truth is not None
    np.testing.assert_allclose(phi, 2 / np.pi * np.arcsin(data.truth), atol=0.1)


@given(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 1.0]), st.integers(2, 8), st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_every_pair_has_the_overlap_and_every_task_the_same_number_of_labels(
    overlap: float, tasks: int, seed: int
) -> None:
    data = read_synthetic(NOWHERE, overlap=overlap, tasks=tasks, labels_per_task=120, seed=seed)
    measured = [set(table.smiles) for table in data.tables]
    assert [len(s) for s in measured] == [120] * tasks
    for a, b in itertools.combinations(measured, 2):
        assert len(a & b) / len(a | b) == pytest.approx(overlap, abs=0.01)


@given(st.floats(0.02, 0.98))
@settings(max_examples=10, deadline=None)
def test_the_fraction_of_positives_is_the_one_asked_for(balance: float) -> None:
    data = read_synthetic(NOWHERE, balance=balance, labels_per_task=200)
    for table in data.tables:
        assert table.values.mean() == pytest.approx(balance, abs=0.01)


def test_a_given_number_of_compounds_is_not_exceeded_and_nearly_used() -> None:
    for overlap in (0.0, 0.2, 1.0):
        data = read_synthetic(NOWHERE, compounds=1000, overlap=overlap)
        compounds = {text for table in data.tables for text in table.smiles}
        assert 990 <= len(compounds) <= 1000


def test_kinds_can_be_mixed() -> None:
    data = read_synthetic(NOWHERE, kind="mixed", labels_per_task=150)
    kinds = [table.task.kind for table in data.tables]
    assert kinds == ["classification", "regression"] * 4
    for table in data.tables:
        assert (set(table.values) <= {0, 1}) == (table.task.kind == "classification")


def test_structure_determines_the_label() -> None:
    from rdkit import Chem
    from rdkit.Chem import rdFingerprintGenerator
    from sklearn.linear_model import Ridge

    data = read_synthetic(NOWHERE, kind="regression", noise=0.0, labels_per_task=600)
    maker = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    smiles = data.tables[0].smiles
    bits = np.array([maker.GetCountFingerprintAsNumPy(Chem.MolFromSmiles(text)) for text in smiles])
    labels = matrix(data)
    model = Ridge(alpha=3.0).fit(bits[:450], labels[:450])
    assert model.score(bits[450:], labels[450:]) > 0.7


def test_another_seed_is_another_benchmark_and_the_same_seed_the_same() -> None:
    first, again, other = (read_synthetic(NOWHERE, labels_per_task=150, seed=s) for s in (1, 1, 2))
    assert first.tables[0].smiles == again.tables[0].smiles
    np.testing.assert_array_equal(matrix(first), matrix(again))
    assert first.tables[0].smiles != other.tables[0].smiles


def test_every_process_generates_the_same() -> None:
    script = (
        "import hashlib\n"
        "from mtl_audit_synthetic.source import read_synthetic\n"
        "data = read_synthetic(None, kind='regression', labels_per_task=150, overlap=0.5)\n"
        "text = repr([(t.smiles, t.values.tolist()) for t in data.tables])\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = set()
    for hash_seed in ("0", "1", "random"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [("overlap", "1.5"), ("overlap", "-0.1"), ("tasks", "0"), ("tasks", "17"), ("noise", "-1"),
     ("balance", "0"), ("balance", "1"), ("kind", "ranking"), ("seed", "-1"), ("compounds", "50"),
     ("labels_per_task", "-1"), ("size", "3")],
)  # fmt: skip
def test_an_option_out_of_range_is_a_usage_error(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read("synthetic", tmp_path, **{name: text})
    assert caught.value.hint


def test_two_sizes_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not both"):
        read("synthetic", tmp_path, compounds="500", labels_per_task="500")


def test_more_molecules_than_there_are_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="111,496"):
        read("synthetic", tmp_path, labels_per_task="100000", overlap="0.5")


@pytest.mark.slow
def test_there_are_as_many_molecules_as_stated() -> None:
    smiles, _ = assemble(DISTINCT, 0)
    assert len(set(smiles)) == DISTINCT


def test_the_default_is_a_fast_demonstration(tmp_path: Path) -> None:
    data, facts = read("synthetic", tmp_path)
    assert matrix(data).shape == (600, 8)
    assert facts["files"] == []
    again, _ = read("synthetic", tmp_path)
    assert data.truth is not None
    assert again.truth is not None
    np.testing.assert_array_equal(data.truth, again.truth)
