"""Which components are installed, who owns them, and which plugins could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, overload

from auditor import console
from auditor.errors import UsageError
from auditor.plugin.component import (
    Affinity,
    Analysis,
    Component,
    Dataset,
    Encoder,
    Format,
    Identity,
    Kind,
    Owner,
    Plan,
)
from auditor.plugin.registration import Register as Register  # plugins annotate their hooks with it
from auditor.text import nearest

PLURALS: Mapping[str, Kind] = MappingProxyType(
    {
        "datasets": "dataset",
        "identities": "identity",
        "encoders": "encoder",
        "affinities": "affinity",
        "analyses": "analysis",
        "formats": "format",
        "plans": "plan",
    }
)
RENAMED: Mapping[tuple[str, str], str] = MappingProxyType({("identity", "inchikey"): "parent-inchikey"})
"""Names of earlier releases that still work, and what they are now."""


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

    @overload
    def all(self, kind: Literal["dataset"]) -> tuple[Dataset, ...]: ...
    @overload
    def all(self, kind: Literal["identity"]) -> tuple[Identity, ...]: ...
    @overload
    def all(self, kind: Literal["encoder"]) -> tuple[Encoder, ...]: ...
    @overload
    def all(self, kind: Literal["affinity"]) -> tuple[Affinity, ...]: ...
    @overload
    def all(self, kind: Literal["analysis"]) -> tuple[Analysis, ...]: ...
    @overload
    def all(self, kind: Literal["format"]) -> tuple[Format, ...]: ...
    @overload
    def all(self, kind: Literal["plan"]) -> tuple[Plan, ...]: ...
    @overload
    def all(self, kind: str) -> tuple[Component, ...]: ...
    def all(self, kind: str) -> tuple[Component, ...]:
        """Return the components of a kind, sorted by name."""
        found = (c for (k, _), c in self.components.items() if k == kind)
        return tuple(sorted(found, key=lambda c: c.name))

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind, sorted."""
        return tuple(c.name for c in self.all(kind))

    @overload
    def get(self, kind: Literal["dataset"], name: str) -> Dataset: ...
    @overload
    def get(self, kind: Literal["identity"], name: str) -> Identity: ...
    @overload
    def get(self, kind: Literal["encoder"], name: str) -> Encoder: ...
    @overload
    def get(self, kind: Literal["affinity"], name: str) -> Affinity: ...
    @overload
    def get(self, kind: Literal["analysis"], name: str) -> Analysis: ...
    @overload
    def get(self, kind: Literal["format"], name: str) -> Format: ...
    @overload
    def get(self, kind: Literal["plan"], name: str) -> Plan: ...
    @overload
    def get(self, kind: str, name: str) -> Component: ...
    def get(self, kind: str, name: str) -> Component:
        """Return a component by its exact name, or by the name that it had in an earlier release.

        Raises
        ------
        UsageError
            Nothing of that kind has the name; the hint gives the three nearest.
        """
        component = self.components.get((kind, name))
        if component is None and (kind, name) in RENAMED:
            _say_renamed(kind, name)
            component = self.components.get((kind, RENAMED[kind, name]))
        if component is None:
            raise unknown_name(kind, name, self.names(kind))
        return component


@cache
def _say_renamed(kind: str, name: str) -> None:
    """Say once that a name has changed."""
    console.say(f"{kind} '{name}' is called '{RENAMED[kind, name]}' now")


def unknown_name(kind: str, name: str, known: Sequence[str]) -> UsageError:
    """Return the error for a name that is not registered, with the three nearest names."""
    plural = next(p for p, k in PLURALS.items() if k == kind)
    hint = f"{nearest(name, known)} mtl-audit list {plural}".strip()
    return UsageError(f"no {kind} named '{name}'", hint=hint)
