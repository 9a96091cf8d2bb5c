"""From the JSON document to the sections of a report, verdict first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.errors import DataError
from auditor.overlap import MEASURES
from auditor.report import examples, figures
from auditor.report.blocks import (
    Block,
    Cell,
    KeyValues,
    Matrix,
    Report,
    Section,
    Table,
    Text,
    from_json,
)
from auditor.report.closing import closing_sections
from auditor.report.wording import VERDICTS
from auditor.result import SCHEMA_VERSION

KINDS = {
    "overlap": "Overlap audit",
    "analysis": "Affinity audit",
    "leakage": "Leakage audit",
    "comparison": "Comparison of audits",
    "recommendation": "Recommendation",
    "forecast": "Dry run of an affinity audit",
}
WITHOUT_OVERLAP = ("leakage", "comparison", "recommendation", "forecast")


def report_of(document: Mapping[str, Any], *, title: str | None = None) -> Report:
    """Return the report of a document.

    Raises
    ------
    DataError
        The document is not one of this tool's, or of a newer schema than this version knows.
    """
    check_document(document)
    data = document["data"]
    name = data["benchmark"]["name"]
    sections = [] if document["kind"] in WITHOUT_OVERLAP else [_audited(data), _overlap(data)]
    if document["kind"] == "analysis":
        sections += [_affinity(data, estimator) for estimator in data["affinity"]]
    sections += [_finding(found, data) for found in data["findings"] if found["status"] != "not applicable"]
    sections += closing_sections(document, compared=document["kind"] in WITHOUT_OVERLAP)
    kind = KINDS.get(document["kind"], "Audit")
    return Report(
        title=title or f"{kind} of {name}",
        verdict=data["verdict"]["sentence"],
        verdict_status=data["verdict"]["status"],
        stamps=_stamps(data),
        sections=tuple(sections),
        document=document,
    )


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse what is not a document of this tool, or of a newer schema; raises DataError."""
    if not isinstance(document, Mapping) or "schema_version" not in document:
        raise DataError("this is not an mtl-audit document", hint="give the audit.json of a run")
    version = document["schema_version"]
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise DataError(
            f"the document has schema version {version}, this mtl-audit knows {SCHEMA_VERSION}",
            hint="pip install --upgrade mtl-audit",
        )
    missing = [key for key in ("kind", "meta", "data") if key not in document]
    if missing:
        raise DataError(f"the document lacks {', '.join(missing)}", hint="make it again with analyze")


def _stamps(data: Mapping[str, Any]) -> tuple[str, ...]:
    ignored = ("The gate failed and was ignored on request.",) if data.get("gate_ignored") else ()
    return (*ignored, *data["benchmark"]["stamps"])


def _audited(data: Mapping[str, Any]) -> Section:
    facts, verdict = data["benchmark"], data["verdict"]
    counts = verdict["counts"]
    rows: list[tuple[str, Cell]] = [
        ("compounds", facts["compounds"]),
        ("tasks", facts["tasks"]),
        ("labels", facts["labels"]),
        ("share of the table that is measured", round(facts["density"], 4)),
        ("compound identity", facts["identity"]),
        ("pairs of tasks", verdict["pairs"]),
        *((f"pairs {name}", counts[name]) for name in VERDICTS),
    ]
    if verdict["reliable_subset"] and verdict["status"] != "pass":
        rows.append(("tasks whose pairs are all reliable", ", ".join(verdict["reliable_subset"])))
        rows.append(("compounds measured in all of them", verdict.get("reliable_subset_compounds")))
        if not verdict.get("reliable_subset_exact", True):
            rows.append(("a larger such set has at most so many tasks", verdict["reliable_subset_bound"]))
    return Section("What was audited", (KeyValues(tuple(rows)), _task_table(data["tasks"])))


