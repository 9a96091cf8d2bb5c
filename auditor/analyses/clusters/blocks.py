"""How a report shows clusters of tasks: scores, linkages, trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.clusters.clustering import LINKAGES, Linkage
from auditor.document.blocks import Block, Cell, Table, Text, Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.clusters.annotations import Annotation
    from auditor.analyses.clusters.match import Level, Matched, Range
    from auditor.analyses.clusters.scores import Score
    from auditor.audit.context import AuditContext

MOST_LEAVES = 60
"""Tasks up to which trees are drawn."""
METHOD = (
    "Hierarchical clustering of the distance 1 - affinity, cut into as many clusters as the level has "
    "classes. The distance need not be Euclidean, so that Ward's linkage is only formal. Chance: the same "
    "classes dealt out to the tasks at random, mean and 95 % range, p = (b + 1) / (m + 1); near as many "
    "classes as tasks, NMI is high by chance alone, and ARI and AMI are not. Dealt out: the affinity's own "
    "values in random places. Stability: the mean ARI with the clusters of the affinity drawn anew within "
    "its standard errors, taken as independent from pair to pair."
)


def blocks_of(
    context: AuditContext,
    found: Mapping[str, Matched],
    annotation: Annotation | None,
    linkage: Linkage,
    paper: Mapping[str, Mapping[str, float]],
) -> tuple[Block, ...]:
    """Return the tables and trees of some affinities' clusters."""
    blocks: list[Block] = []
    if any(matched.levels for matched in found.values()) and annotation:
        blocks += [_scores(found, linkage, paper), _linkages(found), Text(f"Classes: {annotation.source}.")]
    for name, matched in found.items():
        gone = left_out(context, matched)
        if gone:
            shown = ", ".join(gone[:12]) + (", and more" if len(gone) > 12 else "")
            text = f"{name}: {len(gone)} of {len(context.overlap.tasks)} tasks are not clustered, because"
            blocks.append(Text(f"{text} a pair of theirs is not usable: {shown}."))
        if len(matched.tasks) <= MOST_LEAVES:
            blocks += _trees(context, name, matched, linkage)
        else:
            blocks.append(Text(f"{name}: a tree of {len(matched.tasks)} tasks is not drawn."))
    return (*blocks, Text(METHOD))


def _scores(
    found: Mapping[str, Matched], linkage: Linkage, paper: Mapping[str, Mapping[str, float]]
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for level in dict.fromkeys(level for matched in found.values() for level in matched.levels):
        if level in paper:
            rows.append(
                (
                    level,
                    "paper's G, Ward",
                    paper[level]["ari"],
                    *[""] * 3,
                    None,
                    "",
                    paper[level]["nmi"],
                    None,
                    None,
                )
            )
        rows += _level_rows(found, level, linkage)
    heads = (
        "level",
        "matrix",
        "ARI",
        "chance",
        "dealt out",
        "p",
        "AMI",
        "p (AMI, NMI)",
        "NMI",
        "by chance",
        "stability",
    )
    return Table(
        heads, tuple(rows), caption=f"Clusters by {linkage} linkage against known classes of tasks"
    )


def _level_rows(found: Mapping[str, Matched], level: str, linkage: Linkage) -> list[tuple[Cell, ...]]:
    rows, shown = [], set()
    for name, matched in found.items():
        if level not in matched.levels:
            continue
        told = matched.levels[level]
        dealt = told.dealt_out["ari"]
        rows.append(_row(level, name, told, linkage, "affinity", _range(dealt), told.stability))
        if matched.tasks not in shown:
            shown.add(matched.tasks)
            rows.append(_row(level, "E", told, linkage, "E", "", float("nan")))
    return rows


def _row(
    level: str, name: str, told: Level, linkage: Linkage, side: str, dealt: str, stable: float
) -> tuple[Cell, ...]:
    ari, ami, nmi = (told.linkages[linkage][side][metric] for metric in ("ari", "ami", "nmi"))
    chance = f"{ari.null_mean:.2f} ({ari.null_low:.2f} to {ari.null_high:.2f})"
    return (
        level, name, ari.value, chance, dealt, f"{ari.p:.4f}", ami.value, f"{ami.p:.4f}",
        nmi.value, nmi.null_mean, stable if np.isfinite(stable) else None,
    )  # fmt: skip


def _range(dealt: Range) -> str:
    return f"{dealt.mean:.2f} ({dealt.low:.2f} to {dealt.high:.2f})"


def _linkages(found: Mapping[str, Matched]) -> Table:
    rows = []
    for name, matched in found.items():
        for level in matched.levels:
            for side, label in (("affinity", name), ("E", f"E, tasks of {name}")):
                each = (score_of(matched, level, linkage, side) for linkage in LINKAGES)
                rows.append((level, label, *(f"{a.value:.2f} (p = {a.p:.4f})" for a in each)))
    return Table(("level", "matrix", *LINKAGES), tuple(rows), caption="ARI by each linkage")


def _trees(context: AuditContext, name: str, matched: Matched, linkage: Linkage) -> list[Block]:
    leaves = tuple(names_of(context, matched))
    return [
        _tree(leaves, tree, name if side == "affinity" else f"E, tasks of {name}", linkage)
        for side, tree in matched.trees.items()
    ]


def _tree(leaves: tuple[str, ...], tree: NDArray[np.float64], name: str, linkage: Linkage) -> Tree:
    first = tree[0]
    alt = f"{linkage.capitalize()} linkage of 1 - {name}"
    if max(first[0], first[1]) < len(leaves):
        alt += (
            f"; the first to join are {leaves[int(first[0])]} and {leaves[int(first[1])]} at {first[2]:.2f}"
        )
    joined = tuple((float(a), float(b), float(h), float(n)) for a, b, h, n in tree)
    return Tree(leaves, joined, caption=f"Tasks by {name}, {linkage} linkage of 1 - value", alt=f"{alt}.")


def names_of(context: AuditContext, matched: Matched) -> list[str]:
    """Return the names of the tasks that were clustered."""
    return [context.overlap.tasks[task] for task in matched.tasks]


def left_out(context: AuditContext, matched: Matched) -> list[str]:
    """Return the names of the tasks that were not."""
    return [name for task, name in enumerate(context.overlap.tasks) if task not in matched.tasks]


def score_of(matched: Matched, level: str, linkage: Linkage, side: str, metric: str = "ari") -> Score:
    """Return one score of the affinity or of E."""
    return matched.levels[level].linkages[linkage][side][metric]
