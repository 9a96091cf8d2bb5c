"""From the JSON document to the sections of a report, verdict first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.audit.answer.card import answers_of
from auditor.audit.document import SCHEMA_VERSION
from auditor.audit.figures import with_figures
from auditor.document.blocks import Answer, Block, Cell, KeyValues, Report, Section, Table, Text, from_json
from auditor.document.examples import words_for
from auditor.document.read import read_lines
from auditor.errors import DataError
from auditor.report.sections import examples
from auditor.report.sections.affinity import affinity_section
from auditor.report.sections.closing import closing_sections, identity_of
from auditor.report.sections.overlap import labels_matrix, overlap_section
from auditor.report.wording import VERDICTS
from auditor.text import count_of

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
    data = with_figures(document)
    name = data["benchmark"]["name"]
    sections = [] if document["kind"] in WITHOUT_OVERLAP else [_audited(document), overlap_section(data)]
    if document["kind"] == "analysis":
        sections += [affinity_section(data, estimator) for estimator in data["affinity"]]
    sections += [_finding(found, data) for found in data["findings"] if _has_a_section(found)]
    sections += closing_sections(document, compared=document["kind"] in WITHOUT_OVERLAP)
    kind = KINDS.get(document["kind"], "Audit")
    found = Report(
        title=title or f"{kind} of {name}",
        verdict=data["verdict"]["sentence"],
        verdict_status=data["verdict"]["status"],
        stamps=_stamps(data),
        sections=tuple(sections),
        document=document,
        read=read_lines(document.get("read", {})),
        answers=_answers(document),
    )
    report: Report = words_for(document)(found)
    return report


def _answers(document: Mapping[str, Any]) -> tuple[Answer, ...]:
    if document["kind"] in WITHOUT_OVERLAP:
        return ()
    return tuple(Answer(**answer) for answer in answers_of(document["data"]))


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
    recorded = (data.get("training") or {}).get("recorded")
    source = (
        (f"The gradients are from {recorded['name']}, recorded in another training.",) if recorded else ()
    )
    return (*ignored, *source, *data["benchmark"]["stamps"])


def _audited(document: Mapping[str, Any]) -> Section:
    data = document["data"]
    facts, verdict = data["benchmark"], data["verdict"]
    counts = verdict["counts"]
    rows: list[tuple[str, Cell]] = [
        ("compounds", facts["compounds"]),
        ("tasks", facts["tasks"]),
        ("labels", facts["labels"]),
        ("share of the table that is measured", round(facts["density"], 4)),
        ("compound identity", identity_of(document)),
        ("pairs of tasks", verdict["pairs"]),
        *((f"pairs {name}", counts[name]) for name in VERDICTS),
    ]
    if verdict["reliable_subset"] and verdict["status"] != "pass":
        known = verdict.get("reliable_subset_compounds")
        shared = "" if known is None else f"; {count_of(known, 'compound')} measured in all of these"
        rows.append(("tasks whose pairs are all reliable", ", ".join(verdict["reliable_subset"]) + shared))
        if not verdict.get("reliable_subset_exact", True):
            most = count_of(verdict["reliable_subset_bound"], "task")
            rows.append(("no larger such set has more than", most))
    return Section("What was audited", (KeyValues(tuple(rows)), _task_table(data["tasks"])))


def _task_table(tasks: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("task", "kind", "unit", "labels", "mean", "sd", "repeated", "conflicting", "rejected")
    keys = ("name", "kind", "unit", "labels", "mean", "sd", "repeated", "conflicting", "rejected")
    rows = tuple(tuple(task[key] for key in keys) for task in tasks)
    return Table(columns, rows, caption="Tasks; the mean of a 0/1 task is its positive rate")


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


def _has_a_section(found: Mapping[str, Any]) -> bool:
    """Return whether a report tells of a finding: not where it does not apply, unless it was asked for."""
    return found["status"] != "not applicable" or bool(found["data"].get("needs"))


def _drawn(found: Mapping[str, Any], data: Mapping[str, Any]) -> list[Block]:
    """Return the figures and molecules that a finding does not hold itself."""
    if found["status"] == "error":
        return []
    drawn: Block | None
    match found["name"]:
        case "data-quality":
            drawn = examples.rejected(data)
        case "label-correlation":
            drawn = labels_matrix(data)
        case "measurement-plan":
            drawn = examples.planned(found)
        case "benefit":
            return [from_json(chart) for chart in data.get("figures", {}).get("benefit", ())]
        case _:
            return []
    return [drawn] if drawn else []
