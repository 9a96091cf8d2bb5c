"""The measurement plan."""

from __future__ import annotations

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.analyses.measurement_plan import greedy as plan_greedy
from auditor.analyses.measurement_plan.exact import cheapest, relaxed_bound
from auditor.analyses.measurement_plan.greedy import greedy_plan, is_met
from auditor.analyses.measurement_plan.groups import grouped
from auditor.analyses.measurement_plan.plan import Plan, plan_csv
from auditor.analyses.measurement_plan.rules import Problem
from auditor.analyses.measurement_plan.search import missing_pairs, plan_measurements
from auditor.benchmark.benchmark import Benchmark
from auditor.errors import DataError
from auditor.gate.gate import Thresholds
from auditor.overlap.overlap import MEASURES, Overlap, overlap_of
from auditor.source.rows import Task
from tests.making import ALCOHOLS, labels_of

RULES = st.builds(
    Thresholds,
    measure=st.sampled_from(MEASURES),
    reliable=st.sampled_from([0.25, 0.4, 0.5, 0.8, 1.0]),
    min_support=st.integers(1, 4),
)


def masks(compounds: int, tasks: int) -> st.SearchStrategy[np.ndarray]:
    """Which compounds are measured where; no task is empty."""
    return st.builds(
        mask_of,
        st.integers(4, compounds),
        st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.8]), min_size=2, max_size=tasks),
        st.integers(0, 2**32 - 1),
    )


