"""What keywords of a call hold, in the form in which a request takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.errors import UsageError
from auditor.plugin.options import call_options

if TYPE_CHECKING:
    from auditor.plugin.registry import Registry

Values = dict[str, Any]


def names_of(key: str, values: Values) -> tuple[str, ...]:
    """Return a keyword that takes names, of which one may be given alone."""
    given = values.get(key) or ()
    found = (given,) if isinstance(given, str) else tuple(given)
    for name in found:
        if not isinstance(name, str):
            raise UsageError(f"{key}= takes names, not {name!r}", hint=f'{key}=["NAME"]')
    return found


def missing_of(values: Values) -> tuple[str, ...]:
    """Return what stands for "not measured": numbers and words, of which one may be given alone."""
    given = values.get("missing")
    several = isinstance(given, Sequence) and not isinstance(given, str)
    found = given if several else () if given is None else (given,)
    return tuple(f"{one:g}" if isinstance(one, float) else str(one) for one in found or ())


def texts(options: Mapping[str, Any] | None) -> dict[str, str]:
    """Return options of a component as the texts that the command line would be given."""
    return {str(name).replace("-", "_"): _text(value) for name, value in (options or {}).items()}


def component_options(parts: Registry, values: Values) -> dict[tuple[str, str], dict[str, str]]:
    """Return the options of estimators and analyses, checked against their signatures."""
    found = {}
    for kind in ("analysis", "affinity"):
        for name, options in (values.get(f"{kind}_options") or {}).items():
            if not isinstance(options, Mapping):
                shown = f'{kind}_options={{"NAME": {{"option": value}}}}'
                raise UsageError(f"{kind}_options= takes the options of each {kind} by name", hint=shown)
            typed = texts(options)
            call_options(parts.get(kind, name).load(), typed, f"{kind} '{name}'")
            found[kind, name] = typed
    return found


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
