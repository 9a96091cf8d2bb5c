"""Which components are installed, who owns them, and which plugins could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from auditor.errors import UsageError
from auditor.plugin.component import MEASURES, Component, Owner
from auditor.text import nearest

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
