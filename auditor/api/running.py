"""A request run to its result: the one place where the calls meet the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.api.audit import Audit, Recommendation, Study
from auditor.api.result import Result
from auditor.errors import GateFailed

if TYPE_CHECKING:
    from auditor.analyses.recommendation.choice import Wish
    from auditor.audit.request import AnalysisRequest
    from auditor.compute.jobs import Backend


def studied(request: AnalysisRequest, *, dry_run: bool) -> Study | Result:
    """Return a study, or what it would train; an error of the gate holds the audit until then."""
    from auditor.pipeline import audit_affinity

    try:
        if dry_run:
            return Result(_forecast(request))
        context, document = audit_affinity(request)
    except GateFailed as error:
        raise with_audit(error) from error.__cause__
    return Study(document, context)


def recommended(request: AnalysisRequest, wish: Wish, backend: Backend, *, dry_run: bool) -> Recommendation:
    """Return a recommendation, or what it would train; an error of the gate holds the audit until then."""
    try:
        return Recommendation(_recommendation(request, wish, backend, dry_run=dry_run))
    except GateFailed as error:
        raise with_audit(error) from error.__cause__


def with_audit(error: GateFailed) -> GateFailed:
    """Return an error of the gate with what was found until then as an audit."""
    from auditor.audit.document import overlap_document
    from auditor.document.jsonable import plain_data

    if error.context is not None:
        error.audit = Audit(plain_data(overlap_document(error.context)), error.context)
    return error


def _forecast(request: AnalysisRequest) -> dict[str, Any]:
    """Return the document of what an analysis would train."""
    from auditor.analyses.recommendation.study import recommendation_document
    from auditor.audit.forecast import NAME, forecast_analysis
    from auditor.audit.opening import open_analysis, open_data
    from auditor.audit.reading import read_benchmark
    from auditor.document.jsonable import plain_data
    from auditor.pipeline import gate_failed, needs_overlap

    context = open_data(read_benchmark(request.data), request.data)
    if context.gate.status == "fail" and not request.ignore_gate and needs_overlap(request):
        raise gate_failed(context)
    found = forecast_analysis(open_analysis(context, request), request)
    document: dict[str, Any] = plain_data(recommendation_document(context, found, kind=NAME))
    return document


def _recommendation(
    request: AnalysisRequest, wish: Wish, backend: Backend, *, dry_run: bool
) -> dict[str, Any]:
    """Return the document of a recommendation, or of a forecast of one."""
    from auditor.analyses.recommendation.analysis import forecast_of, recommend
    from auditor.analyses.recommendation.study import open_study, recommendation_document
    from auditor.document.jsonable import plain_data

    context = open_study(request, estimate=not dry_run)
    found = forecast_of(context, wish) if dry_run else recommend(context, wish, backend=backend)
    document: dict[str, Any] = plain_data(recommendation_document(context, found))
    return document
