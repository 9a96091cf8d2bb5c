"""One registered dataset, identity, encoder, affinity, analysis or format, and who owns it."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass

from auditor.errors import MissingExtra, PluginError

MEASURES = ("errors", "gradients", "lookahead")
"""What a log can measure; each costs more than the one before, and includes it."""


@dataclass(frozen=True)
class Owner:
    """The plugin behind a component."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})"


@dataclass(frozen=True)
class Component:
    """One registered dataset, identity, encoder, affinity, analysis or format."""

    kind: str
    name: str
    target: object
    summary: str
    owner: Owner
    needs: tuple[str, ...] = ()
    extra: str = ""
    reference: str = ""
    licence: str = ""
    after: tuple[str, ...] = ()
    stage: str = "affinity"
    default: bool = True
    needs_overlap: bool = True
    measures: str = "gradients"
    suffix: str = ""
    media_type: str = ""

    def missing(self) -> tuple[str, ...]:
        """Return the needed distributions that are not installed, importing none of them."""
        return tuple(name for name in self.needs if not _installed(name))

    def load(self) -> Callable[..., object]:
        """Return the target, imported now if it is given by name.

        Raises
        ------
        MissingExtra
            A distribution in ``needs`` is not installed.
        PluginError
            The target cannot be imported or is not callable.
        """
        missing = self.missing()
        if missing:
            wanted = f"'mtl-audit[{self.extra}]'" if self.extra else " ".join(missing)
            raise MissingExtra(
                f"{self.kind} '{self.name}' needs {', '.join(missing)}, which is not installed",
                hint=f"pip install {wanted}",
            )
        target = self.target
        if isinstance(target, str):
            module, _, attribute = target.partition(":")
            try:
                target = getattr(importlib.import_module(module), attribute)
            except Exception as error:
                raise PluginError(
                    f"{self.kind} '{self.name}' of plugin {self.owner} cannot be imported: "
                    f"{type(error).__name__}: {error}",
                    hint=f"MTL_AUDIT_DISABLE_PLUGINS={self.owner.plugin} switches the plugin off",
                ) from error
        if not callable(target):
            raise PluginError(
                f"{self.kind} '{self.name}' of plugin {self.owner} is not callable",
                hint="its target must be a function",
            )
        return target


def _installed(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
