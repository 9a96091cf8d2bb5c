"""A request run to its result: the one place where the calls meet the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.api.audit import Audit, Recommendation, Study
from auditor.api.result import Result
from auditor.errors import GateFailed

if TYPE_CHECKING:
    from auditor.audit.request import AnalysisRequest


def studied(request: AnalysisRequest, *, dry_run: bool) -> Study | Result:
    """Return a study, or what it would train; an error of the gate holds the audit until then."""
    from auditor.pipeline import audit_affinity, forecast

    try:
        if dry_run:
            return Result(forecast(request)[1])
        context, document = audit_affinity(request)
    except GateFailed as error:
        raise with_audit(error) from error.__cause__
    return Study(document, context)


def recommended(request: AnalysisRequest, options: Mapping[str, Any]) -> Recommendation:
    """Return a recommendation, or what it would train; an error of the gate holds the audit until then."""
    from auditor.pipeline import recommend

    try:
        return Recommendation(recommend(request, options)[1])
    except GateFailed as error:
        raise with_audit(error) from error.__cause__


def with_audit(error: GateFailed) -> GateFailed:
    """Return an error of the gate with what was found until then as an audit."""
    from auditor.audit.document import overlap_document

    if error.context is not None:
        error.audit = Audit(overlap_document(error.context), error.context)
    return error
