"""What an audit begins with: what the tasks share, and what shall be trained on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.audit.context import AuditContext

if TYPE_CHECKING:
    from auditor.audit.request import AnalysisRequest, DataRequest
    from auditor.benchmark.joining import Joined


def open_data(joined: Joined, request: DataRequest) -> AuditContext:
    """Return the audit of a joined benchmark: overlap, E and the gate, with nothing found yet.

    The overlap counts every compound that was measured; E only labels that replicates agree on.
    """
    from auditor.gate.gate import judge
    from auditor.overlap.label_correlation import empirical_correlation
    from auditor.overlap.overlap import overlap_of

    benchmark, limits = joined.benchmark, request.thresholds
    overlap = overlap_of(joined.measured, benchmark.task_names)
    empirical = empirical_correlation(benchmark.labels, min_support=limits.min_support)
    gate = judge(overlap, empirical, limits, labels=joined.measured)
    return AuditContext(joined, overlap, empirical, gate, request)


def open_analysis(context: AuditContext, request: AnalysisRequest) -> AuditContext:
    """Return the same audit, ready to train what an analysis asks for; nothing is trained yet.

    Raises
    ------
    UsageError
        An unknown encoder, encoder option, device, or a value that no training could have.
    """
    from auditor.audit.planned_trainings import plan_trainings

    return replace(
        context,
        analysis=request,
        seed=request.seed,
        window=request.window,
        ignore_gate=request.ignore_gate,
        trainings=plan_trainings(request, context.benchmark),
        affinities={},
    )
