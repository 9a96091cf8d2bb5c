"""Pair views: the pairs of tasks that matter, compound by compound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from auditor.analyses.measurement_plan.plan import pairs_named
from auditor.analyses.pair_views.blocks import Certainty, fold_of
from auditor.analyses.pair_views.choice import chosen_pairs
from auditor.analyses.pair_views.view import View, shared_by, view_of, with_numbered_scaffolds
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.chemistry.naming import identify
from auditor.document.blocks import Block, Fold, Text
from auditor.text import count_of

if TYPE_CHECKING:
    from auditor.analyses.pair_views.view import Shared

MOST_VIEWS = 15
"""Pairs that are shown where none were named: all of six tasks."""
COMPOUNDS = 4
SCAFFOLDS = 5
METHOD = (
    "Two values disagree where they lie more than half of all shared compounds apart in rank, counted from "
    "the other end where E is below 0. Two classes disagree where one is 1 and the other 0; where E is "
    "below 0, where both are 1. Compounds are shown by different scaffolds first. Scaffolds are Murcko's."
)
OTHERS = (
    'Any other pair: in Python, auditor.overlap(...).pair("A", "B"); as a page, '
    "mtl-audit overlap ... --analysis-option pair-views.pairs=A:B."
)


def analyse(context: AuditContext, *, pairs: str = "") -> Finding:
    """Show pairs of tasks compound by compound: both labels, where they disagree, and by scaffold.

    Parameters
    ----------
    pairs
        The pairs of tasks to show, as "A:B,C:D"; where empty those that the answers name, and others
        of which E is sure.
    """
    named = pairs_named(pairs, context.overlap.tasks) if pairs else []
    wanted = named or chosen_pairs(context, most=MOST_VIEWS)
    if not wanted:
        return Finding("pair-views", "No pair has an E to look closer at.", status="not applicable")
    found = views_of(context, wanted)
    total = len(context.overlap.tasks) * (len(context.overlap.tasks) - 1) // 2
    blocks: list[Block] = [fold for _, fold in found]
    rest = [] if len(found) == total else [Text(OTHERS)]
    return Finding(
        "pair-views",
        f"{len(found):,} of {count_of(total, 'pair')} can be looked at compound by compound, with the "
        "compounds on which the two tasks disagree most.",
        {"pairs": [asdict(view) for view, _ in found]},
        (*blocks, *rest, Text(METHOD)),
        citation="Bemis & Murcko 1996, doi 10.1021/jm9602928 (scaffolds)",
    )


def views_of(context: AuditContext, pairs: Sequence[tuple[int, int]]) -> list[tuple[View, Fold]]:
    """Return some pairs (i, j), each with how a report shows it.

    Compounds are told by their SMILES, which a document without structures replaces as it does all
    others; scaffolds are of parents, which it cannot know, and are numbered here.
    """
    tasks = context.benchmark.tasks
    every = [shared_of(context, i, j) for i, j in pairs]
    frames = _scaffolds(context, every)
    out = []
    for (i, j), found in zip(pairs, every, strict=True):
        view = view_of(
            (tasks[i].name, tasks[j].name),
            found,
            scaffolds=frames,
            most_compounds=COMPOUNDS,
            most_scaffolds=SCAFFOLDS,
        )
        view = view if context.request.structures else with_numbered_scaffolds(view)
        fold = fold_of(view, found, (tasks[i], tasks[j]), _certainty(context, i, j))
        out.append((view, fold))
    return out


def shared_of(context: AuditContext, i: int, j: int) -> Shared:
    """Return the compounds with a label for both of two tasks."""
    classes = all(context.benchmark.tasks[task].kind == "classification" for task in (i, j))
    against = bool(context.empirical.values[i, j] < 0)
    benchmark = context.benchmark
    return shared_by(benchmark.labels, benchmark.smiles, i, j, against=against, classes=classes)


def _scaffolds(context: AuditContext, every: Sequence[Shared]) -> dict[str, str]:
    """Return the scaffold of every SMILES that some pairs share."""
    texts = list(dict.fromkeys(text for found in every for text in found.smiles))
    level = context.request.registry.get("identity", "scaffold")
    names = identify(texts, level, cache=context.request.cache, doing="naming scaffolds")
    return {text: names[text].name or "none" for text in texts}


def _certainty(context: AuditContext, i: int, j: int) -> Certainty:
    values, sure = context.empirical.values, context.empirical.intervals
    return Certainty(
        float(values[i, j]), float(sure.low[i, j]), float(sure.high[i, j]), _remark(context, i, j)
    )


def _remark(context: AuditContext, i: int, j: int) -> str:
    """Return what data-quality found of a pair whose E one compound decides."""
    checked = context.findings.get("data-quality")
    tasks = [context.overlap.tasks[i], context.overlap.tasks[j]]
    for told in checked.data.get("pairs", ()) if checked is not None else ():
        if told["tasks"] == tasks and told["by_one_compound"]:
            return (
                f"One compound decides E: without it E is {told['without']:.2f}. "
                f"It is {told['places'][0]['where']}; see Data quality."
            )
    return ""
