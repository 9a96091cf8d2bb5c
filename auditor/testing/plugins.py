"""What a plugin package is relied on for. The component is the module that its entry point names."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import subprocess
import sys
from types import ModuleType

import pluggy

from auditor.errors import AuditError, PluginError
from auditor.plugin import hooks as hookspecs
from auditor.plugin.component import KINDS, Component, Owner
from auditor.plugin.loading import GROUP, load_registry
from auditor.plugin.registration import REGISTERS
from auditor.plugin.version import declared_by
from auditor.testing.check import NotSupported, require

HEAVY = ("torch", "numpy", "pandas", "scipy", "rdkit", "sklearn", "deepchem", "tdc", "matplotlib")
LONGEST_SUMMARY = 120


def imports_nothing_heavy(module: str) -> None:
    """Importing it imports no large library: every command does it, `mtl-audit --help` too."""
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    paths = os.pathsep.join(path or "." for path in sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    require(done.returncode == 0, f"'{module}' cannot be imported: {done.stderr.strip()[-300:]}")
    require(not done.stdout.strip(), f"importing '{module}' imports {done.stdout.strip()}")


def its_api_version_is_spoken(module: str) -> None:
    """It declares no version of the plugin API, or one that this program speaks."""
    try:
        declared = declared_by(_module(module))
    except PluginError as error:
        require(False, error.message)
    else:
        if declared.note:
            raise NotSupported(declared.note)


def its_hooks_are_known(module: str) -> None:
    """Every hook that it implements is one of this program's, with the arguments it has."""
    try:
        _manager(module)
    except pluggy.PluginValidationError as error:
        require(False, " ".join(str(error).split()))


def it_registers_components(module: str) -> None:
    """Its hooks register at least one component, each with a summary of one line."""
    found = _components(module)
    require(bool(found), f"'{module}' registers nothing: are its functions marked @hookimpl?")
    for component in found:
        said = component.summary
        require(bool(said.strip()) and "\n" not in said, f"{_what(component)} has the summary {said!r}")
        require(len(said) <= LONGEST_SUMMARY, f"the summary of {_what(component)} is too long for a list")


def its_names_are_free(module: str) -> None:
    """No other installed plugin has a component of the same name: the later one would be refused."""
    entries = importlib.metadata.entry_points(group=GROUP)
    own = {entry.name for entry in entries if entry.value.partition(":")[0] == module}
    taken = load_registry().components
    for component in _components(module):
        holder = taken.get((component.kind, component.name))
        free = holder is None or holder.owner.plugin in own
        require(free, f"{_what(component)} is already registered by {holder and holder.owner}")


def every_component_can_be_loaded(module: str) -> None:
    """What it registers by name can be imported and called."""
    for component in _components(module):
        if component.missing():
            raise NotSupported(f"{_what(component)} needs {', '.join(component.missing())}")
        try:
            component.load()
        except AuditError as error:
            require(False, error.message)


CHECKS = (
    imports_nothing_heavy,
    its_api_version_is_spoken,
    its_hooks_are_known,
    it_registers_components,
    its_names_are_free,
    every_component_can_be_loaded,
)


def _module(module: str | ModuleType) -> ModuleType:
    return importlib.import_module(module) if isinstance(module, str) else module


def _manager(module: str) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(_module(module))
    manager.check_pending()
    return manager


def _components(module: str) -> list[Component]:
    manager = _manager(module)
    found: list[Component] = []
    owner = Owner(module, "this package", "0")
    for kind, hook in KINDS.items():
        register = REGISTERS[kind](owner, {})
        getattr(manager.hook, hook)(register=register)
        found += register.added.values()
    return found


def _what(component: Component) -> str:
    return f"{component.kind} '{component.name}'"
