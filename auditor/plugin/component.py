"""What can be registered: a dataset, identity, encoder, affinity, analysis or format, and who owns it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from auditor.errors import MissingExtra, PluginError, UsageError
from auditor.faults import contained, line_of
from auditor.plugin.installing import how_to_install, installed

Reader = Literal["auto", "library", "own"]
Kind = Literal["dataset", "identity", "encoder", "affinity", "analysis", "format"]
KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        "dataset": "register_datasets",
        "identity": "register_identities",
        "encoder": "register_encoders",
        "affinity": "register_affinities",
        "analysis": "register_analyses",
        "format": "register_exporters",
    }
)
"""The hook that registers each kind."""
MEASURES = ("errors", "gradients", "lookahead")
"""What a log can measure; each costs more than the one before, and includes it."""
READ = ("molecules", "features")
"""What an encoder can be given."""
STAGES = ("data", "affinity")
"""When an analysis runs: before anything is trained, or once affinities are estimated."""


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
    """What all registered components have, whatever their kind.

    Parameters
    ----------
    name
        What users type.
    target
        The function, or ``"package.module:attribute"``, which is imported on first use.
    summary
        One line for ``mtl-audit list``.
    owner
        The plugin that registered it.
    needs
        Distributions that it imports.
    extra
        The optional dependency group of ``mtl-audit`` that installs them.
    reference
        The paper or DOI behind it.
    """

    kind: ClassVar[Kind]
    name: str
    target: object
    summary: str
    owner: Owner
    needs: tuple[str, ...] = ()
    extra: str = ""
    reference: str = ""

    def missing(self) -> tuple[str, ...]:
        """Return the needed distributions that are not installed, importing none of them."""
        return tuple(name for name in self.needs if not installed(name))

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
            raise MissingExtra(
                f"{self.kind} '{self.name}' needs {', '.join(missing)}, which is not installed",
                hint=how_to_install(missing, self.extra),
            )
        target = self.target
        if isinstance(target, str):
            module, _, attribute = target.partition(":")
            try:
                with contained():
                    target = getattr(importlib.import_module(module), attribute)
            except Exception as error:
                raise PluginError(
                    f"{self.kind} '{self.name}' of plugin {self.owner} cannot be imported: "
                    f"{line_of(error)}",
                    hint=f"MTL_AUDIT_DISABLE_PLUGINS={self.owner.plugin} switches the plugin off",
                ) from error
        if not callable(target):
            raise PluginError(
                f"{self.kind} '{self.name}' of plugin {self.owner} is not callable",
                hint="its target must be a function",
            )
        return target


@dataclass(frozen=True)
class Dataset(Component):
    """A benchmark by name.

    Parameters
    ----------
    licence
        As the publisher states it.
    libraries
        Distributions that can read the published files for it; where they are not installed, it reads
        the same rows by itself.
    """

    kind: ClassVar[Kind] = "dataset"
    licence: str = ""
    libraries: tuple[str, ...] = ()

    def reader(self, asked: Reader = "auto") -> Literal["library", "own"]:
        """Return who reads the published files.

        Raises
        ------
        UsageError
            A library shall read what no library reads.
        MissingExtra
            The library that shall read is not installed.
        """
        missing = tuple(name for name in self.libraries if not installed(name))
        if asked == "library" and not self.libraries:
            raise UsageError(f"no library reads dataset '{self.name}'", hint="leave out --reader library")
        if asked == "library" and missing:
            raise MissingExtra(
                f"--reader library needs {', '.join(missing)}, which is not installed",
                hint=how_to_install(missing, self.extra),
            )
        return "library" if asked != "own" and self.libraries and not missing else "own"


@dataclass(frozen=True)
class Identity(Component):
    """A definition of "the same compound"."""

    kind: ClassVar[Kind] = "identity"


@dataclass(frozen=True)
class Encoder(Component):
    """An encoder; ``reads`` is "molecules", or "features" of examples that are none."""

    kind: ClassVar[Kind] = "encoder"
    reads: str = "molecules"

    def __post_init__(self) -> None:
        if self.reads not in READ:
            raise ValueError(f"reads '{self.reads}' is not one of {', '.join(READ)}")


@dataclass(frozen=True)
class Affinity(Component):
    """An estimator of task affinity.

    Parameters
    ----------
    needs_overlap
        False: it also says something where the gate fails, and runs there.
    measures
        What training must log for it: one of `MEASURES`, or ``""`` for nothing.
    needs_molecules
        True: it does not apply to a table of features.
    """

    kind: ClassVar[Kind] = "affinity"
    needs_overlap: bool = True
    measures: str = "gradients"
    needs_molecules: bool = False

    def __post_init__(self) -> None:
        if self.measures and self.measures not in MEASURES:
            raise ValueError(f"measures '{self.measures}' is not one of {', '.join(MEASURES)}")


@dataclass(frozen=True)
class Analysis(Component):
    """An analysis, which is also a section of the report.

    Parameters
    ----------
    stage
        One of `STAGES`.
    default
        False: it runs only where it is asked for by name.
    after
        Analyses of the same stage whose findings it reads.
    needs_molecules
        True: it does not apply to a table of features.
    trains
        True: it does not apply where the gradients are from a training of the user's own.
    """

    kind: ClassVar[Kind] = "analysis"
    stage: str = "affinity"
    default: bool = True
    after: tuple[str, ...] = ()
    needs_molecules: bool = False
    trains: bool = False

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise ValueError(f"stage '{self.stage}' is not one of {', '.join(STAGES)}")


@dataclass(frozen=True)
class Format(Component):
    """An output format; ``suffix`` is that of its files, such as ``".html"``."""

    kind: ClassVar[Kind] = "format"
    suffix: str = ""
    media_type: str = ""
