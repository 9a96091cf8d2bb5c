"""One audit from top to bottom. Every step is one call; the arithmetic is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.audit.account import read_of
from auditor.audit.context import open_analysis, open_data
from auditor.audit.document import (
    analysis_document,
    forecast_document,
    overlap_document,
    recommendation_document,
)
from auditor.audit.forecast import forecast_analysis
from auditor.audit.reading import read_benchmark
from auditor.audit.recorded import naming
from auditor.audit.steps import answer, estimate, investigate, only_named
from auditor.document.examples import words_for
from auditor.errors import GateFailed
from auditor.gate.facts import verdict

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.request import AnalysisRequest, DataRequest

Audited = tuple["AuditContext", dict[str, Any]]
"""What was found, and the document that tells it."""


def audit_overlap(request: DataRequest) -> Audited:
    """Audit what the tasks of a benchmark share."""
    context = open_audit(request)
    return context, overlap_document(context)


def audit_affinity(request: AnalysisRequest) -> Audited:
    """Audit overlap, stop at a failed gate, else train, estimate and analyse.

    Raises
    ------
    GateFailed
        Too few pairs are reliable and the gate was not ignored.
    """
    with naming(request.recorded):
        context = open_audit(request.data)
    context = through_the_gate(context, request)
    estimate(request.affinities, context, alone_ends=True)
    investigate(context, "affinity")
    return context, analysis_document(context)


def recommend(request: AnalysisRequest, options: Mapping[str, Any]) -> Audited:
    """Audit overlap, then train some groups of tasks and recommend which to train together.

    An affinity that gives nothing becomes an error finding; the recommendation goes on without it.

    Parameters
    ----------
    options
        Of the analysis ``recommendation``.

    Raises
    ------
    GateFailed
        An affinity needs shared compounds, and the tasks share too few.
    MissingExtra
        What the encoder needs is not installed.
    """
    request.data.registry.get("encoder", request.encoder).load()  # told before anything is read
    context = through_the_gate(open_audit(only_named(request.data)), request)
    if not options.get("dry_run"):
        estimate(request.affinities, context, alone_ends=False)
    found = answer("recommendation", context, options)
    return context, recommendation_document(context, found)


def forecast(request: AnalysisRequest) -> Audited:
    """Tell what `audit_affinity` would train and how long it would take; nothing of it is kept."""
    context = through_the_gate(open_data(read_benchmark(request.data), request.data), request)
    return context, forecast_document(context, forecast_analysis(context, request))


def open_audit(request: DataRequest) -> AuditContext:
    """Read a benchmark, count what its tasks share, judge every pair, and examine the data."""
    context = open_data(read_benchmark(request), request)
    investigate(context, "data")
    return context


def through_the_gate(context: AuditContext, request: AnalysisRequest) -> AuditContext:
    """Return the audit ready to train; raises GateFailed where an estimator could not be trusted."""
    if context.gate.status == "fail" and not request.ignore_gate and needs_overlap(request):
        raise gate_failed(context)
    return open_analysis(context, request)


def gate_failed(context: AuditContext) -> GateFailed:
    """Return the error that stops an analysis, with the way out that this benchmark offers."""
    found = verdict(context.gate, context.overlap)
    subset = found["reliable_subset"]
    way_out = f"analyze the tasks that do: --tasks {','.join(subset)}; or " if len(subset) > 2 else ""
    molecules = context.benchmark.features is None
    chemical = "--affinity chemical-correlation needs no shared compounds; or " if molecules else ""
    error = GateFailed(
        f"gate failed: {words_for({'read': read_of(context.joined)})(found['sentence'])}",
        hint=(f"{way_out}{chemical}analyze with --ignore-gate goes on and says so in every report"),
    )
    error.context = context
    return error


def needs_overlap(request: AnalysisRequest) -> bool:
    """Return whether an estimator asked for says nothing where tasks share too few compounds."""
    registry = request.data.registry
    return any(registry.get("affinity", name).needs_overlap for name in request.affinities)
