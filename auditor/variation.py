"""The same audit of something else: another encoder, other seeds, or a changed benchmark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.benchmark import Benchmark
    from auditor.context import AuditContext


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
    from auditor.trainings import plan_trainings

    if context.analysis is None:
        raise UsageError("nothing is trained in an overlap audit", hint="mtl-audit analyze does")
    if "overrides" in changes:
        changes["overrides"] = {**context.analysis.overrides, **changes["overrides"]}
    if "encoder" in changes and changes["encoder"] != context.analysis.encoder:
        changes.setdefault("encoder_options", {})
    request = replace(context.analysis, **changes)
    trainings = plan_trainings(request, benchmark or context.benchmark)
    return replace(
        context if benchmark is None else _audited(context, benchmark),
        analysis=request,
        seed=request.seed,
        window=request.window,
        trainings=trainings,
        affinities={},
        findings={},
    )


def _audited(context: AuditContext, benchmark: Benchmark) -> AuditContext:
    from auditor.empirical import empirical_correlation
    from auditor.gate import judge
    from auditor.overlap import overlap_of

    labels, limits = benchmark.labels, context.request.thresholds
    overlap = overlap_of(labels, benchmark.task_names)
    empirical = empirical_correlation(labels, min_support=limits.min_support)
    gate = judge(overlap, empirical, limits, labels=labels)
    joined = replace(context.joined, benchmark=benchmark, measured=labels)
    return replace(context, joined=joined, overlap=overlap, empirical=empirical, gate=gate)
