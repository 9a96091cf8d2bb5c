"""Molecules for the checks, and what several kinds of checks ask of a component."""

from __future__ import annotations

import collections
import contextlib
import functools
import inspect
import random
from collections.abc import Callable, Collection, Iterator
from typing import Any

from auditor.errors import AuditError
from auditor.plugin.installing import installed
from auditor.plugin.options import call_options
from auditor.testing.check import NotConforming, require

MOLECULES = (
    "CCO", "Oc1ccccc1", "CC(=O)Nc1ccc(O)cc1", "C", "[Na+].[Cl-]", "CN1C=NC2=C1C(=O)N(C)C(=O)N2C",
    "OC(=O)c1ccccc1O", "CCN(CC)CC", "FC(F)(F)c1ccncc1", "N#CCC#N", "C[C@H](N)C(=O)O", "OB(O)c1ccccc1",
    "CS(=O)(=O)NC", "[O-][N+](=O)c1ccc(Cl)cc1", "C1CC1C(Br)I",
)  # fmt: skip
"""Molecules of one atom, without bonds, of several fragments, charged, and of usual kinds."""

ATOMS_AND_SALTS = ("C", "[Na+].[Cl-]", "[He]", "O.O.O")


_REMEMBERED: collections.deque[tuple[Any, Any, Any]] = collections.deque(maxlen=3)


def molecules(count: int) -> tuple[str, ...]:
    """Return distinct molecules that differ in substituent, chain and ring."""
    rings = ("c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCNC1", "c1ccsc1")
    ends = ("O", "N", "F", "Cl", "OC(=O)", "N#C", "CS")
    found = (f"{end}{'C' * size}{ring}" for size in range(1, 40) for ring in rings for end in ends)
    return tuple(text for _, text in zip(range(count), found, strict=False))


def require_typed_options(function: Callable[..., object], reserved: Collection[str] = ()) -> None:
    """Require that every keyword-only argument has a default and can be given as text."""
    while isinstance(function, functools.partial):
        function = function.func
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            raise NotConforming(f"**{name} takes any option: a misspelt one would not be noticed")
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or name in reserved:
            continue
        default = parameter.default
        require(default is not inspect.Parameter.empty, f"the option '{name}' has no default")
        try:
            typed = call_options(function, {name: str(default)}, "the component", reserved=reserved)[name]
        except AuditError as error:
            raise NotConforming(f"{error.message}; {error.hint}") from error
        require(typed == default, f"the option '{name}={default}', typed, is read as {typed!r}")


def once(function: Callable[..., Any], argument: Any) -> Any:
    """Return what a function makes of an argument, remembered while the next few are asked for."""
    for known, given, result in _REMEMBERED:
        if known is function and given is argument:
            return result
    result = function(argument)
    _REMEMBERED.append((function, argument, result))
    return result


@contextlib.contextmanager
def global_random_state_untouched() -> Iterator[None]:
    """Require that what runs within leaves the random state of Python, NumPy and torch as it was."""
    before = _random_states()
    yield
    for name, state in _random_states().items():
        require(
            state == before[name],
            f"the global random state of {name} has changed: make a generator of the seed instead",
        )


def _random_states() -> dict[str, Any]:
    import numpy as np

    state = np.random.get_state(legacy=False)  # noqa: NPY002 - it is what must not change
    assert isinstance(state, dict)
    return {
        "Python": random.getstate(),
        "NumPy": (state["state"]["pos"], state["state"]["key"].tobytes()),
        "torch": _random_state_of_torch() if installed("torch") else b"",
    }


def _random_state_of_torch() -> bytes:
    import torch

    return bytes(torch.get_rng_state().numpy())
