"""The estimate that needs no shared compound: its symmetries, what it recovers, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from auditor.affinity.chemical import robustness
from auditor.affinity.chemical.directions import along_directions
from auditor.affinity.chemical.estimator import estimate, liability_factor
from auditor.affinity.chemical.jackknife import Spread, covariance, ratio_interval, scaffold_groups
from auditor.affinity.chemical.relation import columns_of
from auditor.affinity.chemical.similarity import KERNELS, blocks, compounds_of
from auditor.audit.context import AuditContext
from auditor.audit.results import AffinityMatrix
from auditor.benchmark.labels import from_columns
from auditor.chemistry.levels import parse, scaffold
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from auditor.source.rows import SourceData, TaskTable
from auditor.statistics.pairs import upper
from mtl_audit_synthetic.source import read_synthetic
from tests.analyses.making import context_of
from tests.making import source, table
from tests.plugins.reading import read

UNUSED: Any = None
LABELS = 180


@cache
def generated(overlap: float, kind: Any = "regression", seed: int = 0) -> SourceData:
    """Return eight generated tasks."""
    return read_synthetic(UNUSED, labels_per_task=LABELS, overlap=overlap, kind=kind, seed=seed)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the module, so that each molecule is named once."""
    return tmp_path_factory.mktemp("memory")


@pytest.fixture(scope="module")
def disjoint(memory: Path) -> AuditContext:
    return context_of(generated(0.0), memory)


@pytest.fixture(scope="module")
def found(disjoint: AuditContext) -> AffinityMatrix:
    return estimate(disjoint)


def changed(data: SourceData, task: int, values: NDArray[np.float64]) -> SourceData:
    """Return the data with other labels of one task."""
    tables = list(data.tables)
    tables[task] = replace(tables[task], values=values)
    return replace(data, tables=tuple(tables))


def negated(data: SourceData, task: int) -> SourceData:
    return changed(data, task, -np.asarray(data.tables[task].values))


@pytest.mark.parametrize("overlap", [0.0, 1.0])
def test_the_designed_correlation_is_recovered_with_its_sign(overlap: float, memory: Path) -> None:
    data = generated(overlap)
    got = estimate(context_of(data, memory))
    assert data.truth is not None
    assert np.corrcoef(upper(got.values), upper(data.truth))[0, 1] > 0.8
    low, high = np.asarray(got.about["low"]), np.asarray(got.about["high"])
    inside = (low <= data.truth) & (data.truth <= high)
    assert upper(inside).mean() > 0.8
    assert (upper(got.values) < 0).any() and got.signed


def test_classes_give_what_their_liabilities_give(found: AffinityMatrix, memory: Path) -> None:
    classes = estimate(context_of(generated(0.0, "classification"), memory))
    assert np.corrcoef(upper(classes.values), upper(found.values))[0, 1] > 0.8


def test_it_is_symmetric_with_a_diagonal_of_ones(found: AffinityMatrix) -> None:
    np.testing.assert_allclose(found.values, found.values.T, atol=1e-12)
    np.testing.assert_array_equal(np.diag(found.values), 1)
    np.testing.assert_array_equal(np.diag(found.standard_error), 0)


def test_negating_a_task_flips_its_row_and_column_and_nothing_else(
    disjoint: AuditContext, found: AffinityMatrix, memory: Path
) -> None:
    turned = estimate(context_of(negated(generated(0.0), 2), memory))
    sign = np.where(np.arange(8) == 2, -1.0, 1.0)
    np.testing.assert_allclose(turned.values, found.values * np.outer(sign, sign), atol=1e-9)
    np.testing.assert_allclose(turned.standard_error, found.standard_error, atol=1e-9)
    low, high = (np.asarray(found.about[name])[2, 3:] for name in ("low", "high"))
    np.testing.assert_allclose(np.asarray(turned.about["low"])[2, 3:], -high, atol=1e-9)
    np.testing.assert_allclose(np.asarray(turned.about["high"])[2, 3:], -low, atol=1e-9)


def test_the_scale_and_origin_of_a_label_do_not_matter(found: AffinityMatrix, memory: Path) -> None:
    data = generated(0.0)
    scaled = changed(data, 1, 1_000 + 7 * np.asarray(data.tables[1].values))
    got = estimate(context_of(scaled, memory))
    np.testing.assert_allclose(got.values, found.values, atol=1e-5)


