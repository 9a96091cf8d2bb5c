"""A benchmark made ready for a recommendation, and the document of what was recommended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.analyses.recommendation.words import status_of
from auditor.errors import GateFailed, UsageError

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.request import AnalysisRequest
    from auditor.audit.results import Finding

KIND = "recommendation"


def open_study(request: AnalysisRequest, *, estimate: bool = True) -> AuditContext:
    """Return an audit that is ready to train, with the affinities that serve as prior information.

    Analyses of the data run where ``--only`` or ``--also`` names them. An affinity that gives nothing
    becomes an error finding; the recommendation goes on without it.

    Raises
    ------
    GateFailed
        An affinity needs shared compounds, and the tasks share too few.
    UsageError
        An analysis is asked for that needs trained affinities.
    """
    from auditor.audit.planned_trainings import plan_trainings
    from auditor.audit.steps import estimated, failed, settled
    from auditor.gate.facts import verdict
    from auditor.pipeline import needs_overlap, open_audit

    registry = request.data.registry
    asked = (*request.data.only, *request.data.also)
    late = [name for name in asked if registry.get("analysis", name).stage != "data"]
    if late:
        raise UsageError(f"recommend does not run '{late[0]}'", hint="mtl-audit analyze does")
    others = [part.name for part in registry.all("analysis") if part.name not in asked]
    context = open_audit(replace(request.data, skip=(*request.data.skip, *others)))
    context.seed, context.window, context.analysis = request.seed, request.window, request
    if context.gate.status == "fail" and estimate and needs_overlap(request):
        error = GateFailed(
            f"gate failed: {verdict(context.gate, context.overlap)['sentence']}",
            hint="--affinity chemical-correlation, the default, needs no shared compounds",
        )
        error.context = context
        raise error
    context.trainings = plan_trainings(request, context.benchmark)
    for name in request.affinities if estimate else ():
        component = registry.get("affinity", name)
        options = settled(component, request.data)
        try:
            context.affinities[name] = estimated(component, context, options)
        except Exception as error:
            context.findings[name] = failed(component, error)
    return context


def recommendation_document(context: AuditContext, found: Finding, *, kind: str = KIND) -> dict[str, Any]:
    """Return the document of a recommendation, or of a forecast of any kind, and of what else was found."""
    from auditor.audit.document import SCHEMA_VERSION, published_facts
    from auditor.audit.making import audit_meta
    from auditor.document.blocks import to_json
    from auditor.gate.facts import verdict

    benchmark = context.benchmark
    findings = [found, *context.findings.values()]
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "meta": audit_meta(context),
        "data": {
            "benchmark": {
                "name": benchmark.name,
                "compounds": benchmark.n,
                "tasks": benchmark.t,
                "notes": list(benchmark.notes),
                "stamps": list(benchmark.stamps),
                **published_facts(benchmark.provenance),
            },
            "overlap_verdict": verdict(context.gate, context.overlap),
            "verdict": {"status": status_of(found.data), "sentence": found.sentence},
            "findings": [
                {
                    "name": one.name,
                    "status": one.status,
                    "sentence": one.sentence,
                    "data": dict(one.data),
                    "citation": one.citation,
                    "blocks": [to_json(block) for block in one.blocks],
                }
                for one in findings
            ],
        },
    }
