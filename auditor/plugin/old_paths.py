"""The module paths of version 0.1 that plugins import: they work in this release, with a warning.

Each old name becomes a module whose attributes are those of the new ones, so that types are the same
wherever they were imported from. Delete this module in the release after.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType

OLD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "auditor.compounds": ("auditor.chemistry.levels",),
        "auditor.context": ("auditor.audit.context", "auditor.audit.results"),
        "auditor.dataset": ("auditor.source.rows",),
        "auditor.dropout": ("auditor.training.dropout",),
        "auditor.fetching": ("auditor.source.fetching",),
        "auditor.fetching.address": ("auditor.source.fetching.address",),
        "auditor.fetching.unzip": ("auditor.source.fetching.unzip",),
        "auditor.files": ("auditor.source.files",),
        "auditor.hookspecs": ("auditor.plugin.hooks",),
        "auditor.locks": ("auditor.cache.locks",),
        "auditor.network": ("auditor.training.encoder",),
        "auditor.quiet": ("auditor.source.library",),
        "auditor.ragged": ("auditor.training.ragged",),
        "auditor.registry": ("auditor.plugin.registry",),
        "auditor.report.blocks": ("auditor.document.blocks",),
        "auditor.store": ("auditor.cache.store",),
        "auditor.writing": ("auditor.cache.writing",),
    }
)
ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {"auditor.affinity.AffinityMatrix": "auditor.audit.results"}
)
"""What an old module offered whose name is a package now, and where it is."""


class OldPaths:
    """Finds the old modules, after everything that is really there; see `importlib.abc.MetaPathFinder`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how an old module is made, or None for any other name."""
        if fullname not in OLD:
            return None
        return ModuleSpec(fullname, self, is_package=fullname == "auditor.fetching")  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return None: an empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Let a module hand out what the new ones hold, and warn once."""
        homes = OLD[module.__name__]
        warn(module.__name__, homes[0], frames=2)

        def found(name: str) -> object:
            for home in homes:
                real = importlib.import_module(home)
                if not name.startswith("__") and hasattr(real, name):
                    return getattr(real, name)
            raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")

        module.__dict__["__getattr__"] = found


def install() -> None:
    """Let the old paths be imported, once."""
    if not any(isinstance(finder, OldPaths) for finder in sys.meta_path):
        sys.meta_path.append(OldPaths())


def attribute(module: str, name: str) -> object:
    """Return what a package offered as a module, with the warning.

    Raises
    ------
    AttributeError
        It offered nothing of that name.
    """
    home = ATTRIBUTES.get(f"{module}.{name}")
    if home is None:
        raise AttributeError(f"module '{module}' has no attribute '{name}'")
    warn(f"{module}.{name}", f"{home}.{name}", frames=3)
    found: object = getattr(importlib.import_module(home), name)
    setattr(sys.modules[module], name, found)  # `from … import` asks twice
    return found


def warn(old: str, new: str, *, frames: int) -> None:
    """Say where a name is now, at the line so many calls above; the import system's own do not count."""
    told = f"{old} is {new} now; the old name goes in the next release"
    warnings.warn(told, DeprecationWarning, stacklevel=frames + 1)