def test_the_order_of_tasks_does_not_matter(memory: Path) -> None:
    data = generated(1.0)
    order = [3, 0, 7, 1, 6, 2, 5, 4]
    turned = replace(data, tables=tuple(data.tables[i] for i in order), truth=None)
    first, second = estimate(context_of(data, memory)), estimate(context_of(turned, memory))
    np.testing.assert_allclose(second.values, first.values[np.ix_(order, order)], atol=1e-5)
    np.testing.assert_allclose(second.standard_error, first.standard_error[np.ix_(order, order)], atol=1e-4)


def test_one_label_on_disjoint_halves_goes_with_itself(memory: Path) -> None:
    data = read_synthetic(UNUSED, compounds=900, tasks=1, kind="regression", seed=3)
    task, smiles, values = data.tables[0].task, data.tables[0].smiles, data.tables[0].values
    rng = np.random.default_rng(0)
    half = rng.random(len(smiles)) < 0.5
    sides = []
    for name, rows in (("first", np.flatnonzero(half)), ("second", np.flatnonzero(~half))):
        texts = tuple(smiles[i] for i in rows)
        sides.append(TaskTable(replace(task, name=name), texts, np.asarray(values)[rows]))
    got = estimate(context_of(SourceData(tuple(sides)), memory))
    assert got.values[0, 1] == pytest.approx(1, abs=0.15)
    assert np.asarray(got.about["low"])[0, 1] <= 1 <= np.asarray(got.about["high"])[0, 1]


def test_labels_that_do_not_follow_structure_are_refused_by_name(memory: Path) -> None:
    data = generated(0.0)
    rng = np.random.default_rng(1)
    shuffled = changed(data, 4, rng.permutation(np.asarray(data.tables[4].values)))
    got = estimate(context_of(shuffled, memory))
    name = data.tables[4].task.name
    assert got.about["refused_tasks"] == [name] and name in got.about["refused"]
    assert np.isnan(got.values[4]).all() and np.isnan(got.values[:, 4]).all()
    assert np.isnan(got.standard_error[4]).all()
    assert np.isfinite(np.delete(np.delete(got.values, 4, 0), 4, 1)).all()


def test_a_constant_task_is_refused(memory: Path) -> None:
    data = changed(generated(0.0), 3, np.full(LABELS, 0.1))
    got = estimate(context_of(data, memory))
    assert got.about["refused_tasks"] == [data.tables[3].task.name]
    assert np.isnan(got.values[3]).all() and got.values[1, 1] == 1


def test_shared_noise_of_shared_compounds_does_not_count(memory: Path) -> None:
    rng = np.random.default_rng(5)
    data = generated(1.0)
    noise = 3 * rng.normal(size=LABELS)
    for task in (6, 7):  # independent tasks, now with the same error on every compound
        data = changed(data, task, np.asarray(data.tables[task].values) + noise)
    context = context_of(data, memory)
    assert context.empirical.values[6, 7] > 0.8
    clean = estimate(context_of(generated(1.0), memory))
    assert abs(clean.values[6, 7]) < 0.5
    got = estimate(context, kernel="tanimoto")
    assert not np.asarray(got.about["low"])[6, 7] > 0.5


def test_the_p_is_small_for_related_tasks_and_goes_with_the_interval(found: AffinityMatrix) -> None:
    p, low, high = (np.asarray(found.about[name]) for name in ("p", "low", "high"))
    assert p[0, 1] <= 0.02 and np.isnan(np.diag(p)).all()
    np.testing.assert_array_equal(p, p.T)
    np.testing.assert_array_equal(upper(p) <= 0.05, upper((low > 0) | (high < 0)))


def test_the_liability_scale_changes_the_variance_and_not_the_correlation(memory: Path) -> None:
    context = context_of(generated(0.0, "classification"), memory)
    plain, liability = estimate(context), estimate(context, liability=True)
    np.testing.assert_array_equal(liability.values, plain.values)
    ratio = np.asarray(liability.about["kernel_variance"]) / np.asarray(plain.about["kernel_variance"])
    np.testing.assert_allclose(ratio, np.pi / 2, rtol=0.05)  # about half the labels are positive
    assert liability_factor(0.01) == pytest.approx(0.01 * 0.99 / 0.0266521**2, rel=1e-4)
    assert np.isnan(liability_factor(0.0))