def mask_of(compounds: int, densities: list[float], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = rng.random((compounds, len(densities))) < densities
    mask[rng.integers(0, compounds, len(densities)), np.arange(len(densities))] = True
    return mask


def benchmark_of(mask: np.ndarray) -> Benchmark:
    names = tuple(f"t{task}" for task in range(mask.shape[1]))
    tasks = tuple(Task(name, "regression") for name in names)
    labels = labels_of(np.where(mask, 1.0, np.nan))
    smiles = tuple("C" * size + "O" for size in range(1, len(mask) + 1))
    return Benchmark("x", tasks, tuple(f"#{text}" for text in smiles), smiles, labels, "canonical")


def overlap(mask: np.ndarray) -> Overlap:
    return overlap_of(labels_of(np.where(mask, 1.0, np.nan)), tuple(map(str, range(mask.shape[1]))))


def plan_of(mask: np.ndarray, rule: Thresholds, *pairs: tuple[int, int], seed: int = 0) -> Plan:
    found = benchmark_of(mask)
    return plan_measurements(
        found,
        found.labels,
        pairs=pairs or missing_pairs(overlap(mask), rule),
        rule=rule,
        scaffolds=[f"scaffold {compound % 3}" for compound in range(len(mask))],
        seed=seed,
    )


def problem_of(mask: np.ndarray, pairs: list[tuple[int, int]], rule: Thresholds) -> Problem:
    labels = labels_of(np.where(mask, 1.0, np.nan))
    return grouped(labels, np.arange(mask.shape[1]), pairs, rule)[0]


def after(mask: np.ndarray, plan: Plan) -> np.ndarray:
    out = mask.copy()
    out[plan.cells[:, 0], plan.cells[:, 1]] = True
    return out


def fewest(mask: np.ndarray, rule: Thresholds, pairs: list[tuple[int, int]]) -> int:
    """The least number of measurements by trying every set of them, smallest first."""
    kept = [pair for pair in itertools.combinations(range(mask.shape[1]), 2) if meets(mask, rule, *pair)]
    cells = list(zip(*np.nonzero(~mask), strict=True))
    for number in range(len(cells) + 1):
        for some in itertools.combinations(cells, number):
            tried = mask.copy()
            for cell in some:
                tried[cell] = True
            if all(meets(tried, rule, *pair) for pair in (*pairs, *kept)):
                return number
    raise AssertionError("no plan at all")


def meets(mask: np.ndarray, rule: Thresholds, i: int, j: int) -> bool:
    found = overlap(mask[:, [i, j]])
    fraction = found.measure(rule.measure)[0, 1]
    return bool(fraction >= rule.reliable and found.support[0, 1] >= rule.min_support)


@given(masks(40, 6), RULES)
@settings(max_examples=150, deadline=None)
def test_after_the_plan_every_pair_meets_the_rule(mask: np.ndarray, rule: Thresholds) -> None:
    plan = plan_of(mask, rule)
    assert missing_pairs(overlap(after(mask, plan)), rule) == []
    assert plan.bound <= plan.total


@given(masks(30, 5), RULES)
@settings(max_examples=80, deadline=None)
def test_nothing_is_planned_twice_or_where_it_is_measured(mask: np.ndarray, rule: Thresholds) -> None:
    plan = plan_of(mask, rule)
    assert not mask[plan.cells[:, 0], plan.cells[:, 1]].any()
    assert len({tuple(cell) for cell in plan.cells.tolist()}) == plan.total


@given(masks(5, 3), RULES)
@settings(max_examples=60, deadline=None)
def test_the_total_is_the_least_that_trying_every_plan_finds(mask: np.ndarray, rule: Thresholds) -> None:
    pairs = missing_pairs(overlap(mask), rule)
    assume((~mask).sum() <= 9)
    plan, least = plan_of(mask, rule), fewest(mask, rule, pairs)
    assert plan.bound <= least <= plan.total
    if rule.measure in ("jaccard", "dice"):
        assert plan.total == least


@given(masks(5, 3), st.sampled_from(["jaccard", "dice"]), st.sampled_from([0.25, 0.4, 0.8]))
@settings(max_examples=40, deadline=None)
def test_the_programme_itself_finds_the_least(mask: np.ndarray, measure: str, target: float) -> None:
    rule = Thresholds(measure=measure, reliable=target, min_support=2)
    pairs = list(itertools.combinations(range(mask.shape[1]), 2))
    assume((~mask).sum() <= 9)
    problem = problem_of(mask, pairs, rule)
    plan, bound = cheapest(problem)
    assert plan is not None and is_met(problem, plan)
    assert plan.sum() == bound == fewest(mask, rule, pairs) >= relaxed_bound(problem)


@given(masks(40, 2), RULES)
@settings(max_examples=100, deadline=None)
def test_what_a_pair_needs_alone_is_what_its_own_plan_costs(mask: np.ndarray, rule: Thresholds) -> None:
    assume(missing_pairs(overlap(mask), rule))
    plan = plan_of(mask, rule)
    assert plan.pairs[0].alone == plan.bound
    if rule.measure in ("jaccard", "dice"):
        assert plan.exact


def test_no_pair_needs_no_measurement() -> None:
    plan = plan_of(np.ones((30, 3), dtype=bool), Thresholds())
    assert (plan.total, plan.bound, plan.exact) == (0, 0, True)


def test_a_single_pair_needs_the_closed_form() -> None:
    mask = np.zeros((300, 2), dtype=bool)
    mask[:200, 0] = mask[150:, 1] = True  # 50 shared of 300: 0.4 needs 120, measured in one already
    plan = plan_of(mask, Thresholds())
    assert (plan.total, plan.bound, plan.exact) == (70, 70, True)
    assert plan.pairs[0].support_after == 120 and plan.pairs[0].overlap_after == 0.4
    assert mask[plan.cells[:, 0]].any(axis=1).all()


def test_only_the_named_pairs_are_planned_for() -> None:
    mask = np.zeros((90, 3), dtype=bool)
    mask[:30, 0] = mask[30:60, 1] = mask[60:, 2] = True
    plan = plan_of(mask, Thresholds(), (0, 1))
    assert {int(task) for task in plan.cells[:, 1]} <= {0, 1} and plan.total == 24
    assert [pair.tasks for pair in plan.pairs] == [("t0", "t1")]


def test_a_pair_that_meets_the_rule_is_not_lost_to_the_plan() -> None:
    mask = np.zeros((100, 3), dtype=bool)
    mask[:40, 0] = mask[:16, 1] = True  # t0 and t1 exactly at 0.4
    mask[40:100, 2] = True
    plan = plan_of(mask, Thresholds(min_support=10), (1, 2))
    assert meets(mask, plan.rule, 0, 1) and meets(after(mask, plan), plan.rule, 0, 1)
    assert meets(after(mask, plan), plan.rule, 1, 2)
    assert ("t0", "t1") in [pair.tasks for pair in plan.pairs]


def test_compounds_that_serve_several_pairs_are_preferred() -> None:
    mask = np.zeros((60, 3), dtype=bool)
    mask[:40, 0] = mask[:20, 1] = mask[40:, 2] = True
    plan = plan_of(mask, Thresholds(min_support=8), (0, 2), (1, 2))
    in_two = [row for row in plan.measurements if row.task == "t2" and len(row.serves) == 2]
    assert len(in_two) == sum(row.task == "t2" for row in plan.measurements)


def test_compounds_of_a_group_go_round_the_scaffolds() -> None:
    mask = np.zeros((90, 2), dtype=bool)
    mask[:, 0], mask[:3, 1] = True, True
    found = benchmark_of(mask)
    scaffolds = ["common"] * 70 + [f"rare {i}" for i in range(20)]
    plan = plan_measurements(
        found, found.labels, pairs=[(0, 1)], rule=Thresholds(), scaffolds=scaffolds, seed=3
    )
    picked = [row.scaffold for row in plan.measurements]
    assert len(picked) == 33 and len(set(picked)) == 21
    assert len(set(picked[:21])) == 21


def test_the_seed_chooses_among_equals_and_nothing_else() -> None:
    mask = np.zeros((200, 2), dtype=bool)
    mask[:150, 0] = mask[100:, 1] = True
    first, again, other = (plan_of(mask, Thresholds(), seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.cells, again.cells)
    assert first.cells.tolist() != other.cells.tolist() and first.total == other.total


def sparse_panel(tasks: int) -> Problem:
    """Three thousand compounds, each task measured on its own part of them."""
    rng = np.random.default_rng(tasks)
    mask = rng.random((3_000, tasks)) < rng.uniform(0.05, 0.4, tasks)
    return problem_of(mask, missing_pairs(overlap(mask), Thresholds()), Thresholds())


def test_what_is_not_needed_is_taken_out_of_a_step_by_step_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = sparse_panel(6)
    thin = greedy_plan(problem)
    monkeypatch.setattr(plan_greedy, "_thinned", lambda state, task: state)
    assert is_met(problem, thin) and thin.sum() < greedy_plan(problem).sum()


@pytest.mark.parametrize("tasks", [6, 12])
def test_the_relaxed_bound_is_near_and_below_a_plan_of_many_pairs(tasks: int) -> None:
    problem = sparse_panel(tasks)
    plan, bound = greedy_plan(problem), relaxed_bound(problem)
    assert is_met(problem, plan)
    assert bound <= plan.sum() <= 1.15 * bound


def test_the_csv_holds_every_measurement_and_no_formula() -> None:
    mask = np.zeros((60, 3), dtype=bool)
    mask[:40, 0] = mask[:20, 1] = mask[40:, 2] = True
    found = benchmark_of(mask)
    plan = plan_measurements(
        found, found.labels, pairs=[(0, 2), (1, 2)], rule=Thresholds(), scaffolds=["=evil()"] * 60
    )
    rows = list(csv.DictReader(io.StringIO(plan_csv(plan).decode())))
    assert len(rows) == plan.total
    assert list(rows[0]) == ["task", "smiles", "compound", "scaffold", "serves"]
    assert rows[0]["smiles"] in found.smiles and rows[0]["compound"] == f"#{rows[0]['smiles']}"
    assert {row["scaffold"] for row in rows} == {"'=evil()"}
    assert any((row["task"], row["serves"]) == ("t2", "t0; t1") for row in rows)


def test_too_few_compounds_are_one_clear_error() -> None:
    with pytest.raises(DataError, match="needs 20 shared compounds, the benchmark has 12"):
        plan_of(np.eye(12, 2, dtype=bool), Thresholds(), (0, 1))


def test_a_plan_for_too_many_tasks_is_refused() -> None:
    mask = np.random.default_rng(0).random((3_000, 100)) < 0.3
    with pytest.raises(DataError, match="too large") as caught:
        plan_of(mask, Thresholds())
    assert "--tasks" in caught.value.hint


def test_names_are_those_of_the_planned_cells() -> None:
    mask = np.zeros((len(ALCOHOLS), 2), dtype=bool)
    mask[:40, 0] = mask[30:, 1] = True
    plan = plan_of(mask, Thresholds())
    for (compound, task), row in zip(plan.cells, plan.measurements, strict=True):
        assert row.task == f"t{task}" and row.smiles == ALCOHOLS[compound]
