"""The index of the reports, written from their documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from auditor.plugin.loading import load_registry
from auditor.statistics.association import associate

PAPERS = ("paper", "etap")
"""The folders of the claims of papers, which are no audit of their own."""
ABOUT = (
    "Made by `make reports` from the documents beside it. Every r is over pairs of tasks: the reliable "
    "ones, and all where E is known for estimators that need no shared compounds. Unseen compounds are "
    "validation and test compounds in documents of 0.1.0; from 0.2.0 on they are test compounds alone."
)
OVERLAP = (
    "| report | compounds | tasks | pairs | median Jaccard | median containment | mean containment "
    "| pairs over 0.30 (Jaccard, containment) | verdict |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---|",
)
AFFINITY = (
    "| report | affinity | r with E | pairs | 95 % interval over tasks | Mantel p "
    "| r with E of unseen compounds, pairs, p | reliability | r over all logs |",
    "|---|---|---:|---:|---|---:|---|---:|---:|",
)
BENEFIT = (
    "| report | trainings | metric | pairs | mean benefit of a pair | 95 % interval over tasks "
    "| pairs beyond theirs (+, −) | reliability | r of each estimate with the benefit (interval), p |",
    "|---|---:|---|---:|---:|---|---:|---:|---|",
)
GROUPING = (
    "| report | groups at most | grouping | mean gain | random groups of the same sizes (95 %) "
    "| rank p, not corrected |",
    "|---|---:|---|---:|---:|---:|",
)


def index_page(folder: Path) -> str:
    """Return the page, of all documents below a folder."""
    every = (*folder.glob("*/audit.json"), *folder.glob("overlap/*/audit.json"))
    documents = sorted(path for path in every if path.parent.name not in PAPERS)
    overlaps = [path for path in documents if read(path)["kind"] == "overlap"]
    analyses = [path for path in documents if path not in overlaps]
    lines = ["# Audits of published benchmarks", "", ABOUT]
    lines += section("Overlap", OVERLAP, overlaps, overlap_rows)
    lines += section("Affinity and the correlation of labels", AFFINITY, analyses, affinity_rows)
    lines += section("Measured benefit of training together", BENEFIT, analyses, benefit_rows)
    lines += section("Grouping by an affinity, against random groups", GROUPING, analyses, grouping_rows)
    lines += ["", "## Commands", ""]
    lines += [f"- {link(path)}: `{read(path)['meta']['command']}`" for path in (*overlaps, *analyses)]
    return "\n".join(lines) + "\n"


def section(
    title: str,
    head: tuple[str, str],
    documents: Iterable[Path],
    rows: Callable[[str, dict[str, Any]], list[str]],
) -> list[str]:
    """Return a table with the rows that each document gives."""
    found = [row for path in documents for row in rows(link(path), read(path)["data"])]
    return ["", f"## {title}", "", *head, *found]


def link(path: Path) -> str:
    """Return the link to a report, from the index."""
    place = path.parent
    folder = f"overlap/{place.name}" if place.parent.name == "overlap" else place.name
    return f"[{place.name}]({folder}/report.md)"


def overlap_rows(name: str, data: dict[str, Any]) -> list[str]:
    """Return one row of the overlap table."""
    jaccard, containment = (data["overlap"]["summary"][measure] for measure in ("jaccard", "containment"))
    facts = data["benchmark"]
    return [
        f"| {name} ({facts['identity']}) "
        f"| {facts['compounds']:,} | {facts['tasks']} | {jaccard['pairs']} | {jaccard['median']:.3f} "
        f"| {containment['median']:.3f} "
        f"| {containment['mean']:.3f} | {jaccard['above_0.30']}, {containment['above_0.30']} "
        f"| {data['verdict']['status']} |"
    ]


def affinity_rows(name: str, data: dict[str, Any]) -> list[str]:
    """Return a row for every estimator whose agreement with E was measured."""
    rows = []
    for estimator in finding(data, "agreement"):
        found = agreement(data, estimator)
        about, unseen = data["affinity_about"][estimator], found.get("unseen") or {}
        every = found.get("all_logs") or {}
        rows.append(
            f"| {name} | {estimator} | {number(found['pearson'], 3)} | {found['pairs']} "
            f"| {interval(found)} | {number(found['mantel_p'], 4)} | {over_unseen(unseen)} "
            f"| {number(about.get('reliability'), 2)} | {number(every.get('pearson'), 3)} |"
        )
    return rows


def agreement(data: Mapping[str, Any], estimator: str) -> dict[str, Any]:
    """Return how an affinity goes with E: of all pairs where E is known, if it needs no shared compounds.

    A document of 0.1.0 holds such an affinity against E of the reliable pairs only: it is done again here.
    """
    found: dict[str, Any] = finding(data, "agreement")[estimator]
    if estimator not in free_of_overlap():
        return found
    values, known = (
        np.array(rows, dtype=np.float64)
        for rows in (data["affinity"][estimator], data["label_correlation"]["correlation"])
    )
    return {**found, **vars(associate((values + values.T) / 2, known, seed=0))}


@cache
def free_of_overlap() -> frozenset[str]:
    """Return the estimators that need no shared compounds."""
    return frozenset(one.name for one in load_registry().all("affinity") if not one.needs_overlap)


def over_unseen(found: Mapping[str, Any]) -> str:
    """Return r with E of unseen compounds, of how many pairs, and its p."""
    if not found:
        return "–"
    return f"{number(found['pearson'], 2)}, {found['pairs']}, {number(found['mantel_p'], 4)}"


def benefit_rows(name: str, data: dict[str, Any]) -> list[str]:
    """Return a row for every metric by which a benefit was judged."""
    found = finding(data, "benefit")
    return [
        f"| {name} | {found['trainings']['in_all']} | {', '.join(row['metrics'])} "
        f"| {row['size']['pairs']} | {number(row['size']['mean'], 4)} | {interval(row['size'], 4)} "
        f"| {row['size']['beyond']['gain']}, {row['size']['beyond']['loss']} "
        f"| {number(row['reliability'], 2)} | {'; '.join(with_benefit(row['foretold']))} |"
        for row in found.get("by_metric", [])
    ]


def with_benefit(foretold: dict[str, Any]) -> list[str]:
    """Return how each estimate goes with a benefit."""
    return [
        f"{name} {number(found['pearson'], 2)} ({interval(found)}), {number(found['mantel_p'], 2)}"
        for name, found in foretold.items()
    ]


def grouping_rows(name: str, data: dict[str, Any]) -> list[str]:
    """Return for every number of groups the published way, and the best of all that were judged."""
    judged = [
        row for row in finding(data, "grouping").get("groupings", []) if row["judged"]["p"] is not None
    ]
    rows = []
    for most in sorted({row["most"] for row in judged}):
        tried = [row for row in judged if row["most"] == most]
        published = [r for r in tried if (r["by"], r["way"]) == ("gradient-cosine", "average linkage")]
        best = min(tried, key=lambda row: float(row["judged"]["p"]))
        rows += [grouping_row(name, row, f"{row['by']}, {row['way']}") for row in published]
        rows.append(grouping_row(name, best, f"best of {len(tried)}: {best['by']}, {best['way']}"))
    return rows


def grouping_row(name: str, row: dict[str, Any], label: str) -> str:
    """Return the row of one grouping."""
    judged = row["judged"]
    return (
        f"| {name} | {row['most']} | {label} | {number(judged['value'], 4)} "
        f"| {number(judged['mean'], 4)} ({interval(judged, 4)}) | {number(judged['p'], 3)} |"
    )


def finding(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the numbers of a finding, empty where the analysis was not run or failed."""
    chosen = [f["data"] for f in data["findings"] if f["name"] == name and f["status"] == "ok"]
    return dict(chosen[0]) if chosen else {}


def interval(found: dict[str, Any], digits: int = 2) -> str:
    """Return an interval in words, or a dash where there is none."""
    low, high = found["low"], found["high"]
    return "–" if low is None or high is None else f"{low:.{digits}f} to {high:.{digits}f}"


def number(value: float | None, digits: int) -> str:
    """Return a number, or a dash where nothing was estimated."""
    return "–" if value is None else f"{value:.{digits}f}"


def read(path: Path) -> dict[str, Any]:
    """Return a document."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
