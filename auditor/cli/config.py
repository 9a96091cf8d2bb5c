"""Defaults of options from a file: mtl-audit.toml, or [tool.mtl-audit] in pyproject.toml."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from auditor.cache.bounded import read_bounded
from auditor.cli.unasked import unasked_for
from auditor.errors import UsageError
from auditor.text import nearest

VARIABLE = "MTL_AUDIT_CONFIG"
OWN, PROJECT = Path("mtl-audit.toml"), Path("pyproject.toml")
NEVER = frozenset({"force", "yes", "help", "schema"})
"""What is typed each time or not at all: it destroys something, or asks for something else."""


@dataclass(frozen=True)
class Config:
    """Defaults by command and parameter, and the file they came from (None: there is none)."""

    path: Path | None = None
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def load_config(group: click.Group, ctx: click.Context, given: Path | None) -> Config:
    """Return the defaults of the file given, of ``MTL_AUDIT_CONFIG``, or of the working folder's.

    Raises
    ------
    UsageError
        The file cannot be read, is not TOML, sets what no command has, or was only found in the working
        folder and sets more than is harmless.
    """
    path = _chosen(given)
    if path is None:
        return Config()
    asked_for = given is not None or bool(os.environ.get(VARIABLE))
    table = _table(path, asked_for=asked_for)
    if not table:
        return Config()
    commands = {name: group.get_command(ctx, name) for name in group.list_commands(ctx)}
    known = {name: options_of(found) for name, found in commands.items() if found is not None}
    defaults = _defaults(path, table, known, ctx)
    if not asked_for:
        _refuse_unasked(path, defaults, known, ctx)
    return Config(path, defaults)


def _chosen(given: Path | None) -> Path | None:
    if given is None and os.environ.get(VARIABLE):
        given = Path(os.environ[VARIABLE])
    if given is not None:
        return given
    return next((path for path in (OWN, PROJECT) if path.is_file()), None)


def _table(path: Path, *, asked_for: bool) -> Mapping[str, Any]:
    try:
        whole = tomllib.loads(read_bounded(path).decode())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", hint="--no-config goes on without"
        ) from error
    except ValueError as error:
        if path == PROJECT and not asked_for:  # another tool's file, and another tool's to complain of
            return {}
        raise UsageError(f"{path} is not TOML: {error}", hint="--no-config goes on without") from error
    table = whole.get("tool", {}).get("mtl-audit", {}) if path.name == PROJECT.name else whole
    if not isinstance(table, dict):
        raise UsageError(f"{path}: tool.mtl-audit is not a table", hint="begin it with [tool.mtl-audit]")
    return table


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Return the options that a file may set, by their names in it: "batch-size"."""
    found = {}
    for param in command.params:
        if isinstance(param, click.Option):
            name = max(param.opts, key=len).lstrip("-")
            if name not in NEVER:
                found[name] = param
    return found


def _defaults(
    path: Path,
    table: Mapping[str, Any],
    known: Mapping[str, Mapping[str, click.Option]],
    ctx: click.Context,
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {command: {} for command in known}
    shared = sorted({option for options in known.values() for option in options})
    of_commands = {key: value for key, value in table.items() if key in known}
    for key, value in table.items():  # what stands above the tables holds for every command that has it
        name = key.replace("_", "-")
        if key in of_commands:
            continue
        if name not in shared:
            raise _unknown(f"{path}: there is no command and no option '{key}'", key, [*known, *shared])
        for command, options in known.items():
            if name in options:
                found[command].update(_entry(path, key, options[name], value, ctx))
    for command, values in of_commands.items():
        if not isinstance(values, dict):
            raise UsageError(f"{path}: '{command}' is not a table", hint=f"begin it with [{command}]")
        for key, value in values.items():
            option = known[command].get(key.replace("_", "-"))
            if option is None:
                raise _unknown(f"{path}: [{command}] has no option '{key}'", key, list(known[command]))
            found[command].update(_entry(path, f"[{command}] {key}", option, value, ctx))
    return {command: values for command, values in found.items() if values}


def _refuse_unasked(
    path: Path,
    defaults: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Mapping[str, click.Option]],
    ctx: click.Context,
) -> None:
    """Refuse, in a file that was only found, all but harmless options: whoever wrote it is not known."""
    for command, values in defaults.items():
        for name, option in known[command].items():
            if option.name not in values:
                continue
            for found in unasked_for(name, option, option.type_cast_value(ctx, values[option.name])):
                raise UsageError(
                    f"{path} sets {found}, and a file that was only found may not",
                    hint=f"if you trust it: --config {path}; --no-config goes on without",
                )


def _unknown(message: str, name: str, known: list[str]) -> UsageError:
    if name.replace("_", "-") in NEVER:
        return UsageError(f"{message} that a file may set", hint="type it on the command line")
    return UsageError(message, hint=nearest(name, sorted(set(known))))


def _entry(path: Path, where: str, option: click.Option, value: Any, ctx: click.Context) -> dict[str, Any]:
    """Return the default of one parameter, converted once to see that it can be."""
    try:
        typed = as_typed(option, value)
        option.type_cast_value(ctx, typed)
    except (click.UsageError, TypeError, ValueError) as error:
        says = error.format_message() if isinstance(error, click.UsageError) else str(error)
        raise UsageError(
            f"{path}: {where} = {value!r}: {says}", hint="see --help of the command"
        ) from error
    assert option.name is not None
    return {option.name: typed}


def as_typed(option: click.Option, value: Any) -> Any:
    """Return a TOML value in the form in which the option would be typed.

    Raises
    ------
    ValueError
        A table or a list for an option that takes one value, or a text for a switch.
    """
    if option.is_flag and not isinstance(value, bool):
        raise ValueError("give true or false")
    if isinstance(value, dict):
        value = [f"{name}={text}" for name, text in _flat(value)]
    several = isinstance(value, list)
    if option.multiple:
        return [_text(item) for item in value] if several else [_text(value)]
    if several and option.type.name == "names":
        return ",".join(map(_text, value))
    if several:
        raise ValueError("give one value")
    return value


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", text) for inner, text in _flat(value))
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def taken_from_file(ctx: click.Context) -> str:
    """Return the options that this command took from a file, as they would be typed; "" if none."""
    words: list[str] = []
    for param in ctx.command.params:
        if param.name is None or ctx.get_parameter_source(param.name) is not ParameterSource.DEFAULT_MAP:
            continue
        value = (ctx.default_map or {}).get(param.name)
        option = max(param.opts, key=len)
        if isinstance(value, bool):
            words += [option] if value else [f"{option}=false"]
        else:
            for item in value if isinstance(value, list) else [value]:
                words += [option, _text(item)]
    return shlex.join(words)
