"""The registry of a command: what is unusable in it is said."""

from __future__ import annotations

from typing import Any

from auditor import console
from auditor.plugin.loading import load_registry


def registry_with_problems_said() -> Any:
    """Return the registry; each unusable plugin is one line on stderr."""
    registry = load_registry()
    for problem in registry.problems:
        console.warn(problem.line())
        if console.settings.level > 1:
            console.err(problem.traceback)
    return registry
