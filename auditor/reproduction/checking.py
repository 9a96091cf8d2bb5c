"""Whether a plan can be run: told in one line before anything is."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditError, PluginError
from auditor.reproduction.plan import Claim, Plan, PlannedAudit

if TYPE_CHECKING:
    from auditor.plugin.component import Component
    from auditor.plugin.registry import Registry

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
KEPT_BACK = (
    "benchmark", "cache_dir", "mirror", "offline", "quiet", "dry_run", "threads", "anonymise",
)  # fmt: skip
"""Keywords of the calls that the command sets, and no plan."""


def plan_of(component: Component, registry: Registry) -> Plan:
    """Return the plan that a component offers.

    Raises
    ------
    PluginError
        It is none, or it cannot be run as it is; the message names the first fault.
    """
    found = component.load()()
    if not isinstance(found, Plan):
        fault: str | None = f"its target gives a {type(found).__name__}, not a Plan"
    else:
        fault = next(faults_of(found, registry), None)
    if fault is not None or not isinstance(found, Plan):
        raise PluginError(
            f"plan '{component.name}' of plugin {component.owner} cannot be run: {fault}",
            hint="report it to whoever made the plan",
        )
    return found


def faults_of(plan: Plan, registry: Registry) -> Iterator[str]:
    """Yield what is wrong with a plan, a line each."""
    names = [work.name for work in plan.works]
    if not plan.claims:
        yield "it has no claim"
    for name, times in Counter([*names, *(claim.id for claim in plan.claims)]).items():
        if times > 1:
            yield f"'{name}' is there {times} times"
        if not _NAME.fullmatch(name):
            yield f"'{name}' is no name for a folder or a claim: lower-case letters, digits, - and . alone"
    for work in plan.works:
        if not work.minutes >= 0:
            yield f"'{work.name}' states no cost"
        if isinstance(work, PlannedAudit):
            yield from _of_audit(work, registry)
    for claim in plan.claims:
        yield from _of_claim(claim, names)


def _of_claim(claim: Claim, names: list[str]) -> Iterator[str]:
    for name in claim.works:
        if name not in names:
            yield f"claim '{claim.id}' is answered by '{name}', which the plan does not hold"
    if claim.measure is None and not claim.reason:
        yield f"claim '{claim.id}' has neither a measure nor a reason why there is none"
    if claim.measure is not None and claim.claimed is None:
        yield f"claim '{claim.id}' is measured, and claims no number"


def _of_audit(work: PlannedAudit, registry: Registry) -> Iterator[str]:
    from auditor.api import calls

    known = set(inspect.signature(getattr(calls, work.call)).parameters) - set(KEPT_BACK)
    for option in sorted(set(work.options) - known):
        yield f"audit '{work.name}' has an option '{option}', which auditor.{work.call} does not take"
    try:
        if not work.table:
            registry.get("dataset", work.benchmark)
        for kind, named in _components(work.options):
            registry.get(kind, named)
    except AuditError as error:
        yield f"audit '{work.name}': {error.message}"


def _components(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "encoder" in options:
        yield "encoder", options["encoder"]
    for key, kind in (("affinities", "affinity"), ("only", "analysis"), ("also", "analysis")):
        yield from ((kind, name) for name in options.get(key, ()))
    for kind in ("affinity", "analysis"):
        yield from ((kind, name) for name in options.get(f"{kind}_options", ()))
