"""The measurement plan: what to measure so that the pairs that miss the threshold reach it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.measurement_plan.budget import Spent, affordable, may_pay_for_all
from auditor.analyses.measurement_plan.curve import curve_blocks
from auditor.analyses.measurement_plan.plan import Plan, pairs_named
from auditor.analyses.measurement_plan.search import missing_pairs, plan_measurements
from auditor.audit.context import AuditContext
from auditor.audit.given import given_compounds
from auditor.audit.results import Finding
from auditor.chemistry.naming import identify
from auditor.document.blocks import Block, Table, Text
from auditor.errors import DataError, UsageError
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTED = 2_000
"""Measurements up to which the document lists each; the CSV always does."""
SHOWN = 40
"""Pairs that a report shows."""
METHOD = (
    "Candidates are the benchmark's own compounds, and every measurement counts as one. Compounds that are "
    "measured in the same tasks serve equally; among them the plan goes round the Murcko scaffolds. Pairs "
    "that meet the rule now still do afterwards. A constant or very rare label can keep a pair from being "
    "estimated all the same."
)


def analyse(context: AuditContext, *, budget: int = 0, pairs: str = "", stock: str = "") -> Finding:
    """Plan the fewest measurements that bring pairs of the benchmark to the gate's threshold.

    Parameters
    ----------
    budget
        At most so many measurements, for as many pairs as they can be found to reach; 0 = as many as
        all pairs need.
    pairs
        The pairs of tasks that matter, as "A:B,C:D"; all where empty.
    stock
        A file with the SMILES of the compounds that can be measured; all of the benchmark where empty.
    """
    rule = context.gate.thresholds
    if budget < 0:
        raise UsageError(f"a budget of {budget} measurements", hint="give at least 1, or 0 for no limit")
    wanted = missing_pairs(context.overlap, rule)
    if pairs:
        named = set(pairs_named(pairs, context.overlap.tasks))
        wanted = [pair for pair in wanted if pair in named]
    if not wanted:
        every = "Every pair that was named" if pairs else "Every pair"
        text = f"{every} reaches {rule.measure} {rule.reliable:.2f} already: nothing to measure."
        return Finding("measurement-plan", text, {"total": 0, "bound": 0, "exact": True})
    available = _in_stock(context, stock) if stock else None
    try:
        curve: list[Spent] = []
        if budget:
            plan, curve = _paid(context, wanted, budget, available)
        else:
            plan = plan_for(context, wanted, available)
    except DataError as error:
        text = f"No plan: {error.message} ({error.hint})."
        return Finding("measurement-plan", text, status="not applicable")
    if not budget:
        return Finding(
            "measurement-plan", _sentence(plan), _data(plan), _blocks(context, plan), result=plan
        )
    data = {**_data(plan), "budget": budget, "curve": [asdict(point) for point in curve]}
    blocks = (*_blocks(context, plan), *curve_blocks(curve))
    return Finding("measurement-plan", _within(plan, len(wanted), budget), data, blocks, result=plan)


def _in_stock(context: AuditContext, stock: str) -> NDArray[np.bool_]:
    """Return which compounds of the benchmark a file names (n,)."""
    available = np.zeros(context.benchmark.n, dtype=bool)
    places = [place for _, place in given_compounds(stock, context) if place >= 0]
    if not places:
        raise UsageError(
            f"no compound of {context.benchmark.name} is in {stock}",
            hint="a plan measures compounds of the benchmark; --identity says what counts as the same",
        )
    available[places] = True
    return available


def _paid(
    context: AuditContext,
    wanted: list[tuple[int, int]],
    budget: int,
    available: NDArray[np.bool_] | None,
) -> tuple[Plan, list[Spent]]:
    """Return a plan within a budget, and the curve that led to it."""
    measured, rule = context.joined.measured, context.gate.thresholds
    chosen, curve = affordable(measured, wanted, rule, budget, available)
    if may_pay_for_all(measured, wanted, rule, budget, available):
        whole = plan_for(context, wanted, available)
        if whole.total <= budget:  # pair by pair may cost more than all of them at once
            return whole, curve
    plan = plan_for(context, chosen, available)
    while plan.total > budget:  # pairs that the plan must not spoil cost something too
        chosen = chosen[:-1]
        plan = plan_for(context, chosen, available)
    return plan, curve


def plan_for(
    context: AuditContext,
    pairs: Sequence[tuple[int, int]] | None = None,
    available: NDArray[np.bool_] | None = None,
) -> Plan:
    """Return the plan for some pairs of tasks; default: all that miss the gate's threshold.

    ``available`` tells which compounds may be measured (n,); None: all.

    Raises
    ------
    DataError
        No plan can be made; the message says why.
    """
    benchmark, rule = context.benchmark, context.gate.thresholds
    level = context.request.registry.get("identity", "scaffold")
    names = identify(benchmark.smiles, level, cache=context.request.cache)
    return plan_measurements(
        benchmark,
        context.joined.measured,
        pairs=missing_pairs(context.overlap, rule) if pairs is None else pairs,
        rule=rule,
        scaffolds=[names[text].name or "" for text in benchmark.smiles],
        available=available,
        seed=context.seed,
    )


def _within(plan: Plan, wanted: int, budget: int) -> str:
    raised = sum(pair.alone > 0 for pair in plan.pairs)
    if not raised:
        return f"{budget:,} new measurements bring none of the pairs that fall short to the threshold."
    return (  # pairs beyond the stock are among those that are not reached
        f"{plan.total:,} of at most {budget:,} new measurements bring {raised:,} of the "
        f"{count_of(wanted, 'pair')} that fall short to {plan.rule.measure} {plan.rule.reliable:.2f}."
    )


def _out_of_stock(plan: Plan) -> str:
    if not plan.beyond:
        return ""
    few = "For 1 other pair" if len(plan.beyond) == 1 else f"For {len(plan.beyond):,} other pairs"
    return f" {few} too few compounds are in stock."


def _sentence(plan: Plan) -> str:
    if not plan.measurements:
        return f"No pair can be brought to {plan.rule.measure} {plan.rule.reliable:.2f} with the stock."
    scaffolds = len({row.scaffold for row in plan.measurements})
    compounds = len({row.compound for row in plan.measurements})
    sure = "no plan needs fewer" if plan.exact else f"no plan needs fewer than {plan.bound:,}"
    raised = sum(pair.alone > 0 for pair in plan.pairs)
    every = "" if plan.beyond else "all "
    frames = f"{scaffolds:,} scaffold{'' if scaffolds == 1 else 's'}"
    return (
        f"{plan.total:,} new measurements of {compounds:,} compounds with {frames} bring "
        f"{'the pair' if raised == 1 else f'{every}{raised:,} pairs'} that fall short to "
        f"{plan.rule.measure} {plan.rule.reliable:.2f}; {sure}.{_out_of_stock(plan)}"
    )


def _data(plan: Plan) -> dict[str, Any]:
    return {
        "measure": plan.rule.measure,
        "target": plan.rule.reliable,
        "min_support": plan.rule.min_support,
        "total": plan.total,
        "bound": plan.bound,
        "exact": plan.exact,
        "beyond": [list(pair) for pair in plan.beyond],
        "new_by_task": dict(Counter(row.task for row in plan.measurements)),
        "pairs": [asdict(pair) for pair in plan.pairs],
        "measurements": [asdict(row) for row in plan.measurements] if plan.total <= LISTED else None,
    }


def _blocks(context: AuditContext, plan: Plan) -> tuple[Block, ...]:
    new = Counter(row.task for row in plan.measurements)
    sizes = zip(context.overlap.tasks, context.overlap.sizes.tolist(), strict=True)
    tasks = tuple((name, size, new[name], size + new[name]) for name, size in sizes if new[name])
    furthest = sorted(plan.pairs, key=lambda pair: -pair.alone)[:SHOWN]
    pairs = tuple(
        (*p.tasks, p.support_before, p.support_after, p.overlap_before, p.overlap_after, p.alone)
        for p in furthest
    )
    part = "" if len(pairs) == len(plan.pairs) else f", the {SHOWN} furthest from it"
    measure = plan.rule.measure
    return (
        Table(("task", "measured now", "to measure", "then"), tasks, caption="New measurements by task"),
        Table(
            ("task", "task", "shared now", "then", f"{measure} now", f"{measure} then", "needs alone"),
            pairs,
            caption=f"Pairs before and after the plan{part}",
        ),
        Text(METHOD),
    )
