"""The committed report of the paper: of the plan that is there, and every verdict follows from its numbers."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.reproduction.command import command_of
from auditor.reproduction.plan import Claim, Measured
from auditor.reproduction.plans.cheng_zhang.plan import plan
from auditor.reproduction.verdict import judge

FOLDER = Path(__file__).parents[2] / "reports" / "paper"
DOCUMENT = json.loads((FOLDER / "audit.json").read_text(encoding="utf-8"))
FINDINGS = {found["name"]: found["data"] for found in DOCUMENT["data"]["findings"]}
TOLD = [one for data in FINDINGS.values() for one in data.get("claims", ()) if isinstance(one, dict)]
PLAN = plan()


def measured_of(told: dict[str, Any] | None) -> Measured | None:
    """What the document holds of a measurement."""
    if told is None:
        return None
    value, low, high = (math.nan if told[key] is None else told[key] for key in ("value", "low", "high"))
    return Measured(value, low, high, exact=told["exact"])


def test_the_report_is_of_the_plan_that_is_there() -> None:
    assert [(one["id"], one["claimed"]) for one in TOLD] == [(c.id, c.claimed) for c in PLAN.claims]
    commands = {one["name"]: one["command"] for one in FINDINGS["audits and their commands"]["audits"]}
    assert commands == {work.name: command_of(work) for work in PLAN.works}


def test_every_verdict_follows_from_the_numbers_beside_it() -> None:
    by_id: dict[str, Claim] = {claim.id: claim for claim in PLAN.claims}
    for one in TOLD:
        claim = replace(by_id[one["id"]], within=one["within"], kind=one["kind"])
        alone = measured_of(one["labels_alone"])
        assert judge(claim, measured_of(one["measured"]), alone) == one["verdict"], one["id"]


def test_the_counts_at_the_top_are_those_of_the_rows() -> None:
    counts = Counter(one["verdict"] for one in TOLD)
    assert {k: v for k, v in FINDINGS["claims by verdict"]["claims"].items() if v} == dict(counts)
    said = DOCUMENT["data"]["verdict"]["sentence"]
    assert said.startswith(f"Of {len(TOLD)} claims: ")
    told = said.replace("follow from", "follows from")
    assert all(f"{count} {verdict}" in told for verdict, count in counts.items())
    assert all(text in (FOLDER / "report.md").read_text(encoding="utf-8") for text in (said, "## Table 1"))


def test_every_audit_that_counts_as_done_is_there_to_be_looked_at() -> None:
    for one in FINDINGS["audits and their commands"]["audits"]:
        if one["done"]:
            folder = FOLDER.parent / one["of"] if one["of"] else FOLDER / "audits" / one["name"]
            document = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
            assert document["meta"]["command"] == one["command"]
