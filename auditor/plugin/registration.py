"""What a hook receives: one registration per kind, which takes the arguments of that kind only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Never

from auditor.plugin.component import (
    KINDS,
    Affinity,
    Analysis,
    Component,
    Dataset,
    Encoder,
    Format,
    Identity,
    Kind,
    Owner,
)


@dataclass
class Register:
    """Collects the components of one kind that one plugin registers, and checks each of them."""

    kind: ClassVar[Kind]
    owner: Owner
    taken: Mapping[tuple[str, str], Component]
    added: dict[tuple[str, str], Component] = field(default_factory=dict)

    if TYPE_CHECKING:
        __call__: ClassVar[Callable[..., None]]

    def refuse(self, others: Collection[str]) -> None:
        """Raise where a plugin gives arguments that its hook does not take."""
        if others:
            named = ", ".join(f"'{name}'" for name in others)
            raise TypeError(f"{KINDS[self.kind]} takes no {named}")

    def add(self, component: Component) -> None:
        """Keep a component, unless its name is taken or cannot be typed."""
        kind, name = component.kind, component.name
        holder = self.taken.get((kind, name)) or self.added.get((kind, name))
        if holder is not None:
            raise ValueError(f"{kind} '{name}' is already registered by {holder.owner}")
        if not isinstance(name, str) or not name or name != name.strip():
            raise ValueError(f"{name!r} is not a usable {kind} name")
        self.added[kind, name] = component


class RegisterDatasets(Register):
    """Registers datasets."""

    kind: ClassVar[Kind] = "dataset"

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
        libraries: Sequence[str] = (),
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Dataset(*common, licence=licence, libraries=tuple(libraries)))


class RegisterIdentities(Register):
    """Registers identity levels."""

    kind: ClassVar[Kind] = "identity"

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Identity(*common))


class RegisterEncoders(Register):
    """Registers encoders."""

    kind: ClassVar[Kind] = "encoder"

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        reads: str = "molecules",
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Encoder(*common, reads=reads))


class RegisterAffinities(Register):
    """Registers estimators of affinity."""

    kind: ClassVar[Kind] = "affinity"

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        needs_overlap: bool = True,
        measures: str = "gradients",
        needs_molecules: bool = False,
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Affinity(*common, needs_overlap, measures, needs_molecules))


class RegisterAnalyses(Register):
    """Registers analyses."""

    kind: ClassVar[Kind] = "analysis"

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        stage: str = "affinity",
        default: bool = True,
        after: Sequence[str] = (),
        needs_molecules: bool = False,
        trains: bool = False,
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Analysis(*common, stage, default, tuple(after), needs_molecules, trains))


class RegisterExporters(Register):
    """Registers output formats."""

    kind: ClassVar[Kind] = "format"

    def __call__(
        self,
        name: str,
        target: object,
        *,
        summary: str,
        needs: Sequence[str] = (),
        extra: str = "",
        reference: str = "",
        suffix: str = "",
        media_type: str = "",
        **others: Never,
    ) -> None:
        """Register one."""
        self.refuse(others)
        common = (name, target, summary, self.owner, tuple(needs), extra, reference)
        self.add(Format(*common, suffix=suffix, media_type=media_type))


REGISTERS: Mapping[Kind, type[Register]] = MappingProxyType(
    {
        made.kind: made
        for made in (
            RegisterDatasets,
            RegisterIdentities,
            RegisterEncoders,
            RegisterAffinities,
            RegisterAnalyses,
            RegisterExporters,
        )
    }
)
