"""The same audit of something else: another encoder, other seeds, or a changed benchmark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.benchmark.benchmark import Benchmark


def vary(context: AuditContext, benchmark: Benchmark | None = None, **changes: Any) -> AuditContext:
    """Return a context like another, with nothing trained or estimated yet.

    Its trainings are kept in the cache like any others, so that a variation costs once.

    Parameters
    ----------
    benchmark
        Audited instead; overlap, E and the gate are those of its labels.
    changes
        Fields of `AnalysisRequest` with other values: ``encoder``, ``seed``, ``repeats``, ``overrides``
        and so on. Overrides are added to those of the request.

    Raises
    ------
    UsageError
        The context is of an overlap audit: it knows nothing of trainings.
    """
    from auditor.audit.opening import open_analysis, open_data

    if context.analysis is None:
        raise UsageError("nothing is trained in an overlap audit", hint="mtl-audit analyze does")
    if "overrides" in changes:
        changes["overrides"] = {**context.analysis.overrides, **changes["overrides"]}
    if "encoder" in changes and changes["encoder"] != context.analysis.encoder:
        changes.setdefault("encoder_options", {})
    request = replace(context.analysis, **changes)
    if benchmark is not None:
        joined = replace(context.joined, benchmark=benchmark, measured=benchmark.labels)
        context = open_data(joined, context.request)
    return replace(open_analysis(context, request), findings={})
