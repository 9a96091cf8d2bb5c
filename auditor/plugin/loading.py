"""Loading the installed plugins into the registry.

Built-in and third-party plugins take the same path: entry points of the group ``mtl_audit``. A
plugin that fails costs its own contribution only; whatever it had registered is rolled back.
"""

from __future__ import annotations

import importlib.metadata
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pluggy

from auditor import console
from auditor.faults import line_of
from auditor.plugin import hooks as hookspecs
from auditor.plugin import old_paths
from auditor.plugin.calling import overheard
from auditor.plugin.component import KINDS, Component, Owner
from auditor.plugin.registration import REGISTERS
from auditor.plugin.registry import LoadedPlugin, PluginProblem, Registry
from auditor.plugin.version import declared_by

GROUP = "mtl_audit"
DISTRIBUTION = "mtl-audit"


def load_registry() -> Registry:
    """Load every allowed plugin, built-ins first, and isolate the ones that fail.

    Environment: ``MTL_AUDIT_PLUGINS`` (allow-list; empty = built-ins only),
    ``MTL_AUDIT_DISABLE_PLUGINS`` (block-list), ``MTL_AUDIT_STRICT_PLUGINS=1`` (re-raise),
    ``MTL_AUDIT_TRACE_PLUGINS=1`` (trace hook calls to stderr).
    """
    old_paths.install()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    if os.environ.get("MTL_AUDIT_TRACE_PLUGINS") == "1":
        _trace(manager)
    strict = os.environ.get("MTL_AUDIT_STRICT_PLUGINS") == "1"
    components: dict[tuple[str, str], Component] = {}
    plugins: list[LoadedPlugin] = []
    problems: list[PluginProblem] = []
    for entry, owner in _entry_points():
        stage = "import"
        started = time.perf_counter()
        try:
            with overheard(f"plugin {owner}"):
                module = entry.load()
                stage = "API version"
                declared = declared_by(module)
                stage = "hooks"
                manager.register(module, name=owner.plugin)
                manager.check_pending()
                stage = "register"
                added = _components_of(manager, module, owner, components)
        except Exception as error:
            if strict:
                raise
            if manager.has_plugin(owner.plugin):
                manager.unregister(name=owner.plugin)
            problems.append(_problem(owner, stage, error))
            continue
        components.update(added)
        hooks = tuple(sorted(h.name for h in manager.get_hookcallers(module) or ()))
        load_s = time.perf_counter() - started
        plugins.append(LoadedPlugin(owner, hooks, load_s, declared.version, declared.note))
    return Registry(MappingProxyType(components), tuple(plugins), tuple(problems))


def _components_of(
    manager: pluggy.PluginManager,
    module: object,
    owner: Owner,
    taken: Mapping[tuple[str, str], Component],
) -> dict[tuple[str, str], Component]:
    others = [plugin for plugin in manager.get_plugins() if plugin is not module]
    added: dict[tuple[str, str], Component] = {}
    for kind, hook in KINDS.items():
        register = REGISTERS[kind](owner, {**taken, **added})
        manager.subset_hook_caller(hook, others)(register=register)
        added.update(register.added)
    return added


def _entry_points() -> Iterator[tuple[importlib.metadata.EntryPoint, Owner]]:
    """Yield allowed entry points in a fixed order: ours, then others by distribution and name."""
    allowed = _name_list("MTL_AUDIT_PLUGINS")
    blocked = _name_list("MTL_AUDIT_DISABLE_PLUGINS") or frozenset()
    found: dict[tuple[bool, str, str], tuple[importlib.metadata.EntryPoint, Owner]] = {}
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution = entry.dist.name if entry.dist else "unknown"
        owner = Owner(entry.name, distribution, entry.dist.version if entry.dist else "unknown")
        ours = distribution == DISTRIBUTION
        if entry.name in blocked or (allowed is not None and not ours and entry.name not in allowed):
            continue
        found.setdefault((not ours, distribution, entry.name), (entry, owner))
    for key in sorted(found):
        yield found[key]


def _name_list(variable: str) -> frozenset[str] | None:
    text = os.environ.get(variable)
    if text is None:
        return None
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _problem(owner: Owner, stage: str, error: Exception) -> PluginProblem:
    return PluginProblem(
        plugin=owner.plugin,
        distribution=owner.distribution,
        version=owner.version,
        stage=stage,
        error=line_of(error),
        traceback="".join(traceback.format_exception(error)),
    )


def _trace(manager: pluggy.PluginManager) -> None:
    def before(hook_name: str, methods: object, kwargs: object) -> None:
        console.err(f"trace: {hook_name} {[m.plugin_name for m in methods]}")  # type: ignore[attr-defined]

    manager.add_hookcall_monitoring(before, lambda *_: None)
