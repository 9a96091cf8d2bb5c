"""What an analysis is relied on for. The component is ``(context, **options) -> Finding``.

Every check takes the audit that it is tried on. The default is `auditor.testing.audits`; give an
analysis of the stage "data" ``audit=small_audit(trained=False)``, which is what it will be handed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from auditor.audit.document import analysis_document, overlap_document
from auditor.audit.finding_faults import fault_of
from auditor.audit.results import Finding
from auditor.document.jsonable import plain_data
from auditor.faults import line_of
from auditor.report.sections.report import report_of
from auditor.testing.audits import ALIKE, small_audit
from auditor.testing.check import NotSupported, require
from auditor.testing.footprint import footprint
from auditor.testing.material import global_random_state_untouched, once, require_typed_options

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext

Analysis = Callable[..., Finding]


def options_can_be_typed(analyse: Analysis) -> None:
    """Every option has a default and a type that text can give."""
    require_typed_options(analyse)


def returns_a_finding(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """It returns a Finding whose data JSON can hold and whose blocks are whole."""
    found = _found(analyse, audit)
    fault = fault_of(found)
    require(not fault, f"it returns {fault}")


def has_something_to_say(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """On this audit the finding applies; with ``audit=`` give it one where it does, if this is not."""
    found = _found(analyse, audit)
    if found.status == "not applicable":
        raise NotSupported(f"it does not apply to this audit: {found.sentence}")
    require(found.status == "ok", f"its status is '{found.status}'")


def says_it_in_one_sentence(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """The sentence is plain text that begins and ends as sentences do."""
    said = _found(analyse, audit).sentence
    require(bool(said.strip()), "the sentence is empty")
    require(said.rstrip().endswith((".", ")")), f"the sentence does not end: {said!r}")
    require("\n" not in said and said.isprintable(), f"the sentence is not one plain line: {said!r}")


def can_be_rendered_in_every_format(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """The report of an audit with this finding renders in every installed format."""
    context = audit or small_audit()
    found = _found(analyse, context)
    report = _report(context, found)
    for component in context.request.registry.all("format"):
        try:
            rendered = component.load()(report)
        except Exception as error:
            require(False, f"{component.name} cannot render it: {line_of(error)}")
        else:
            require(isinstance(rendered, bytes) and bool(rendered), f"{component.name} renders nothing")


def leaves_the_context_alone(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """Analysing changes nothing that others read from the context."""
    context = audit or small_audit()
    before = footprint(context)
    analyse(context)
    changed = [name for name, digest in footprint(context).items() if digest != before[name]]
    require(not changed, f"the analysis has changed {', '.join(changed)} of the context")


def leaves_the_global_random_state_alone(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """Analysing changes no global random state."""
    context = audit or small_audit()
    with global_random_state_untouched():
        analyse(context)


def the_same_audit_gives_the_same_finding(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """Made twice, the finding is the same."""
    context = audit or small_audit()
    first, second = (plain_data(_facts(f)) for f in (_found(analyse, context), analyse(context)))
    for name, part in first.items():
        require(part == second[name], f"{name} differs between two calls: derive from context.seed")


def a_single_task_is_no_error(analyse: Analysis, *, audit: AuditContext | None = None) -> None:
    """Of a benchmark with one task it says what can be said, or that it does not apply."""
    trained = audit is None or audit.analysis is not None
    fault = fault_of(analyse(small_audit(trained=trained, tasks=(ALIKE,))))
    require(not fault, f"of a single task it returns {fault}")


CHECKS = (
    options_can_be_typed,
    returns_a_finding,
    has_something_to_say,
    says_it_in_one_sentence,
    can_be_rendered_in_every_format,
    leaves_the_context_alone,
    leaves_the_global_random_state_alone,
    the_same_audit_gives_the_same_finding,
    a_single_task_is_no_error,
)


def _found(analyse: Analysis, audit: AuditContext | None) -> Finding:
    found: Finding = once(analyse, audit or small_audit())
    return found


def _facts(found: Finding) -> dict[str, Any]:
    return {
        "sentence": found.sentence,
        "data": dict(found.data),
        "blocks": [dataclasses.asdict(block) for block in found.blocks],
    }


def _report(context: AuditContext, found: Finding) -> Any:
    filled = dataclasses.replace(context, findings={found.name: found})
    document = overlap_document(filled) if filled.trainings is None else analysis_document(filled)
    return report_of(plain_data(document))
