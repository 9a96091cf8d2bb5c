"""What a plan is relied on for. The component is ``() -> Plan``."""

from __future__ import annotations

from collections.abc import Callable

from auditor.faults import line_of
from auditor.plugin.loading import load_registry
from auditor.report.sections.report import report_of
from auditor.report.text.markdown import export
from auditor.reproduction.checking import faults_of
from auditor.reproduction.document import reproduction_document
from auditor.reproduction.judging import judged
from auditor.reproduction.plan import Plan
from auditor.reproduction.run import Collected
from auditor.testing.check import NotConforming, require

Offered = Callable[[], Plan]


def gives_a_plan(offered: Offered) -> None:
    """What it gives is a plan."""
    found = offered()
    require(isinstance(found, Plan), f"it returns a {type(found).__name__}, not a Plan")


def can_be_run(offered: Offered) -> None:
    """Every claim has a measure or a reason, and every audit asks for what is registered."""
    fault = next(faults_of(offered(), load_registry()), "")
    require(not fault, fault)


def gives_the_same_again(offered: Offered) -> None:
    """Asked twice it makes the same claims and the same audits: a run in parts depends on it."""
    first, second = offered(), offered()
    same = [claim.id for claim in first.claims] == [claim.id for claim in second.claims]
    require(same and first.works == second.works, "two calls give different plans")


def claims_nothing_measured_before_an_audit_has_run(offered: Offered) -> None:
    """Without any audit, a claim that names one is not measured yet."""
    for one in judged(offered(), Collected()):
        early = bool(one.claim.works) and one.measured is not None
        require(not early, f"claim '{one.claim.id}' has a number before its audits have run")


def can_be_reported(offered: Offered) -> None:
    """Its report can be made at any time, also before an audit has run."""
    document = reproduction_document(offered(), Collected(), load_registry(), "mtl-audit reproduce")
    try:
        text = export(report_of(document)).decode()
    except Exception as error:
        raise NotConforming(f"its report cannot be made: {line_of(error)}") from error
    missing = [claim.id for claim in offered().claims if not claim.sentence.strip()]
    require(not missing and bool(text), f"claim '{(*missing, '')[0]}' has no sentence")


CHECKS = (
    gives_a_plan,
    can_be_run,
    gives_the_same_again,
    claims_nothing_measured_before_an_audit_has_run,
    can_be_reported,
)
