"""One audit from top to bottom. Every step is one call; the arithmetic is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.audit.steps import estimate, investigate
from auditor.document.jsonable import plain_data
from auditor.errors import GateFailed

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.request import AnalysisRequest, DataRequest


def audit_overlap(request: DataRequest) -> tuple[AuditContext, dict[str, Any]]:
    """Audit what the tasks of a benchmark share; return what was found, and as the document."""
    from auditor.audit.document import overlap_document

    context = open_audit(request)
    return context, plain_data(overlap_document(context))


def audit_affinity(request: AnalysisRequest) -> tuple[AuditContext, dict[str, Any]]:
    """Audit overlap, stop at a failed gate, else train, estimate and analyse; return it with the document.

    Raises
    ------
    GateFailed
        Too few pairs are reliable and the gate was not ignored.
    """
    from auditor.audit.document import analysis_document
    from auditor.audit.opening import open_analysis

    context = open_audit(request.data)
    if context.gate.status == "fail" and not request.ignore_gate and needs_overlap(request):
        raise gate_failed(context)
    context = open_analysis(context, request)
    estimate(request.affinities, context)
    investigate(context, "affinity")
    return context, plain_data(analysis_document(context, context.training_facts()))


def open_audit(request: DataRequest) -> AuditContext:
    """Read a benchmark, count what its tasks share, judge every pair, and examine the data."""
    from auditor.audit.opening import open_data
    from auditor.audit.reading import read_benchmark

    context = open_data(read_benchmark(request), request)
    investigate(context, "data")
    return context


def gate_failed(context: AuditContext) -> GateFailed:
    """Return the error that stops an analysis, with the way out that this benchmark offers."""
    from auditor.gate.facts import verdict

    found = verdict(context.gate, context.overlap)
    subset = found["reliable_subset"]
    way_out = f"analyze the tasks that do: --tasks {','.join(subset)}; or " if len(subset) > 2 else ""
    error = GateFailed(
        f"gate failed: {found['sentence']}",
        hint=(
            f"{way_out}--affinity chemical-correlation needs no shared compounds; or --ignore-gate "
            "goes on and says so in every report"
        ),
    )
    error.context = context
    return error


def needs_overlap(request: AnalysisRequest) -> bool:
    """Return whether an estimator asked for says nothing where tasks share too few compounds."""
    registry = request.data.registry
    return any(registry.get("affinity", name).needs_overlap for name in request.affinities)
