"""The state of one audit: what estimators and analyses may ask for, and how an audit is opened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.audit.planned_trainings import plan_trainings
from auditor.audit.results import AffinityMatrix, Finding
from auditor.audit.steps import estimated
from auditor.errors import UsageError
from auditor.gate.gate import judge
from auditor.overlap.label_correlation import NAME as NAME_OF_E
from auditor.overlap.label_correlation import empirical_correlation
from auditor.overlap.overlap import overlap_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.recorded import Recorded
    from auditor.audit.request import AnalysisRequest, DataRequest
    from auditor.audit.results import AffinityMatrix
    from auditor.benchmark.benchmark import Benchmark
    from auditor.benchmark.joining import Joined
    from auditor.gate.gate import Gate
    from auditor.overlap.label_correlation import Empirical
    from auditor.overlap.overlap import Overlap
    from auditor.training.trace import Trace
    from auditor.training.trained import Trained
    from auditor.training.trainings import Trainings


@dataclass
class AuditContext:
    """The state of one audit, as estimators and analyses see it.

    Parameters
    ----------
    joined, overlap, empirical, gate
        What was audited; ``joined.data`` holds the published rows, ``empirical`` is E.
    request
        What the user asked for: the cache folder, the registry, the thresholds.
    seed
        The base seed; derive every random choice from it.
    window
        Fraction of the last logs that `gradient-cosine` averages (the paper: 0.2).
    ignore_gate
        Whether unreliable pairs take part in analyses.
    analysis
        What the user asked to train and estimate; None in an overlap audit.
    trainings
        Planned from ``analysis``, run when `traces` is first asked for.
    recorded
        Gradients of a training that is not ours; then there are no ``trainings``.
    affinities, findings
        Filled by the pipeline as they are made, by registered name.
    """

    joined: Joined
    overlap: Overlap
    empirical: Empirical
    gate: Gate
    request: DataRequest
    seed: int = 0
    window: float = 0.2
    ignore_gate: bool = False
    analysis: AnalysisRequest | None = None
    trainings: Trainings | None = None
    recorded: Recorded | None = None
    affinities: dict[str, AffinityMatrix] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def benchmark(self) -> Benchmark:
        """The joined benchmark."""
        return self.joined.benchmark

    def traces(self) -> tuple[Trace, ...]:
        """Return the gradient traces, one per seed, of all that were planned; the first call trains."""
        if self.recorded is not None:
            return self.recorded.traces
        return self.trainings.run() if self.trainings is not None else ()

    def pairs_of(self, name: str) -> NDArray[np.bool_]:
        """Return the pairs of an affinity that analyses may use (t, t).

        Of an estimator that needs no overlap these are all, else the usable ones.
        """
        free = {one.name for one in self.request.registry.all("affinity") if not one.needs_overlap}
        return ~np.eye(self.benchmark.t, dtype=bool) if name in free else self.usable

    def usable_affinity(self, name: str) -> NDArray[np.float64]:
        """Return an affinity of this audit (t, t), NaN for pairs that analyses may not use.

        Of an estimator that needs no overlap, every pair may be used.
        """
        values = self.affinities[name].values
        if not self.request.registry.get("affinity", name).needs_overlap:
            return values
        found: NDArray[np.float64] = np.where(self.usable, values, np.nan)
        return found

    def usable_estimates(self) -> dict[str, NDArray[np.float64]]:
        """Return E and every affinity of this audit (t, t) by name, NaN where analyses may not use it."""
        labels = np.where(self.usable, self.empirical.values, np.nan)
        return {NAME_OF_E: labels} | {name: self.usable_affinity(name) for name in sorted(self.affinities)}

    def logged(self) -> tuple[Trace, ...]:
        """Return the gradient traces that an estimator has asked for already; nothing is trained."""
        if self.recorded is not None:
            return self.recorded.traces
        return self.trainings.traces if self.trainings is not None else ()

    def training_facts(self) -> dict[str, Any]:
        """Return what a report says of the trainings, JSON-able."""
        if self.recorded is not None:
            return self.recorded.facts()
        return self.trainings.facts() if self.trainings is not None else {}

    def trained(self) -> tuple[Trained, ...]:
        """Return the trained networks, one per seed; the first call trains.

        Raises
        ------
        UsageError
            The gradients are from a training of which no network is known.
        """
        if self.recorded is not None:
            raise UsageError(
                f"{self.recorded.name} holds gradients, and no network to look into",
                hint="leave out --gradients-from: then this program trains one",
            )
        return self.trainings.networks() if self.trainings is not None else ()

    def estimate(self, name: str, **options: Any) -> AffinityMatrix:
        """Return the affinity that a registered estimator finds; nothing is kept.

        Parameters
        ----------
        options
            Of the estimator, beside its defaults.
        """
        return estimated(self.request.registry.get("affinity", name), self, options)

    def vary(self, benchmark: Benchmark | None = None, **changes: Any) -> AuditContext:
        """Return the same audit of something else; see `vary`."""
        return vary(self, benchmark, **changes)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Pairs that analyses may use (t, t): the reliable ones, or all with --ignore-gate."""
        usable = np.ones_like(self.gate.reliable) if self.ignore_gate else self.gate.reliable.copy()
        np.fill_diagonal(usable, False)
        return usable


def open_data(joined: Joined, request: DataRequest) -> AuditContext:
    """Return the audit of a joined benchmark: overlap, E and the gate, with nothing found yet.

    The overlap counts every compound that was measured; E only labels that replicates agree on.
    """
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
    recorded = request.recorded
    return replace(
        context,
        analysis=request,
        seed=request.seed,
        window=request.window,
        ignore_gate=request.ignore_gate,
        trainings=None if recorded is not None else plan_trainings(request, context.benchmark),
        recorded=None if recorded is None else recorded.of(context.benchmark.task_names),
        affinities={},
    )


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
    if context.analysis is None:
        raise UsageError("nothing is trained in an overlap audit", hint="mtl-audit analyze does")
    if context.recorded is not None:
        raise UsageError(
            f"the gradients are from {context.recorded.name}, so that nothing is trained",
            hint="leave out --gradients-from",
        )
    if "overrides" in changes:
        changes["overrides"] = {**context.analysis.overrides, **changes["overrides"]}
    if "encoder" in changes and changes["encoder"] != context.analysis.encoder:
        changes.setdefault("encoder_options", {})
    request = replace(context.analysis, **changes)
    if benchmark is not None:
        joined = replace(context.joined, benchmark=benchmark, measured=benchmark.labels)
        context = open_data(joined, context.request)
    return replace(open_analysis(context, request), findings={})
