"""The steps of an analysis that call plugins: each failure costs its own contribution only."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor import console
from auditor.affinity import AffinityMatrix
from auditor.context import AuditContext, Finding
from auditor.errors import AuditError, UsageError

if TYPE_CHECKING:
    from auditor.pipeline import OverlapAudit
    from auditor.registry import Component, Registry
    from auditor.request import AnalysisRequest
    from auditor.trainings import Trainings


def context_of(request: AnalysisRequest, first: OverlapAudit, trainings: Trainings) -> AuditContext:
    """Return the context that estimators and analyses share."""
    context = AuditContext(
        benchmark=first.joined.benchmark,
        overlap=first.overlap,
        gate=first.gate,
        seed=request.seed,
        window=request.window,
        ignore_gate=request.ignore_gate,
        train=trainings.run,
    )
    context.__dict__["empirical"] = first.empirical
    return context


def estimate(request: AnalysisRequest, context: AuditContext) -> None:
    """Make every affinity asked for; one that raises becomes an error finding."""
    components = [request.data.registry.get("affinity", name) for name in request.affinities]
    for component in components:
        function = component.load()
        try:
            found = function(context)
            context.affinities[component.name] = _checked(found, component, context)
        except AuditError:
            raise
        except Exception as error:
            context.findings[component.name] = failed(component, error)


def investigate(request: AnalysisRequest, context: AuditContext) -> None:
    """Run the chosen analyses in the order of their needs; one that raises becomes an error finding."""
    for component in chosen(request.data.registry, request.only, request.skip):
        try:
            found = component.load()(context)
            if not isinstance(found, Finding):
                raise TypeError(f"returned {type(found).__name__}, not a Finding")
            context.findings[component.name] = found
        except Exception as error:
            context.findings[component.name] = failed(component, error)


def chosen(registry: Registry, only: Sequence[str], skip: Sequence[str]) -> list[Component]:
    """Return the analyses to run, each after those that it reads.

    Raises
    ------
    UsageError
        A name that is not registered, or analyses that wait for one another.
    """
    for name in (*only, *skip):
        registry.get("analysis", name)
    wanted = {
        component.name: component
        for component in registry.all("analysis")
        if (not only or component.name in only) and component.name not in skip
    }
    ordered: list[Component] = []
    while wanted:
        ready = [c for c in wanted.values() if not any(name in wanted for name in c.after)]
        if not ready:
            raise UsageError(f"analyses wait for one another: {', '.join(sorted(wanted))}")
        ordered += ready
        for component in ready:
            del wanted[component.name]
    return ordered


def failed(component: Component, error: Exception) -> Finding:
    """Return the finding that stands for a plugin's failure, and say so on stderr."""
    line = " ".join(f"{type(error).__name__}: {error}".split())
    sentence = f"{component.kind} '{component.name}' of plugin {component.owner} failed: {line}"
    console.warn(sentence)
    text = "".join(traceback.format_exception(error))
    return Finding(component.name, sentence, {"traceback": text}, status="error")


def _checked(found: object, component: Component, context: AuditContext) -> AffinityMatrix:
    if not isinstance(found, AffinityMatrix):
        raise TypeError(f"returned {type(found).__name__}, not an AffinityMatrix")
    if found.tasks != context.benchmark.task_names:
        raise ValueError("its tasks are not the benchmark's, in the benchmark's order")
    return found
