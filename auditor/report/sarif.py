"""SARIF 2.1.0, which code hosts show beside a change: what an audit says against its data.

Reference
---------
OASIS Standard, Static Analysis Results Interchange Format (SARIF) version 2.1.0, 2020.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from auditor.audit.answer.repairs import NOTHING, QUESTION
from auditor.document.blocks import Report
from auditor.text import count_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"fail": "error", "partial": "warning"}
RULES = {
    "gate": "The tasks share enough compounds.",
    "reading": "Every structure of the table can be read.",
    "data": "The data needs no correction.",
    "analysis": "Every analysis gives a result.",
}


class Result(NamedTuple):
    """One thing that is said against the data: by which rule, how grave, in words."""

    rule: str
    level: str
    text: str


def export(report: Report) -> bytes:
    """Return the verdict, if it is not a pass, and all that is wrong with the data, as SARIF.

    Places are the files that were read, without their folders: a report does not tell where a table lies.
    """
    version = str(report.document.get("meta", {}).get("mtl_audit", ""))
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "mtl-audit", "version": version, "rules": rules}
    places = [_place(file) for file in report.document.get("read", {}).get("files", ())]
    results = [_told(result, places) for result in _results(report)]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return (json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n").encode()


def _results(report: Report) -> Iterator[Result]:
    stamps = "".join(f" {stamp}" for stamp in report.stamps)
    if report.verdict_status in LEVELS:
        yield Result("gate", LEVELS[report.verdict_status], report.verdict + stamps)
    data = report.document.get("data", {})
    for reject in data.get("rejects", ()):
        text = f"'{reject['smiles']}' of {count_of(reject['rows'], 'value')}: {reject['reason']}"
        yield Result("reading", "warning", text)
    repairs = next((found for found in report.answers if found.question == QUESTION), None)
    if repairs is not None and repairs.answer != NOTHING:
        yield Result("data", "warning", repairs.answer)
    for finding in data.get("findings", ()):
        if finding.get("status") == "error":
            yield Result("analysis", "error", f"{finding['name']}: {finding['sentence']}")


def _place(file: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": str(file["name"])}, "region": {"startLine": 1}}
    }


def _told(result: Result, places: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": result.text},
    }
    return {**found, "locations": places} if places else found
