"""Options typed as text, converted by the signature of the function that they go to.

A component's keyword-only arguments are its options: their annotations say how to read the text,
their defaults what holds when nothing is typed.
"""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, Union

from auditor.errors import PluginError, UsageError

_WORDS = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip


def call_options(
    function: Callable[..., object],
    options: Mapping[str, str],
    what: str,
    *,
    reserved: Collection[str] = (),
) -> dict[str, object]:
    """Return the value of every option of a function: as typed where given, else its default.

    Parameters
    ----------
    function
        Its keyword-only arguments, annotated ``int``, ``float``, ``str``, ``bool``, a ``Literal`` of
        these or one of these ``| None``, are the options.
    options
        Texts by name.
    what
        What the options belong to, as errors name it: ``"dataset 'synthetic'"``.
    reserved
        Arguments that the caller supplies itself; they are no options.

    Raises
    ------
    UsageError
        An unknown option, a text that does not convert, or a missing option without default.
    PluginError
        An option has a type that no text can give.
    """
    accepted = _parameters(function, reserved)
    for name in options:
        if name not in accepted:
            raise UsageError(f"{what} has no option '{name}'", hint=_accepts(accepted))
    return {name: _value(parameter, options.get(name), what) for name, parameter in accepted.items()}


def _parameters(function: Callable[..., object], reserved: Collection[str]) -> dict[str, inspect.Parameter]:
    """Return the keyword-only parameters by name, their annotations evaluated where possible."""
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or name in reserved:
            continue
        holder = types.SimpleNamespace(__annotations__={name: parameter.annotation})
        try:
            kind = typing.get_type_hints(holder, globalns=scope)[name]
        except (NameError, TypeError, SyntaxError):
            kind = parameter.annotation
        found[name] = parameter.replace(annotation=kind)
    return found


def _value(parameter: inspect.Parameter, text: str | None, what: str) -> object:
    default = parameter.default
    if text is None:
        if default is inspect.Parameter.empty:
            raise UsageError(f"{what} needs the option '{parameter.name}'", hint=_describe(parameter))
        return default
    try:
        return _convert(text.strip(), parameter.annotation)
    except ValueError as error:
        raise UsageError(
            f"option '{parameter.name}' of {what} must be {_kind(parameter.annotation)}, not '{text}'",
            hint=_describe(parameter),
        ) from error
    except TypeError as error:
        raise PluginError(
            f"option '{parameter.name}' of {what} has a type that cannot be typed as text",
            hint="its author must annotate it int, float, str, bool or a Literal of these",
        ) from error


def _convert(text: str, kind: Any) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        for choice in arguments:
            if text == str(choice):
                return choice
        raise ValueError(text)
    if origin in (Union, types.UnionType):
        if type(None) in arguments and text.lower() == "none":
            return None
        rest = [argument for argument in arguments if argument is not type(None)]
        if len(rest) == 1:
            return _convert(text, rest[0])
    if kind is bool:
        if text.lower() not in _WORDS:
            raise ValueError(text)
        return _WORDS[text.lower()]
    if kind is float:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    if kind in (int, str):
        return kind(text)
    raise TypeError(kind)


def _accepts(accepted: Mapping[str, inspect.Parameter]) -> str:
    if not accepted:
        return "it has no options"
    return f"it accepts {', '.join(_describe(parameter) for parameter in accepted.values())}"


def _describe(parameter: inspect.Parameter) -> str:
    kind = _kind(parameter.annotation)
    if parameter.default is inspect.Parameter.empty:
        return f"{parameter.name}=... ({kind})"
    return f"{parameter.name}={parameter.default} ({kind})"


def _kind(kind: Any) -> str:
    words = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return "one of " + ", ".join(str(choice) for choice in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join("none" if a is type(None) else _kind(a) for a in arguments)
    return words.get(kind, str(kind))
