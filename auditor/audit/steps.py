"""The steps of an analysis that call plugins: each failure costs its own contribution only."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.audit.encoder_faults import encoder_error
from auditor.audit.finding_faults import fault_of, json_fault
from auditor.audit.results import AffinityMatrix, Finding
from auditor.errors import AuditError, StorageError, UsageError
from auditor.faults import line_of
from auditor.plugin.calling import calling
from auditor.plugin.component import Affinity
from auditor.plugin.options import call_options

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.request import DataRequest
    from auditor.plugin.component import Analysis, Component


def estimate(names: Sequence[str], context: AuditContext, *, alone_ends: bool) -> None:
    """Make every affinity asked for; one that raises becomes an error finding.

    A disk that refuses to be written ends the audit, so that no partial report takes a whole one's place.

    Parameters
    ----------
    alone_ends
        Whether the error of the only affinity ends the audit: there is nothing else to report.

    Raises
    ------
    AuditError
        It was the only one.
    """
    components = [context.request.registry.get("affinity", name) for name in names]
    for component in components:
        options = settled(component, context.request)
        found = silent(component, context)
        if found is not None:
            if alone_ends and len(components) == 1:
                raise UsageError(found.sentence.rstrip("."), hint="choose another --affinity")
            context.findings[component.name] = found
            continue
        try:
            context.affinities[component.name] = estimated(component, context, options)
        except StorageError:
            raise
        except AuditError as error:
            if alone_ends and len(components) == 1:
                raise
            context.findings[component.name] = failed(component, error)
        except Exception as error:
            context.findings[component.name] = failed(component, error)


def investigate(context: AuditContext, stage: str) -> None:
    """Run the chosen analyses of a stage, in the order of their needs.

    One that raises becomes an error finding; a disk that refuses to be written ends the audit.
    """
    for component in chosen(context.request, stage):
        options = settled(component, context.request)
        try:
            context.findings[component.name] = found_by(component, context, options)
        except StorageError:
            raise
        except Exception as error:
            context.findings[component.name] = failed(component, error)


def answer(name: str, context: AuditContext, options: Mapping[str, Any]) -> Finding:
    """Return what the one analysis finds that was asked for; what it raises ends the audit.

    Raises
    ------
    UsageError
        It does not apply to the benchmark.
    """
    found = found_by(context.request.registry.get("analysis", name), context, options)
    if found.status == "not applicable":
        raise UsageError(found.sentence, hint="mtl-audit analyze runs the analyses that apply")
    return found


def found_by(component: Component, context: AuditContext, options: Mapping[str, Any]) -> Finding:
    """Return what an analysis finds, checked: its type, and that JSON can hold it."""
    nothing = silent(component, context)
    if nothing is not None:
        return nothing
    with calling(component):
        found = component.load()(context, **options)
    fault = fault_of(found)
    if fault:
        raise TypeError(f"returned {fault}")
    assert isinstance(found, Finding)
    return found


def silent(component: Component, context: AuditContext) -> Finding | None:
    """Return the finding that says why a component has nothing to say of this audit; None where it may."""
    why, needs = "", ""
    if getattr(component, "needs_molecules", False) and context.benchmark.features is not None:
        why, needs = "it needs structures, and these examples have features", "structures"
    elif context.recorded is not None and isinstance(component, Affinity):
        why, needs = context.recorded.lacks(component), "other logs"
    elif context.recorded is not None and getattr(component, "trains", False):
        why, needs = f"it trains, and the gradients are from {context.recorded.name}", "a training"
    if not why:
        return None
    said = f"{component.kind} '{component.name}' does not apply: {why}."
    console.say(said)
    return Finding(component.name, said, {"needs": needs}, status="not applicable")


def only_named(request: DataRequest) -> DataRequest:
    """Return the request without the analyses that run by default: those of the data that are named stay.

    Raises
    ------
    UsageError
        One is named that needs trained affinities.
    """
    named = (*request.only, *request.also)
    analyses = request.registry.all("analysis")
    late = [part.name for part in analyses if part.name in named and part.stage != "data"]
    if late:
        raise UsageError(f"recommend does not run '{late[0]}'", hint="mtl-audit analyze does")
    return replace(request, skip=(*request.skip, *(p.name for p in analyses if p.name not in named)))


def estimated(component: Component, context: AuditContext, options: Mapping[str, Any]) -> AffinityMatrix:
    """Return what an estimator finds, checked: its type, its tasks and what it tells about itself.

    Raises
    ------
    PluginError
        The encoder failed that was trained for it.
    """
    try:
        with calling(component):
            found = component.load()(context, **options)
    except Exception as error:
        blamed = encoder_error(context, error)
        if blamed is None:
            raise
        raise blamed from error
    if not isinstance(found, AffinityMatrix):
        raise TypeError(f"returned {type(found).__name__}, not an AffinityMatrix")
    if found.tasks != context.benchmark.task_names:
        raise ValueError("its tasks are not the benchmark's, in the benchmark's order")
    fault = json_fault(found.about)
    if fault:
        raise TypeError(f"tells facts that JSON cannot hold: {fault}")
    return found


def settled(component: Component, request: DataRequest) -> dict[str, Any]:
    """Return the options that were typed for an estimator or an analysis, converted; none by default.

    Raises
    ------
    UsageError
        It has no such option, or the text does not convert.
    """
    typed = request.component_options.get((component.kind, component.name), {})
    if not typed:
        return {}
    options = call_options(component.load(), typed, f"{component.kind} '{component.name}'")
    return {name: options[name] for name in typed}


def chosen(request: DataRequest, stage: str) -> list[Analysis]:
    """Return the analyses of a stage to run, each after those that it reads.

    Raises
    ------
    UsageError
        Analyses that wait for one another.
    """
    wanted = {
        component.name: component
        for component in request.registry.all("analysis")
        if component.stage == stage and component.name not in request.skip and _asked(component, request)
    }
    ordered: list[Analysis] = []
    while wanted:
        ready = [c for c in wanted.values() if not any(name in wanted for name in c.after)]
        if not ready:
            raise UsageError(f"analyses wait for one another: {', '.join(sorted(wanted))}")
        ordered += ready
        for component in ready:
            del wanted[component.name]
    return ordered


def _asked(component: Analysis, request: DataRequest) -> bool:
    if component.name in request.also:
        return True
    return component.name in request.only if request.only else component.default


def failed(component: Component, error: Exception) -> Finding:
    """Return the finding that stands for a component's failure, and say so on stderr.

    An error of the audit tells what to do about it; any other is a fault of the plugin.
    """
    what = f"{component.kind} '{component.name}'"
    if isinstance(error, AuditError):
        sentence = f"{what} gave nothing: {error.message}" + (f" ({error.hint})" if error.hint else "")
    else:
        sentence = f"{what} of plugin {component.owner} failed: {line_of(error)}"
    console.warn(sentence)
    text = "".join(traceback.format_exception(error))
    return Finding(component.name, sentence, {"traceback": text}, status="error")
