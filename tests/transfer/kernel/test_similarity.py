"""The kernel of compounds, and the panel drawn from a benchmark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from auditor.benchmark.benchmark import Benchmark
from auditor.source.rows import Task
from auditor.transfer.kernel import similarity as module
from auditor.transfer.kernel.panel import panel_of
from auditor.transfer.kernel.similarity import similarity_of
from tests.making import labels_of

MOLECULES = tuple(
    f"{'C' * a}{ring}{'C' * b}O" for a in range(1, 5) for b in range(1, 6) for ring in ("N", "C(=O)")
)
N = len(MOLECULES)
ALL = np.arange(N)


def test_the_kernel_is_min_max_tanimoto_centred_with_a_mean_diagonal_of_one() -> None:
    from rdkit.Chem import MolFromSmiles, rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    counts = np.array(
        [generator.GetCountFingerprintAsNumPy(MolFromSmiles(s)) for s in MOLECULES], dtype=float
    )
    raw = np.array([[np.minimum(a, b).sum() / np.maximum(a, b).sum() for b in counts] for a in counts])
    centre = np.eye(N) - 1 / N
    expected = centre @ raw @ centre
    found = similarity_of(MOLECULES).block(ALL, ALL)
    np.testing.assert_allclose(found, expected / np.diag(expected).mean(), atol=1e-5)
    assert np.linalg.eigvalsh(found).min() > -1e-5


def test_blocks_of_a_kernel_that_is_not_held_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = similarity_of(MOLECULES)
    monkeypatch.setattr(module, "WHOLE", 10)
    apart = similarity_of(MOLECULES)
    assert whole.whole is not None and apart.whole is None
    rows, columns = ALL[3:9], ALL[::4]
    np.testing.assert_allclose(apart.block(rows, columns), whole.block(rows, columns), atol=1e-6)


def test_centred_at_some_compounds_the_kernel_is_still_positive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REFERENCE", 7)
    found = similarity_of(MOLECULES).block(ALL, ALL)
    assert np.linalg.eigvalsh(found).min() > -1e-5 and np.diag(found).mean() == pytest.approx(1)


def test_tasks_that_share_compounds_share_those_that_are_drawn() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(N, 3))
    table[:, 2] = 1.0
    tasks = tuple(Task(name, "regression") for name in "abc")
    names = tuple(str(place) for place in range(N))
    benchmark = Benchmark("small", tasks, names, MOLECULES, labels_of(table), "canonical")

    def scaffolds(smiles: Sequence[str]) -> list[str]:
        return [text[:6] for text in smiles]

    panel, refused = panel_of(benchmark, scaffolds, cap=35, seed=0, tasks=[0, 1, 2])
    first, second = panel.columns
    assert refused == ("c",) and len(first.rows) == 35 and first.labels == N
    np.testing.assert_array_equal(first.rows, second.rows)
    assert first.z.mean() == pytest.approx(0) and first.z.std() == pytest.approx(1)
    other, _ = panel_of(benchmark, scaffolds, cap=35, seed=1, tasks=[0, 1])
    assert not np.array_equal(first.z, other.columns[0].z)
    assert set(np.unique(panel.folds)) == set(range(5))
