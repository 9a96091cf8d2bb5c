"""Duplicate tasks: pairs that are one measurement under two names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditor.analyses.duplicate_tasks.duplicates import (
    SAME,
    ReadOuts,
    Twins,
    median_correlation,
    readouts,
    twins,
)
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text

if TYPE_CHECKING:
    from auditor.overlap.label_correlation import Empirical

SHOWN = 40
"""Rows of each table; the data holds them all."""
CERTAIN = ("identical", "same up to sign or scale")
RANKING = "same ranking, other scale"


def analyse(context: AuditContext) -> Finding:
    """Name the tasks that carry the same labels, and those that were read from one assay."""
    tasks, names = context.benchmark.tasks, context.benchmark.task_names
    pairs = twins(context.benchmark.labels, tasks, context.empirical)
    groups = readouts(tasks)
    data = {
        "pairs": [_pair_data(pair, names) for pair in pairs],
        "groups": [_group_data(group, names, context.empirical) for group in groups],
    }
    return Finding(
        "duplicate-tasks",
        _sentence(pairs, groups, names),
        data,
        _blocks(data["pairs"], data["groups"]),
    )


def _pair_data(pair: Twins, names: Sequence[str]) -> dict[str, Any]:
    return {
        "tasks": [names[pair.first], names[pair.second]],
        "verdict": pair.verdict,
        "correlation": pair.correlation,
        "spearman": pair.spearman,
        "shared": pair.shared,
        "equal": pair.equal,
        "close": pair.close,
        "containment": pair.containment,
    }


def _group_data(group: ReadOuts, names: Sequence[str], empirical: Empirical) -> dict[str, Any]:
    return {
        "tasks": [names[place] for place in group.tasks],
        "certain": group.certain,
        "by": group.by,
        "median_correlation": median_correlation(empirical, group.tasks),
    }


def _sentence(pairs: Sequence[Twins], groups: Sequence[ReadOuts], names: Sequence[str]) -> str:
    same = [pair for pair in pairs if pair.verdict in CERTAIN]
    ranked = [pair for pair in pairs if pair.verdict == RANKING]
    alike = len(pairs) - len(same) - len(ranked)
    stated = [group for group in groups if group.certain]
    said = []
    if same:
        said.append(f"{_named(same, names)} carry the same labels: keep one task of each such pair")
    if ranked:
        said.append(f"{_named(ranked, names)} give one ranking on two scales: keep one of each pair")
    if alike:
        pairs_are = "pair is" if alike == 1 else "pairs are"
        said.append(f"{alike:,} {pairs_are} nearly the same, nearly opposite or partly copied")
    if stated:
        count, assays = sum(len(group.tasks) for group in stated), len(stated)
        said.append(
            f"{count:,} tasks are read-outs of {assays:,} assay{'s' if assays > 1 else ''}, so their "
            "relatedness is partly built in"
        )
    return f"{'; '.join(said) or f'No two tasks carry the same labels (|E| above {SAME})'}."


def _named(pairs: Sequence[Twins], names: Sequence[str]) -> str:
    also = f" and {len(pairs) - 1:,} more" if len(pairs) > 1 else ""
    return f"{names[pairs[0].first]} and {names[pairs[0].second]}{also}"


def _blocks(pairs: list[dict[str, Any]], groups: list[dict[str, Any]]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if pairs:
        blocks.append(_pair_table(pairs))
    for certain, what, column in (
        (True, "Tasks that the source reads from one assay", "assay"),
        (False, "Tasks perhaps read from one assay, by their names", "differ only in"),
    ):
        chosen = [group for group in groups if group["certain"] is certain]
        if chosen:
            blocks.append(_group_table(chosen, what, column))
    blocks.append(
        Text(
            f"Two tasks are one where |E| exceeds {SAME} or all labels of shared compounds are equal. "
            f"They give the same ranking where their rank correlation is beyond {SAME} or -{SAME}, as a "
            "concentration and its negative logarithm do; a pair is compared only where it "
            "shares enough compounds, with ten of the rarer class or ten distinct values among them. An "
            "affinity between such tasks says nothing about learning."
        )
    )
    return tuple(blocks)


def _pair_table(pairs: list[dict[str, Any]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            *pair["tasks"], pair["verdict"], pair["correlation"], pair["spearman"], pair["shared"],
            pair["equal"], pair["close"], pair["containment"],
        )
        for pair in pairs[:SHOWN]
    ]  # fmt: skip
    columns = ("task", "other task", "labels", "E", "by rank", "shared", "equal", "close", "containment")
    caption = f"Tasks with the same labels: {len(rows)} of {len(pairs)} pairs"
    return Table(columns, tuple(rows), caption=caption, digits=4)


def _group_table(groups: list[dict[str, Any]], what: str, column: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups[:SHOWN]:
        middle = group["median_correlation"]
        rows.append((group["by"], ", ".join(group["tasks"]), middle if middle == middle else None))
    caption = f"{what}: {len(rows)} of {len(groups)} groups"
    return Table((column, "tasks", "median |E|"), tuple(rows), caption=caption)
