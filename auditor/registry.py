"""Which components are installed, who owns them, and which plugins could not be used.

Built-in and third-party plugins take the same path: entry points of the group ``mtl_audit``. A
plugin that fails costs its own contribution only; whatever it had registered is rolled back.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import os
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pluggy

from auditor import hookspecs
from auditor.api_version import declared_by
from auditor.component import Component, Owner
from auditor.errors import UsageError
from auditor.plugin_call import overheard
from auditor.training import MEASURES

GROUP = "mtl_audit"
DISTRIBUTION = "mtl-audit"
STAGES = ("data", "affinity")
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "dataset": "register_datasets",
        "identity": "register_identities",
        "encoder": "register_encoders",
        "affinity": "register_affinities",
        "analysis": "register_analyses",
        "format": "register_exporters",
    }
)
PLURALS: Mapping[str, str] = MappingProxyType(
    {
        "datasets": "dataset",
        "identities": "identity",
        "encoders": "encoder",
        "affinities": "affinity",
        "analyses": "analysis",
        "formats": "format",
    }
)


@dataclass(frozen=True)
class PluginProblem:
    """Why a plugin's contribution is missing."""

    plugin: str
    distribution: str
    version: str
    stage: str
    error: str
    traceback: str = ""

    def line(self) -> str:
        """Return the problem as one line for stderr."""
        where = f"{self.plugin} ({self.distribution} {self.version})"
        return f"plugin {where} is not used: {self.stage}: {self.error}"


@dataclass(frozen=True)
class LoadedPlugin:
    """A plugin that is in use."""

    owner: Owner
    hooks: tuple[str, ...]
    load_s: float
    api: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Registry:
    """Everything that is registered, by kind and name."""

    components: Mapping[tuple[str, str], Component]
    plugins: tuple[LoadedPlugin, ...] = ()
    problems: tuple[PluginProblem, ...] = ()

    def all(self, kind: str) -> tuple[Component, ...]:
        """Return the components of a kind, sorted by name."""
        found = (c for (k, _), c in self.components.items() if k == kind)
        return tuple(sorted(found, key=lambda c: c.name))

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind, sorted."""
        return tuple(c.name for c in self.all(kind))

    def get(self, kind: str, name: str) -> Component:
        """Return a component by its exact name.

        Raises
        ------
        UsageError
            Nothing of that kind has the name; the hint gives the three nearest.
        """
        component = self.components.get((kind, name))
        if component is None:
            raise unknown_name(kind, name, self.names(kind))
        return component


def unknown_name(kind: str, name: str, known: Sequence[str]) -> UsageError:
    """Return the error for a name that is not registered, with the three nearest names."""
    plural = next(p for p, k in PLURALS.items() if k == kind)
    hint = f"{nearest(name, known)} mtl-audit list {plural}".strip()
    return UsageError(f"no {kind} named '{name}'", hint=hint)


def nearest(name: str, known: Sequence[str]) -> str:
    """Return "did you mean a, b, c?" with the three names most like the one given."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.0)
    return f"did you mean {', '.join(folded[found] for found in near)}?" if near else ""


@dataclass
class Register:
    """What a hook receives: collects one plugin's components and checks each call."""

    kind: str
    owner: Owner
    taken: Mapping[tuple[str, str], Component]
    added: dict[tuple[str, str], Component] = field(default_factory=dict)

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        licence: str = "",
        after: Sequence[str] = (),
        stage: str = "affinity",
        default: bool = True,
        needs_overlap: bool = True,
        measures: str = "gradients",
        suffix: str = "",
        media_type: str = "",
    ) -> None:
        """Register one component; see the hook's own text for the arguments it uses."""
        key = (self.kind, name)
        holder = self.taken.get(key) or self.added.get(key)
        if holder is not None:
            raise ValueError(f"{self.kind} '{name}' is already registered by {holder.owner}")
        if not isinstance(name, str) or not name or name != name.strip():
            raise ValueError(f"{name!r} is not a usable {self.kind} name")
        if stage not in STAGES:
            raise ValueError(f"stage '{stage}' is not one of {', '.join(STAGES)}")
        if measures and measures not in MEASURES:
            raise ValueError(f"measures '{measures}' is not one of {', '.join(MEASURES)}")
        self.added[key] = Component(
            kind=self.kind,
            name=name,
            target=target,
            summary=summary,
            owner=self.owner,
            needs=tuple(needs),
            extra=extra,
            reference=reference,
            licence=licence,
            after=tuple(after),
            stage=stage,
            default=default,
            needs_overlap=needs_overlap,
            measures=measures,
            suffix=suffix,
            media_type=media_type,
        )


def load_registry() -> Registry:
    """Load every allowed plugin, built-ins first, and isolate the ones that fail.

    Environment: ``MTL_AUDIT_PLUGINS`` (allow-list; empty = built-ins only),
    ``MTL_AUDIT_DISABLE_PLUGINS`` (block-list), ``MTL_AUDIT_STRICT_PLUGINS=1`` (re-raise),
    ``MTL_AUDIT_TRACE_PLUGINS=1`` (trace hook calls to stderr).
    """
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
        register = Register(kind, owner, {**taken, **added})
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
        error=" ".join(f"{type(error).__name__}: {error}".split()),
        traceback="".join(traceback.format_exception(error)),
    )


def _trace(manager: pluggy.PluginManager) -> None:
    from auditor import console

    def before(hook_name: str, methods: object, kwargs: object) -> None:
        console.err(f"trace: {hook_name} {[m.plugin_name for m in methods]}")  # type: ignore[attr-defined]

    manager.add_hookcall_monitoring(before, lambda *_: None)
