"""Fingerprints and their similarity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from auditor.chemistry.fingerprints import morgan_bits, tanimoto, tanimoto_blocks, unpacked
from auditor.errors import DataError
from tests.making import ALCOHOLS

MIXED = (*ALCOHOLS[:12], "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "[Na+].[Cl-]")


def test_similarity_equals_that_of_rdkit() -> None:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    prints = [generator.GetFingerprint(Chem.MolFromSmiles(text)) for text in MIXED]
    expected = [DataStructs.BulkTanimotoSimilarity(one, prints) for one in prints]
    packed = morgan_bits(MIXED)
    np.testing.assert_allclose(tanimoto(packed, packed), expected, atol=1e-6)


def test_bits_equal_those_of_rdkit_for_other_sizes() -> None:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=3, fpSize=512)
    expected = [list(generator.GetFingerprint(Chem.MolFromSmiles(text))) for text in MIXED]
    np.testing.assert_array_equal(unpacked(morgan_bits(MIXED, radius=3, bits=512)), expected)


def test_blocks_join_to_the_whole() -> None:
    packed = morgan_bits(MIXED)
    joined = np.full((len(MIXED), 5), np.nan)
    for start, block in tanimoto_blocks(packed, packed[:5], rows=3):
        joined[start : start + len(block)] = block
    np.testing.assert_array_equal(joined, tanimoto(packed, packed[:5]))


def test_molecules_without_bits_are_alike_and_unlike_all_others() -> None:
    packed = np.array([[0, 0], [0, 0], [3, 0]], dtype=np.uint8)
    assert tanimoto(packed, packed).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_remembered_fingerprints_equal_computed_ones_and_are_kept_apart(tmp_path: Path) -> None:
    first = morgan_bits(MIXED, cache=tmp_path)
    np.testing.assert_array_equal(morgan_bits(MIXED, cache=tmp_path), first)
    assert morgan_bits(MIXED, bits=1024, cache=tmp_path).shape == (len(MIXED), 128)
    assert morgan_bits(MIXED[:4], cache=tmp_path).shape == (4, 256)


def test_a_damaged_entry_is_computed_again(tmp_path: Path) -> None:
    first = morgan_bits(MIXED, cache=tmp_path)
    stored = next((tmp_path / "fingerprints").glob("*/bits.npy"))
    stored.write_bytes(stored.read_bytes()[:-10])
    np.testing.assert_array_equal(morgan_bits(MIXED, cache=tmp_path), first)


def test_no_molecule_has_no_fingerprint() -> None:
    assert morgan_bits(()).shape == (0, 256)
    assert tanimoto(morgan_bits(()), morgan_bits(MIXED)).shape == (0, len(MIXED))


def test_a_text_that_is_no_molecule_is_named() -> None:
    with pytest.raises(DataError, match=r"'C\(C'"):
        morgan_bits(["CCO", "C(C"])
