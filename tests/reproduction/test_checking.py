"""What is wrong with a plan is told before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from auditor.plugin.loading import load_registry
from auditor.reproduction.checking import faults_of
from auditor.reproduction.plan import Claim, Measured, Plan, PlannedAudit, Work

REGISTRY = load_registry()
CLAIM = Claim("r", "Table 1", "r is 0.5", 0.5, works=("one",), measure=lambda _: Measured(0.5))
AUDIT = PlannedAudit("one", "synthetic", 1.0, "analyze", {"encoder": "ecfp", "also": ("benefit",)})


def faults(claims: Sequence[Claim] = (CLAIM,), works: Sequence[Work] = (AUDIT,)) -> list[str]:
    return list(faults_of(Plan("P", "R", "p", tuple(claims), tuple(works)), REGISTRY))


def test_a_sound_plan_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("claims", "works", "says"),
    [
        ((), (AUDIT,), "no claim"),
        ((CLAIM, CLAIM), (AUDIT,), "'r' is there 2 times"),
        ((replace(CLAIM, id="../r"),), (AUDIT,), "is no name"),
        ((replace(CLAIM, works=("two",)),), (AUDIT,), "'two', which the plan does not hold"),
        ((replace(CLAIM, measure=None),), (AUDIT,), "neither a measure nor a reason"),
        ((replace(CLAIM, claimed=None),), (AUDIT,), "claims no number"),
        ((CLAIM,), (replace(AUDIT, name="../one"), AUDIT), "is no name for a folder"),
        ((CLAIM,), (replace(AUDIT, minutes=float("nan")),), "states no cost"),
        ((CLAIM,), (replace(AUDIT, benchmark="tox2"),), "no dataset named 'tox2'"),
        ((CLAIM,), (replace(AUDIT, options={"encoder": "gcm"}),), "no encoder named 'gcm'"),
        ((CLAIM,), (replace(AUDIT, options={"also": ("benefits",)}),), "no analysis named 'benefits'"),
        ((CLAIM,), (replace(AUDIT, options={"analysis_options": {"x": {}}}),), "no analysis named 'x'"),
        ((CLAIM,), (replace(AUDIT, options={"epoch": 3}),), "an option 'epoch'"),
        ((CLAIM,), (replace(AUDIT, options={"mirror": "/"}),), "an option 'mirror'"),
    ],
)
def test_a_fault_is_named(claims: Sequence[Claim], works: Sequence[Work], says: str) -> None:
    assert any(says in fault for fault in faults(claims, works))
