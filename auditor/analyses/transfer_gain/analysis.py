"""Transfer gain: what each task gains from each other one and from all, without any training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analyses.transfer_gain.blocks import blocks_of
from auditor.analyses.transfer_gain.given import nearness_of
from auditor.analyses.transfer_gain.result import facts_of, result_of
from auditor.analyses.transfer_gain.words import sentence_of
from auditor.audit.context import AuditContext
from auditor.audit.given import given_compounds
from auditor.audit.results import Finding
from auditor.chemistry.naming import identify
from auditor.transfer.kernel.panel import LEAST, RARE, panel_of
from auditor.transfer.kernel.study import study

NAME = "transfer-gain"
CAP = 600
"""Labels of a task that take part at most: all ordered pairs of 12 tasks take about a minute."""
MOST_TASKS = 30
"""Of more tasks, those with the most labels take part."""
CITATION = (
    "Bonilla, Chai & Williams 2007, NeurIPS 20 (the model); Henderson & Quaas 1976, doi "
    "10.2527/jas1976.4361188x (gain from a correlated trait); Dubrule 1983, doi 10.1007/BF01033232 "
    "(exact leave-out)"
)


def analyse(context: AuditContext, *, target: str = "") -> Finding:
    """Predict and measure, with a Gaussian process over chemical similarity, what tasks gain together.

    Parameters
    ----------
    target
        A file with the SMILES of compounds for which the gain is asked too; no label of them is needed.
    """
    benchmark = context.benchmark
    if benchmark.t < 2:
        return Finding(NAME, "One task has no donor.", status="not applicable")
    sizes = benchmark.labels.sizes
    chosen = np.sort(np.argsort(-sizes, kind="stable")[:MOST_TASKS])

    def scaffolds(smiles: Sequence[str]) -> list[str]:
        level = context.request.registry.get("identity", "scaffold")
        named = identify(smiles, level, cache=context.request.cache)
        return [named[text].name or text for text in smiles]

    panel, few = panel_of(
        benchmark,
        scaffolds,
        cap=CAP,
        seed=context.seed,
        tasks=chosen.tolist(),
        given=given_compounds(target, context) if target else (),
    )
    refused = dict.fromkeys(few, f"fewer than {LEAST} labels, or {RARE} of the rarer class")
    refused |= {
        name: f"not one of the {MOST_TASKS} tasks with the most labels"
        for place, name in enumerate(benchmark.task_names)
        if place not in chosen
    }
    done = study(panel, seed=context.seed)
    near = nearness_of(panel, done.shares) if target else {}
    found = result_of(done, panel, refused=refused, cap=CAP, nearness=near)
    if not found.pairs["new"]:
        return Finding(
            NAME,
            "It cannot be told what these tasks gain from one another: chemical similarity explains "
            "the labels of fewer than two of them.",
            facts_of(found),
            status="not applicable",
            citation=CITATION,
        )
    return Finding(
        NAME, sentence_of(found), facts_of(found), blocks_of(found), result=found, citation=CITATION
    )
