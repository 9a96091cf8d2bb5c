"""One audit from top to bottom. Every step is one call; the arithmetic is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.errors import GateFailed
from auditor.plain import plain_data

if TYPE_CHECKING:
    from auditor.empirical import Empirical
    from auditor.gate import Gate
    from auditor.joining import Joined
    from auditor.overlap import Overlap
    from auditor.request import AnalysisRequest, DataRequest


@dataclass(frozen=True)
class OverlapAudit:
    """What the first half of an audit found, and its document."""

    joined: Joined
    overlap: Overlap
    empirical: Empirical
    gate: Gate
    document: dict[str, Any]


def audit_overlap(request: DataRequest) -> OverlapAudit:
    """Read a benchmark, count what its tasks share, and judge every pair."""
    from auditor.empirical import empirical_correlation
    from auditor.gate import judge
    from auditor.overlap import overlap_of
    from auditor.reading import read_benchmark
    from auditor.result import overlap_document

    joined = read_benchmark(request)
    labels = joined.benchmark.labels
    overlap = overlap_of(labels, joined.benchmark.task_names)
    empirical = empirical_correlation(labels, min_support=request.thresholds.min_support)
    gate = judge(overlap, empirical, request.thresholds)
    document = plain_data(overlap_document(request, joined, overlap, empirical, gate))
    return OverlapAudit(joined, overlap, empirical, gate, document)


def audit_affinity(request: AnalysisRequest) -> dict[str, Any]:
    """Audit overlap, stop at a failed gate, else train, estimate and analyse.

    Raises
    ------
    GateFailed
        Too few pairs are reliable and the gate was not ignored.
    """
    from auditor.result import analysis_document
    from auditor.steps import context_of, estimate, investigate
    from auditor.trainings import plan_trainings

    first = audit_overlap(request.data)
    if first.gate.status == "fail" and not request.ignore_gate:
        raise gate_failed(first)
    trainings = plan_trainings(request, first.joined.benchmark)
    context = context_of(request, first, trainings)
    estimate(request, context)
    investigate(request, context)
    return plain_data(analysis_document(first.document, context, trainings.facts()))


def gate_failed(audit: OverlapAudit) -> GateFailed:
    """Return the error that stops an analysis, with the way out that this benchmark offers."""
    verdict = audit.document["data"]["verdict"]
    subset = verdict["reliable_subset"]
    way_out = f"analyze the tasks that do: --tasks {','.join(subset)}; or " if len(subset) > 2 else ""
    return GateFailed(
        f"gate failed: {verdict['sentence']}",
        hint=f"{way_out}--ignore-gate goes on and says so in every report",
    )
