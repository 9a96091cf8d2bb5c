"""A conformance check: one function with a sentence, and how the checks of a kind are found."""

from __future__ import annotations

import importlib
import inspect
import unittest
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from auditor.errors import UsageError

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "plugin": "plugins",
        "dataset": "datasets",
        "identity": "identities",
        "encoder": "encoders",
        "affinity": "affinities",
        "analysis": "analyses",
        "format": "formats",
        "plan": "plans",
    }
)
"""Where the checks of each kind are; ``plugin`` is the package that registers the components."""


class NotConforming(AssertionError):
    """A component that breaks what the program relies on; the message says how."""


class NotSupported(unittest.SkipTest):
    """A capability that a component may lack, or a check that needs what the test did not give."""


@dataclass(frozen=True)
class Check:
    """One thing that the program relies on.

    Parameters
    ----------
    kind
        Of component, as in `MODULES`.
    function
        Takes the component and keyword-only settings; raises `NotConforming` or `NotSupported`.
    settings
        What any check of the kind can be told beside the component.
    """

    kind: str
    function: Callable[..., None]
    settings: frozenset[str] = frozenset()

    @property
    def claim(self) -> str:
        """The sentence that the check stands for."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]

    def __str__(self) -> str:
        return self.function.__name__

    def __call__(self, component: Any, **settings: Any) -> None:
        """Check a component; a setting that only other checks of the kind take is left out."""
        unknown = sorted(set(settings) - self.settings)
        if unknown:
            known = ", ".join(sorted(self.settings)) or "none"
            raise TypeError(
                f"the checks of kind '{self.kind}' have no setting '{unknown[0]}', only {known}"
            )
        own = _settings_of(self.function)
        self.function(component, **{name: value for name, value in settings.items() if name in own})


def checks_of(kind: str) -> tuple[Check, ...]:
    """Return the checks of a kind of component, in the order in which they are best corrected.

    Raises
    ------
    UsageError
        There is no such kind.
    """
    if kind not in MODULES:
        raise UsageError(f"no kind named '{kind}'", hint=f"one of {', '.join(MODULES)}")
    functions = importlib.import_module(f"auditor.testing.{MODULES[kind]}").CHECKS
    settings = frozenset[str]().union(*map(_settings_of, functions))
    return tuple(Check(kind, function, settings) for function in functions)


def require(holds: bool, said: str) -> None:
    """Raise `NotConforming` unless something holds."""
    if not holds:
        raise NotConforming(said)


def _settings_of(function: Callable[..., None]) -> frozenset[str]:
    parameters = inspect.signature(function).parameters.values()
    return frozenset(part.name for part in parameters if part.kind is inspect.Parameter.KEYWORD_ONLY)