def test_stereoisomers_can_count_as_one_compound(memory: Path) -> None:
    rng = np.random.default_rng(0)
    pairs = [(f"C[C@H](O){'C' * size}Cl", f"C[C@@H](O){'C' * size}Cl") for size in range(2, 42)]
    effect = rng.normal(size=len(pairs))  # of the skeleton alone, unlike those next to it
    data = source(
        table("left", [a for a, _ in pairs], effect, "regression"),
        table("right", [b for _, b in pairs], effect, "regression"),
        table("both", [text for pair in pairs for text in pair], np.repeat(effect, 2), "regression"),
    )
    context = context_of(data, memory)
    as_compounds = estimate(context, kernel="tanimoto-squared").about["own_z"]
    as_skeletons = estimate(context, kernel="tanimoto-squared", exclude="skeleton").about["own_z"]
    assert as_compounds[2] > as_skeletons[2] + 1


@pytest.mark.parametrize("kernel", ["tanimoto", "tanimoto-squared", "tanimoto-counts"])
def test_other_kernels_recover_the_truth_too(kernel: Any, disjoint: AuditContext) -> None:
    truth = generated(0.0).truth
    assert truth is not None
    got = estimate(disjoint, kernel=kernel)
    assert np.corrcoef(upper(got.values), upper(truth))[0, 1] > 0.7
    assert got.about["kernel"] == kernel


def test_it_says_what_it_counts_and_can_be_written_as_json(found: AffinityMatrix) -> None:
    assert (found.count == LABELS * (2 - np.eye(8))).all()
    assert found.about["observations"] == "compounds measured for either task"
    assert found.value_range[0] == -found.value_range[1] <= -1
    assert np.nanmax(np.abs(found.values)) <= found.value_range[1]
    json.dumps(plain_data(found.about))


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_handful_of_compounds_is_refused_without_a_number(memory: Path) -> None:
    texts = ("CCO", "c1ccccc1", "CCN")
    for count in (1, 2, 3):
        data = source(
            table("a", texts[:count], [1.0, 2.0, 4.0][:count], "regression"),
            table("b", texts[-count:], [0.0, 1.0, 1.0][:count], "classification"),
        )
        for kernel in ("ridge", "tanimoto"):
            got = estimate(context_of(data, memory), kernel=kernel)
            assert np.isnan(got.values).all() and got.about["refused_tasks"] == ["a", "b"]
            json.dumps(plain_data(got.about))


def test_impossible_options_are_refused(disjoint: AuditContext) -> None:
    with pytest.raises(UsageError, match="1 groups"):
        estimate(disjoint, groups=1)
    with pytest.raises(UsageError, match="no kernel named"):
        estimate(disjoint, kernel="euclid")  # type: ignore[arg-type]


def test_groups_are_level_and_divide_neither_families_nor_small_scaffolds() -> None:
    rng = np.random.default_rng(0)
    scaffolds = ["benzene"] * 300 + [f"s{number}" for number in rng.integers(0, 120, 600)]
    families = np.arange(900) // 3
    groups = scaffold_groups(scaffolds, families, seed=0, groups=30)
    assert groups.max() == 29 and np.ptp(np.bincount(groups)) <= 15
    assert all(len(set(groups[families == family])) == 1 for family in set(families))
    alone = scaffold_groups(scaffolds, np.arange(900), seed=0, groups=30)
    for name in set(scaffolds) - {"benzene"}:
        assert len({g for g, s in zip(alone, scaffolds, strict=True) if s == name}) == 1
    assert len(set(alone[:300])) > 5


def test_the_jackknife_of_a_mean_is_its_textbook_error() -> None:
    values = np.random.default_rng(0).normal(size=(40, 1))
    left = (values.sum() - values) / 39
    assert covariance(left, left)[0] == pytest.approx(values.var(ddof=1) / 40)


