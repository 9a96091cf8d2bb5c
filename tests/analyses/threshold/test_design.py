"""Tables of designed overlap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.threshold.design import (
    Layout,
    at_overlap,
    complete_compounds,
    divide,
    pools_of,
    retained,
    table_of,
)
from auditor.overlap.overlap import overlap_of
from auditor.statistics.pairs import upper
from tests.making import labels_of
from tests.networks import benchmark_of, random_table

TABLE = benchmark_of(random_table(240, 6, seed=1, measured=1.0))


def layout(m: int, groups: int, *, seed: int = 0) -> Layout:
    """Return a random layout of the table above."""
    rng = np.random.default_rng(seed)
    pools = pools_of(np.arange(240), [""] * 240, groups, "random", rng)
    return Layout(divide(6, groups, rng), np.array([pool[:m] for pool in pools]))


@given(
    overlap=st.floats(0, 1),
    m=st.integers(1, 40),
    groups=st.sampled_from((2, 3, 6)),
    seed=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_every_task_has_exactly_m_labels_and_every_pair_the_overlap(
    overlap: float, m: int, groups: int, seed: int
) -> None:
    plan = layout(m, groups, seed=seed)
    table = at_overlap(TABLE, plan, overlap)
    assert (table.labels.sizes == m).all()
    jaccard = overlap_of(table.labels, table.task_names).jaccard
    assert (jaccard[plan.across] == plan.jaccard(overlap)).all()
    assert (jaccard[~plan.across] == 1).all()
    assert abs(plan.jaccard(overlap) - overlap) <= 1 / m
    assert table.n == plan.core_size(overlap) + groups * (m - plan.core_size(overlap))


def test_full_and_no_overlap_are_exact() -> None:
    plan = layout(40, 6)
    assert plan.jaccard(1.0) == 1 and plan.jaccard(0.0) == 0
    assert at_overlap(TABLE, plan, 1.0).n == 40


def test_labels_are_those_of_the_full_table() -> None:
    table = at_overlap(TABLE, layout(30, 2), 0.4)
    place = {name: i for i, name in enumerate(TABLE.compounds)}
    full = TABLE.labels.dense(np.array([place[name] for name in table.compounds]))
    degraded = table.labels.dense(np.arange(table.n))
    known = np.isfinite(degraded)
    assert known.any() and (degraded[known] == full[known]).all()
    assert [TABLE.smiles[place[name]] for name in table.compounds] == list(table.smiles)


def test_the_core_of_a_lower_overlap_lies_in_that_of_a_higher_one() -> None:
    plan = layout(40, 2)
    cores = [
        set.intersection(*(set(part.tolist()) for part in plan.compounds_of(overlap)))
        for overlap in (0.0, 0.1, 0.4, 0.8, 1.0)
    ]
    assert [a < b for a, b in pairwise(cores)] == [True] * 4


def test_the_core_is_of_all_pools_alike() -> None:
    plan = layout(40, 3)
    core = set.intersection(*(set(part.tolist()) for part in plan.compounds_of(0.3)))
    shares = [len(core & set(pool.tolist())) for pool in plan.pools]
    assert max(shares) - min(shares) <= 1


@given(
    scaffolds=st.lists(st.sampled_from("abcdefghij"), min_size=12, max_size=80),
    groups=st.integers(2, 4),
    seed=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_scaffold_pools_share_no_scaffold_and_lose_no_compound(
    scaffolds: list[str], groups: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    pools = pools_of(np.arange(len(scaffolds)), scaffolds, groups, "scaffold", rng)
    sets = [{scaffolds[i] for i in pool} for pool in pools]
    assert sum(map(len, sets)) == len(set(scaffolds))
    assert sorted(np.concatenate(pools).tolist()) == list(range(len(scaffolds)))


def test_what_scaffold_groups_do_not_share_has_no_common_scaffold() -> None:
    scaffolds = [f"s{i // 7}" for i in range(240)]
    rng = np.random.default_rng(0)
    pools = pools_of(np.arange(240), scaffolds, 2, "scaffold", rng)
    m = min(map(len, pools))
    plan = Layout(divide(6, 2, rng), np.array([pool[:m] for pool in pools]))
    first, second = (set(part.tolist()) for part in plan.compounds_of(0.3))
    assert not {scaffolds[i] for i in first - second} & {scaffolds[i] for i in second - first}


def test_complete_compounds_have_every_label() -> None:
    dense = random_table(50, 4, seed=3)
    found = complete_compounds(benchmark_of(dense))
    assert found.tolist() == np.flatnonzero(np.isfinite(dense).all(axis=1)).tolist()


def test_compounds_without_a_label_are_dropped() -> None:
    table = table_of(TABLE, [np.array([3, 5]), np.array([5, 9])] + [np.array([3])] * 4)
    assert table.compounds == ("compound-3", "compound-5", "compound-9")


@pytest.mark.parametrize("fraction", [0.1, 0.4, 0.9])
def test_retention_keeps_the_fraction_of_each_task_and_gives_the_overlap_of_the_formula(
    fraction: float,
) -> None:
    big = replace(TABLE, labels=labels_of(np.zeros((240, 6))))
    found = retained(big, fraction, np.random.default_rng(0))
    assert (found.labels.sizes == round(fraction * 240)).all()
    jaccard = upper(overlap_of(found.labels, found.task_names).jaccard).mean()
    assert jaccard == pytest.approx(fraction / (2 - fraction), abs=0.04)


def test_full_retention_is_of_complete_cases_only() -> None:
    dense = random_table(80, 4, seed=3)
    found = retained(benchmark_of(dense), 1.0, np.random.default_rng(0))
    assert (found.labels.sizes == np.isfinite(dense).all(axis=1).sum()).all()