def _task_table(tasks: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("task", "kind", "unit", "labels", "mean", "sd", "repeated", "conflicting", "rejected")
    keys = ("name", "kind", "unit", "labels", "mean", "sd", "repeated", "conflicting", "rejected")
    rows = tuple(tuple(task[key] for key in keys) for task in tasks)
    return Table(columns, rows, caption="Tasks; the mean of a 0/1 task is its positive rate")


def _overlap(data: Mapping[str, Any]) -> Section:
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
            blocks.append(Matrix(names, names, _values(found[measure]), caption))
    return Section("Overlap", tuple(blocks), note=_overlap_note(data))


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


def _affinity(data: Mapping[str, Any], name: str) -> Section:
    names = tuple(task["name"] for task in data["tasks"])
    about = data["affinity_about"][name]
    low, high = about["value_range"]
    values = data["affinity"][name]
    blocks: list[Block] = [
        Matrix(
            names,
            names,
            _values(values),
            f"{name}, {low:g} to {high:g}; rows and columns are tasks",
            scale="diverging",
            low=float(low),
            high=float(high),
        ),
        _strongest(names, data, name),
        KeyValues(tuple((key.replace("_", " "), value) for key, value in _facts(about))),
    ]
    drawn = figures.affinity_chart(data, name)
    if drawn:
        blocks.insert(1, drawn)
    return Section(f"Affinity: {name}", tuple(blocks), note=about["meaning"])


def _facts(about: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    shown = []
    for key, value in about.items():
        scalar = value is None or isinstance(value, str | int | float)
        if scalar and key not in ("meaning", "value_range"):
            shown.append((key, round(value, 4) if isinstance(value, float) else value))
    return shown


def _strongest(names: tuple[str, ...], data: Mapping[str, Any], name: str, *, most: int = 12) -> Table:
    values, about = data["affinity"][name], data["affinity_about"][name]
    errors, counts = data["affinity_standard_error"][name], data["affinity_count"][name]
    low, high = about.get("low"), about.get("high")
    places = [
        (i, j) for i in range(len(names)) for j in range(i + 1, len(names)) if values[i][j] is not None
    ]
    places.sort(key=lambda place: -abs(values[place[0]][place[1]]))
    rows: list[tuple[Cell, ...]] = []
    for i, j in places[:most]:
        interval = () if low is None else (_between(low, high, i, j),)
        rows.append((names[i], names[j], values[i][j], errors[i][j], *interval, counts[i][j]))
    middle = () if low is None else ("95 % interval",)
    columns = ("task", "task", "affinity", "standard error", *middle, "observations")
    caption = f"The strongest {len(rows)} of {len(places)} estimable pairs"
    return Table(columns, tuple(rows), caption=caption)


def _between(low: Any, high: Any, i: int, j: int) -> str | None:
    if low is None or low[i][j] is None or high[i][j] is None:
        return None
    return f"{low[i][j]:.2f} to {high[i][j]:.2f}"


def _finding(found: Mapping[str, Any], data: Mapping[str, Any]) -> Section:
    blocks = [from_json(block) for block in found["blocks"]]
    text = next((place for place, block in enumerate(blocks) if isinstance(block, Text)), len(blocks))
    return Section(
        found["name"].replace("-", " ").capitalize(),
        (*blocks[:text], *_drawn(found, data), *blocks[text:]),
        note=found["sentence"],
        status="error" if found["status"] == "error" else "ok",
        finding=True,
    )


def _drawn(found: Mapping[str, Any], data: Mapping[str, Any]) -> list[Block]:
    """Return the figures and molecules that a finding does not hold itself."""
    if found["status"] == "error":
        return []
    match found["name"]:
        case "data-quality":
            drawn = examples.rejected(data)
        case "measurement-plan":
            drawn = examples.planned(found)
        case "benefit":
            return list(figures.benefit_charts(found, data))
        case _:
            return []
    return [drawn] if drawn else []


def _values(matrix: Any) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(row) for row in matrix)