def test_the_interval_of_a_ratio_has_its_level_and_no_end_where_the_denominator_may_be_zero() -> None:
    rng = np.random.default_rng(0)
    sample = rng.normal([1.0, 2.0], 1.5, size=(2_000, 30, 2))
    left = (sample.sum(axis=1, keepdims=True) - sample) / 29
    above, below = sample.mean(axis=1).T
    a, b = left[..., 0].T, left[..., 1].T
    spread = Spread(covariance(a, a), covariance(a, b), covariance(b, b))
    low, high = ratio_interval(above, below, spread, float(student(29).ppf(0.975)))
    assert 0.93 < np.mean((low <= 0.5) & (high >= 0.5)) < 0.97
    low, high = ratio_interval(above, 0 * below, spread, 2.0)
    assert np.isnan(low).all() and np.isnan(high).all()


def test_what_one_scaffold_shares_is_told_from_a_relation(memory: Path) -> None:
    data = generated(1.0)
    context = context_of(data, memory)
    rng = np.random.default_rng(2)
    _, series = np.unique(
        [scaffold(text, parse(text)) for text in data.tables[6].smiles], return_inverse=True
    )
    batch = rng.normal(size=series.max() + 1)[series]
    for task in (6, 7):  # independent tasks, now with one shift for each scaffold
        own = np.asarray(data.tables[task].values)
        data = changed(data, task, own + 2 * own.std() * batch)
    got = estimate(context_of(data, memory))
    apart = np.asarray(got.about["without_one_scaffold"])
    assert got.values[6, 7] > 0.5
    assert not np.asarray(got.about["holds_without_one_scaffold"])[6, 7]
    assert not apart[6, 7] > got.values[6, 7] / 2
    related = estimate(context)
    assert np.asarray(related.about["holds_without_one_scaffold"])[0, 1]
    assert "batches" not in related.about["sensitivity"] or "A1 and" not in related.about["sensitivity"]


def test_families_are_limited_in_size_and_never_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robustness, "LARGEST", 3)
    families = np.array([5, 5, 5, 5, 2, 5, 2, 9])
    split = robustness.limited(families)
    assert np.bincount(split).max() == 3 and len(set(split)) == 4
    assert all(len(set(families[split == one])) == 1 for one in set(split))


def test_sums_along_directions_make_up_the_product_with_the_kernel() -> None:
    rng = np.random.default_rng(0)
    texts = generated(0.0).tables[0].smiles[:60]
    n = len(texts)
    labels = from_columns(n, [(np.arange(n), rng.normal(size=n)) for _ in range(3)])
    columns = columns_of(labels, np.arange(n), np.arange(n), np.arange(n) % 2)
    for kernel in KERNELS:
        compounds = compounds_of(texts, kernel)
        whole = np.zeros((n, n))
        for rows, across, block in blocks(compounds, np.arange(n)):
            whole[rows, across] = block
        along = along_directions(compounds, columns)
        z = columns.labels.astype(float)
        np.testing.assert_allclose(along @ along.T, z.T @ whole @ z, rtol=1e-3, atol=1e-3)


@pytest.mark.published
def test_disjoint_halves_of_published_labels_agree_with_their_correlation(
    mirror: Path, published_cache: Path
) -> None:
    full, _ = read("tox21", published_cache, mirror)
    everything = context_of(full, published_cache)
    first = np.random.default_rng(0).random(everything.benchmark.n) < 0.5
    half = dict(zip(everything.benchmark.compounds, first, strict=True))
    names = everything.joined.names
    sides = []
    for side in (True, False):
        for part in full.tables:
            rows = [i for i, text in enumerate(part.smiles) if half.get(str(names[text].name)) == side]
            task = replace(part.task, name=f"{part.task.name} {side}")
            texts = tuple(part.smiles[i] for i in rows)
            sides.append(TaskTable(task, texts, np.asarray(part.values)[rows]))
    context = context_of(SourceData(tuple(sides)), published_cache)
    t = len(full.tables)
    assert not context.overlap.support[:t, t:].any()
    across, expected = estimate(context).values[:t, t:], everything.empirical.values
    known = ~np.eye(t, dtype=bool) & np.isfinite(across)
    assert known.sum() >= 100
    assert np.corrcoef(across[known], expected[known])[0, 1] > 0.7
    assert np.nanmean(np.diag(across)) == pytest.approx(1, abs=0.1)
