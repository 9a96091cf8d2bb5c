"""Kernels of molecular similarity, and their products with labels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from auditor.affinity.chemical import similarity as kernels
from auditor.affinity.chemical.products import Columns, multiply
from auditor.affinity.chemical.regression import centred_share, slopes, sums, sums_of_group, variation
from auditor.affinity.chemical.similarity import KERNELS, Compounds, blocks, compounds_of, cuts
from auditor.chemistry.fingerprints import morgan_bits
from auditor.chemistry.substructures import morgan_counts
from auditor.errors import DataError, UsageError
from tests.making import ALCOHOLS

MIXED = (
    *ALCOHOLS[:25],
    "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "c1ccncc1", "C1CCNCC1", "CCN(CC)CC",
    "Oc1ccc(Cl)cc1", "Clc1ccc(Cl)cc1", "O=C(O)c1ccccc1", "CC(C)Cc1ccc(cc1)C(C)C(=O)O", "[Na+].[Cl-]",
)  # fmt: skip
N = len(MIXED)


def whole(compounds: Compounds, families: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a kernel of which blocks were made, put together (n, n)."""
    out = np.full((len(families), len(families)), np.nan)
    for rows, across, block in blocks(compounds, families):
        out[rows, across] = block
        out[across, rows] = block.T
    return out


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "CHUNK", 10)


