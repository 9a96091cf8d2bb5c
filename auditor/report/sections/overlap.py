"""The section of a report that shows what the tasks share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.document.blocks import Block, Cell, Matrix, Section, Table
from auditor.overlap.overlap import MEASURES


def overlap_section(data: Mapping[str, Any]) -> Section:
    """Return the spread of every measure over the pairs, and the two matrices that are read most."""
    found, verdict = data["overlap"], data["verdict"]
    names = tuple(task["name"] for task in data["tasks"])
    summary = found["summary"]
    limits = verdict["thresholds"]
    blocks: list[Block] = []
    if verdict["pairs"]:
        blocks.append(_summary_table(summary, limits))
        for measure, says in (
            ("jaccard", "|A∩B| / |A∪B|"),
            ("containment", "|A∩B| / min(|A|, |B|)"),
        ):
            caption = f"{measure.capitalize()}, {says}, 0 to 1"
            blocks.append(Matrix(names, names, tuple(map(tuple, found[measure])), caption))
    return Section("Overlap", tuple(blocks), note=_overlap_note(data))


def labels_matrix(data: Mapping[str, Any]) -> Matrix:
    """Return E of every pair as a heat map."""
    names = tuple(task["name"] for task in data["tasks"])
    values = tuple(map(tuple, data["label_correlation"]["correlation"]))
    return Matrix(names, names, values, "E, the correlation of the labels, -1 to 1", "diverging", low=-1.0)


def _summary_table(summary: Mapping[str, Any], limits: Mapping[str, Any]) -> Table:
    above = [f"above_{limits[key]:.2f}" for key in ("borderline", "reliable")]
    rows: list[tuple[Cell, ...]] = []
    for name in (*MEASURES, "retention_equivalent", "support"):
        if name not in summary:  # a document of an earlier version may lack what was added since
            continue
        s = summary[name]
        spread = [s[key] for key in ("median", "mean", "min", "max")]
        counted = [round(value) for value in spread] if name == "support" else spread
        rows.append((name.replace("_", " "), *counted, *(s.get(key) for key in above)))
    columns = ("measure", "median", "mean", "min", "max", *(f"pairs > {key[6:]}" for key in above))
    return Table(columns, tuple(rows), caption="All pairs of tasks")


def _overlap_note(data: Mapping[str, Any]) -> str:
    limits = data["verdict"]["thresholds"]
    return (
        f"A pair is reliable from {limits['measure']} {limits['reliable']:.2f}, borderline from "
        f"{limits['borderline']:.2f}, and not estimable below {limits['min_support']} shared compounds "
        "or where a task is constant on them. The thresholds are the claim of Cheng & Zhang 2026; "
        "what a pair can show also depends on how many compounds it shares."
    )
