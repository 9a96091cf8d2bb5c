"""The measurement plan: what to measure so that the pairs that miss the threshold reach it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from auditor.analyses.measurement_plan.plan import Plan
from auditor.analyses.measurement_plan.search import missing_pairs, plan_measurements
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.chemistry.naming import identify
from auditor.document.blocks import Block, Table, Text
from auditor.errors import DataError

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


def analyse(context: AuditContext) -> Finding:
    """Plan the fewest measurements that bring every pair of the benchmark to the gate's threshold."""
    rule = context.gate.thresholds
    if not missing_pairs(context.overlap, rule):
        text = f"Every pair reaches {rule.measure} {rule.reliable:.2f} already: nothing to measure."
        return Finding("measurement-plan", text, {"total": 0, "bound": 0, "exact": True})
    try:
        plan = plan_for(context)
    except DataError as error:
        text = f"No plan: {error.message} ({error.hint})."
        return Finding("measurement-plan", text, status="not applicable")
    return Finding("measurement-plan", _sentence(plan), _data(plan), _blocks(context, plan))


def plan_for(context: AuditContext, pairs: Sequence[tuple[int, int]] | None = None) -> Plan:
    """Return the plan for some pairs of tasks; default: all that miss the gate's threshold.

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
        seed=context.seed,
    )


def _sentence(plan: Plan) -> str:
    scaffolds = len({row.scaffold for row in plan.measurements})
    compounds = len({row.compound for row in plan.measurements})
    sure = "no plan needs fewer" if plan.exact else f"no plan needs fewer than {plan.bound:,}"
    raised = sum(pair.alone > 0 for pair in plan.pairs)
    frames = f"{scaffolds:,} scaffold{'' if scaffolds == 1 else 's'}"
    return (
        f"{plan.total:,} new measurements of {compounds:,} compounds with {frames} bring "
        f"{'the pair' if raised == 1 else f'all {raised:,} pairs'} that fall short to "
        f"{plan.rule.measure} {plan.rule.reliable:.2f}; {sure}."
    )


def _data(plan: Plan) -> dict[str, Any]:
    return {
        "measure": plan.rule.measure,
        "target": plan.rule.reliable,
        "min_support": plan.rule.min_support,
        "total": plan.total,
        "bound": plan.bound,
        "exact": plan.exact,
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