@pytest.mark.parametrize("kernel", KERNELS)
def test_blocks_join_to_a_symmetric_positive_kernel_whatever_their_size(
    kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compounds = compounds_of(MIXED, kernel)
    full = whole(compounds, np.arange(N))
    monkeypatch.setattr(kernels, "CHUNK", 7)
    np.testing.assert_allclose(whole(compounds, np.arange(N)), full, atol=1e-6)
    np.testing.assert_allclose(full, full.T, atol=1e-6)
    assert np.linalg.eigvalsh(full).min() > -1e-5


def test_tanimoto_equals_that_of_rdkit() -> None:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    bits = [generator.GetFingerprint(Chem.MolFromSmiles(text)) for text in MIXED]
    counts = [generator.GetCountFingerprint(Chem.MolFromSmiles(text)) for text in MIXED]
    plain = np.array([DataStructs.BulkTanimotoSimilarity(one, bits) for one in bits])
    counted = np.array([DataStructs.BulkTanimotoSimilarity(one, counts) for one in counts])
    for kernel, expected in (
        ("tanimoto", plain), ("tanimoto-squared", plain**2), ("tanimoto-counts", counted)
    ):  # fmt: skip
        np.testing.assert_allclose(whole(compounds_of(MIXED, kernel), np.arange(N)), expected, atol=1e-6)


def test_ridge_is_the_weight_that_a_label_has_in_a_prediction() -> None:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    bits = np.array([list(generator.GetFingerprint(Chem.MolFromSmiles(text))) for text in MIXED], float)
    unit = bits / np.linalg.norm(bits, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    # the ridge solution, by way of the compounds instead of the bits
    gram = centred @ centred.T
    expected = np.linalg.solve(gram + kernels.PENALTY * np.eye(N), gram)
    np.testing.assert_allclose(whole(compounds_of(MIXED, "ridge"), np.arange(N)), expected, atol=1e-5)


def test_ridge_is_the_same_from_either_side() -> None:
    packed = kernels.in_use(morgan_bits(MIXED))
    bits = 8 * packed.shape[1]
    assert bits > N
    many = np.tile(packed, (bits // N + 1, 1))  # more compounds than bits, of the same mean
    few, plenty = kernels.fit_ridge(packed), kernels.fit_ridge(many, penalty=10.0 * (bits // N + 1))
    np.testing.assert_allclose(few.mean, plenty.mean, atol=1e-6)
    np.testing.assert_allclose(few.inverse / (bits // N + 1), plenty.inverse, atol=1e-5)


def test_unary_code_shares_as_many_bits_as_the_smaller_counts() -> None:
    packed = morgan_counts(("CCCCCC", "CCCCCCCC"))
    sizes = np.unpackbits(packed, axis=1).sum(axis=1)
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    for text, size in zip(("CCCCCC", "CCCCCCCC"), sizes, strict=True):
        counts = generator.GetCountFingerprint(Chem.MolFromSmiles(text)).GetNonzeroElements()
        assert size == sum(counts.values())


def test_what_is_no_molecule_or_no_kernel_is_refused() -> None:
    with pytest.raises(UsageError, match="no kernel named 'dice'") as raised:
        compounds_of(MIXED, "dice")
    assert "tanimoto" in raised.value.hint
    with pytest.raises(DataError, match="no fingerprint of 'C1CC'"):
        morgan_counts(("CC", "C1CC"))


def test_cuts_go_through_no_family(small_blocks: None) -> None:
    families = np.repeat(np.arange(9), [3, 3, 3, 25, 1, 1, 8, 9, 2])
    edges = [piece.start for piece in cuts(families)] + [len(families)]
    assert edges == [0, 9, 34, 44, 53, 55]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("kernel", ["tanimoto", "ridge"])
def test_slopes_equal_those_of_a_plain_regression_over_all_pairs(kernel: str) -> None:
    rng = np.random.default_rng(0)
    families = np.sort(rng.integers(0, 28, N))
    groups = families // 7
    labels = np.where(rng.random((N, 3)) < 0.7, rng.normal(size=(N, 3)), np.nan)
    labels[families % 2 == 0, 2] = np.nan
    labels[families % 2 == 1, 1] = np.nan
    compounds = compounds_of(MIXED, kernel)
    kept = families[:, None] != families[None, :]
    columns = columns_from(labels, families, groups)
    products = multiply(compounds, columns)
    total = sums(columns, products)
    full = whole(compounds, families)
    np.testing.assert_allclose(products.diagonal, np.diag(full), atol=1e-6)
    everyone = np.arange(N)
    for i, j in ((0, 0), (0, 1), (2, 1)):
        slope, size, _ = plain(labels, full, kept, everyone, i, j)
        assert slopes(total)[i, j] == pytest.approx(slope, rel=1e-4)
        assert variation(total)[i, j] == pytest.approx(size, rel=1e-4)
    # tasks 1 and 2 share no family: only then is every pair counted, and centring exact
    share = plain(labels, full, kept, everyone, 2, 1)[2]
    assert centred_share(total, columns, products)[2, 1] == pytest.approx(share, rel=1e-4)
    for group in range(groups.max() + 1):
        inside = np.flatnonzero(groups == group)
        edge = (int(inside[0]), int(inside[-1]) + 1)
        left = total - sums_of_group(columns.part(*edge), products.part(*edge))
        rest = np.flatnonzero(groups != group)
        for i, j in ((0, 0), (0, 1), (2, 1)):
            assert slopes(left)[i, j] == pytest.approx(plain(labels, full, kept, rest, i, j)[0], rel=1e-3)


def columns_from(
    labels: NDArray[np.float64], families: NDArray[np.int64], groups: NDArray[np.int64]
) -> Columns:
    """Return centred labels as columns."""
    masks = np.isfinite(labels)
    centred = np.where(masks, labels - np.nanmean(labels, axis=0), 0)
    return Columns(centred.astype(np.float32), masks.astype(np.float32), families, groups)


def plain(
    labels: NDArray[np.float64],
    kernel: NDArray[np.float64],
    kept: NDArray[np.bool_],
    among: NDArray[np.int64],
    i: int,
    j: int,
) -> tuple[float, float, float]:
    """Regress z_a z_b on K_ab pair by pair: slope, Σ (K - mean)², and the share left by centring."""
    first = among[np.isfinite(labels[among, i])]
    second = among[np.isfinite(labels[among, j])]
    z = np.outer(labels[first, i] - labels[first, i].mean(), labels[second, j] - labels[second, j].mean())
    counted, k = kept[np.ix_(first, second)], kernel[np.ix_(first, second)]
    x, y = k[counted], z[counted]
    slope = np.polyfit(x, y, 1)[0]
    size = float(((x - x.mean()) ** 2).sum())
    rows = np.where(counted, k, 0).sum(axis=1) / counted.sum(axis=1)
    down = np.where(counted, k, 0).sum(axis=0) / counted.sum(axis=0)
    centred = (k - rows[:, None] - down[None, :] + x.mean())[counted]
    return float(slope), size, float((centred**2).sum()) / size
