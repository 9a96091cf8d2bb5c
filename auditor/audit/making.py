"""What a document tells of its own making."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.benchmark.examples import MEANS
from auditor.clock import VARIABLE, now_text
from auditor.plugin.hooks import API_VERSION
from auditor.privacy import discreet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.audit.context import AuditContext
    from auditor.plugin.component import Component
    from auditor.plugin.registry import Registry

LIBRARIES = ("numpy", "scipy", "pandas", "rdkit", "torch", "torch-geometric", "deepchem", "PyTDC")


def audit_meta(context: AuditContext) -> dict[str, Any]:
    """Return what the document of an audit tells of its making, with when its source was read."""
    benchmark = context.benchmark
    request = context.request
    told = meta(request.registry, request.command, benchmark.identity, used=_used(context))
    read_at = benchmark.provenance.get("read_at")
    if read_at is not None:
        told["read_at"] = now_text() if VARIABLE in os.environ else read_at
    return told


def meta(
    registry: Registry, command: str, identity: str, *, used: Iterable[Component] = ()
) -> dict[str, Any]:
    """Return what every document tells of its making.

    Parameters
    ----------
    used
        Components that had a part in it: the versions of what they need are told.
    """
    needed = {name for component in used for name in component.needs}
    owner, means = _of_identity(registry, identity)
    return {
        "mtl_audit": __version__,
        "api_version": API_VERSION,
        "command": discreet(command),
        "started": now_text(),
        "python": platform.python_version(),
        "libraries": _versions((*LIBRARIES, *sorted(needed - {*LIBRARIES}))),
        "plugins": [str(plugin.owner) for plugin in registry.plugins],
        "plugin_problems": discreet([problem.line() for problem in registry.problems]),
        "identity_owner": owner,
        "identity_means": discreet(means),
    }


def _of_identity(registry: Registry, identity: str) -> tuple[str, str]:
    """Return whose an identity is and what it means, of molecules or of other examples."""
    if identity in MEANS:
        return "core", MEANS[identity]
    level = registry.get("identity", identity)
    return str(level.owner), level.summary


def _used(context: AuditContext) -> tuple[Component, ...]:
    """Return the dataset, the identity, the encoder and the estimators of an audit."""
    asked = [("dataset", context.request.benchmark), ("identity", context.benchmark.identity)]
    if context.analysis is not None:
        asked += [("encoder", context.analysis.encoder)]
        asked += [("affinity", name) for name in context.analysis.affinities]
    components = context.request.registry.components
    return tuple(components[key] for key in asked if key in components)  # a file is no component


def _versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
