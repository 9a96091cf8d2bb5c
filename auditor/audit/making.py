"""What a document tells of its own making."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.clock import VARIABLE, now_text
from auditor.plugin.hooks import API_VERSION
from auditor.privacy import discreet

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.plugin.registry import Registry

LIBRARIES = ("numpy", "scipy", "pandas", "rdkit", "torch", "torch-geometric", "deepchem", "PyTDC")


def audit_meta(context: AuditContext) -> dict[str, Any]:
    """Return what the document of an audit tells of its making, with when its source was read."""
    benchmark = context.benchmark
    told = meta(context.request.registry, context.request.command, benchmark.identity)
    read_at = benchmark.provenance.get("read_at")
    if read_at is not None:
        told["read_at"] = now_text() if VARIABLE in os.environ else read_at
    return told


def meta(registry: Registry, command: str, identity: str) -> dict[str, Any]:
    """Return what every document tells of its making."""
    return {
        "mtl_audit": __version__,
        "api_version": API_VERSION,
        "command": discreet(command),
        "started": now_text(),
        "python": platform.python_version(),
        "libraries": _versions(),
        "plugins": [str(plugin.owner) for plugin in registry.plugins],
        "plugin_problems": discreet([problem.line() for problem in registry.problems]),
        "identity_owner": str(registry.get("identity", identity).owner),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
