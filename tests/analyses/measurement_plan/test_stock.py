"""A plan of what is in stock: nothing else is measured, and what cannot be reached is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.measurement_plan.budget import affordable
from auditor.analyses.measurement_plan.plan import Plan
from auditor.analyses.measurement_plan.search import missing_pairs, plan_measurements
from auditor.errors import DataError
from auditor.gate.gate import Thresholds
from tests.analyses.measurement_plan.test_plan import (
    RULES,
    after,
    benchmark_of,
    mask_of,
    masks,
    meets,
    overlap,
    plan_of,
)

SHARES = st.sampled_from([0.0, 0.2, 0.5, 0.9])


def stocked(mask: np.ndarray, share: float, seed: int) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(seed).random(len(mask)) < share
    return found


def plan_from(mask: np.ndarray, rule: Thresholds, available: np.ndarray) -> Plan:
    found = benchmark_of(mask)
    return plan_measurements(
        found,
        found.labels,
        pairs=missing_pairs(overlap(mask), rule),
        rule=rule,
        scaffolds=[f"scaffold {compound % 3}" for compound in range(len(mask))],
        available=available,
    )


@given(masks(40, 5), RULES, SHARES, st.integers(0, 99))
@settings(max_examples=120, deadline=None)
def test_only_what_is_in_stock_is_measured_and_every_other_pair_is_named(
    mask: np.ndarray, rule: Thresholds, share: float, seed: int
) -> None:
    available = stocked(mask, share, seed)
    try:
        plan = plan_from(mask, rule, available)
    except DataError as error:
        assert "in stock" in error.message
        return
    assert available[plan.cells[:, 0]].all()
    assert not mask[plan.cells[:, 0], plan.cells[:, 1]].any()
    left = {(f"t{i}", f"t{j}") for i, j in missing_pairs(overlap(after(mask, plan)), rule)}
    assert left <= set(plan.beyond)


@given(masks(40, 5), RULES)
@settings(max_examples=60, deadline=None)
def test_with_all_in_stock_the_plan_is_that_without_a_stock(mask: np.ndarray, rule: Thresholds) -> None:
    plan = plan_from(mask, rule, np.ones(len(mask), dtype=bool))
    assert plan.total == plan_of(mask, rule).total and plan.beyond == ()


def test_a_pair_that_the_whole_stock_cannot_bring_on_is_said_to_be_beyond() -> None:
    mask = np.zeros((40, 2), dtype=bool)
    mask[:20, 0] = mask[20:, 1] = True
    rule = Thresholds(reliable=0.4, min_support=4)
    few, many = np.arange(40) < 3, np.arange(40) % 2 == 0
    assert plan_from(mask, rule, few).beyond == (("t0", "t1"),)
    plan = plan_from(mask, rule, many)
    assert plan.beyond == () and meets(after(mask, plan), rule, 0, 1)


@pytest.mark.parametrize("budget", [5, 20, 60])
def test_a_budget_buys_only_pairs_that_the_stock_can_bring_on(budget: int) -> None:
    mask = mask_of(60, [0.3, 0.3, 0.3, 0.3], 1)
    rule = Thresholds(reliable=0.4, min_support=4)
    available = stocked(mask, 0.3, 2)
    wanted = missing_pairs(overlap(mask), rule)
    taken, curve = affordable(benchmark_of(mask).labels, wanted, rule, budget, available)
    assert all(point.measurements <= budget for point in curve)
    unlimited, _ = affordable(benchmark_of(mask).labels, wanted, rule, budget)
    assert len(taken) <= len(unlimited)
