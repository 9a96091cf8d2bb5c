"""Clusters: whether tasks that go together are those that are known to belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from auditor.analyses.clusters.annotations import TOX21_SOURCE, Annotation, built_in, read_annotation
from auditor.analyses.clusters.blocks import blocks_of, left_out, names_of, score_of
from auditor.analyses.clusters.clustering import Linkage
from auditor.analyses.clusters.match import FEWEST_TASKS, Matched, match
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.seeding import derive
from auditor.statistics.association import holm

FIRST = "gradient-cosine"
"""The affinity that the sentence is about, where it was estimated."""
PAPER = {
    "2 classes": {"ari": 0.177, "nmi": 0.198},
    "5 classes": {"ari": 0.059, "nmi": 0.549},
    "9 classes": {"ari": 0.651, "nmi": 0.946},
}
"""Cheng & Zhang 2026, C.2; they follow from the released matrix of four epochs by Ward's linkage."""


def analyse(context: AuditContext, *, annotations: str = "", linkage: Linkage = "average") -> Finding:
    """Cluster the tasks by every affinity, and score the clusters against known classes of tasks.

    E is clustered beside each, and the same scores are given to classes dealt out at random. Only tasks
    of which every pair is usable are clustered.

    Parameters
    ----------
    annotations
        A CSV file with a column ``task`` and one per level; without it, the published groups of Tox21 and
        groups of SIDER's organ classes, or the domains and assays that a source states.
    linkage
        Of the trees and of the first table; the scores of the others stand beside it.

    Raises
    ------
    UsageError
        The file of annotations cannot be used.

    Reference
    ---------
    Hubert & Arabie 1985, J. Classif. 2:193; Vinh, Epps & Bailey 2010, JMLR 11:2837.
    """
    benchmark = context.benchmark
    annotation = (
        read_annotation(Path(annotations), benchmark.task_names)
        if annotations
        else built_in(benchmark.tasks)
    )
    levels = annotation.levels if annotation else {}
    found = {
        name: match(
            (affinity.values + affinity.values.T) / 2,
            affinity.standard_error,
            context.empirical.values,
            context.usable,
            levels,
            linkage=linkage,
            seed=derive(context.seed, "clusters", name),
        )
        for name, affinity in sorted(context.affinities.items())
    }
    able = {name: matched for name, matched in found.items() if matched.trees}
    if not able:
        text = f"Fewer than {FEWEST_TASKS} tasks have every pair estimated: there is nothing to cluster."
        return Finding("clusters", text, status="not applicable")
    paper = PAPER if _is_papers(context, annotation) else {}
    data = _data(context, able, annotation, linkage, paper)
    return Finding(
        "clusters",
        _sentence(able, annotation, linkage),
        data,
        blocks_of(context, able, annotation, linkage, paper),
        result=able,
        citation="Cheng & Zhang 2026, C.2; Hubert & Arabie 1985; Vinh, Epps & Bailey 2010",
    )


def _is_papers(context: AuditContext, annotation: Annotation | None) -> bool:
    whole = context.benchmark.name == "tox21" and context.benchmark.t == 12
    return whole and annotation is not None and annotation.source == TOX21_SOURCE


def _data(
    context: AuditContext,
    found: Mapping[str, Matched],
    annotation: Annotation | None,
    linkage: Linkage,
    paper: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "linkage": linkage,
        "annotation": annotation.source if annotation else "",
        "levels": {level: list(names) for level, names in annotation.levels.items()} if annotation else {},
        "paper": {"linkage": "ward", "scores": dict(paper)} if paper else {},
        "affinities": {
            name: {
                "tasks": names_of(context, matched),
                "left_out": left_out(context, matched),
                "levels": {level: asdict(told) for level, told in matched.levels.items()},
                "trees": dict(matched.trees),
            }
            for name, matched in found.items()
        },
    }


def _sentence(found: Mapping[str, Matched], annotation: Annotation | None, linkage: Linkage) -> str:
    name = FIRST if FIRST in found else next(iter(found))
    matched = found[name]
    if annotation is None:
        return f"{name} clusters {len(matched.tasks)} tasks; no classes of them are known to compare with."
    if not matched.levels:
        return f"{name} clusters {len(matched.tasks)} tasks, of which no annotation makes several classes."
    told, adjusted = (
        [],
        holm([score_of(matched, level, linkage, "affinity").p for level in matched.levels]),
    )
    for level, p in zip(matched.levels, adjusted, strict=True):
        own, other = (score_of(matched, level, linkage, side) for side in ("affinity", "E"))
        said = "beyond chance" if p <= 0.05 else "no better than chance"
        told.append(f"{level} {said} (ARI {own.value:.2f}, p = {own.p:.4f}; E alone {other.value:.2f})")
    several = ", judged after Holm's correction for the levels" if len(told) > 1 else ""
    return f"The clusters of {name} match {'; '.join(told)}{several}."
