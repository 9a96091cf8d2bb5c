"""mtl-audit plugins: which plugins are in use, why others are not, and a start for a new one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cli.options import small_format
from auditor.errors import ExitCode, UsageError
from auditor.plugin.hooks import API_VERSION
from auditor.plugin.loading import load_registry
from auditor.plugin.registry import Registry
from auditor.testing.starter.write import KINDS, write_starter
from auditor.text import plain

SLOW_TO_LOAD_S = 0.5
"""A plugin that takes longer to load slows every command."""


@click.group(
    "plugins",
    short_help="Show the installed plugins and their problems; start a new one.",
    invoke_without_command=True,
)
@click.option("--check", is_flag=True, help="Exit with code 5 if a plugin has a problem.")
@small_format
@click.pass_context
def command(ctx: click.Context, check: bool, format_name: str) -> int:
    """Show the installed plugins, what they offer, and the problems of those that are not used.

    Example: mtl-audit plugins --check
    """
    if ctx.invoked_subcommand:
        return 0

    registry: Registry = load_registry()
    if format_name == "json":
        console.out(json.dumps(document(registry), indent=1, sort_keys=True))
    else:
        for line in lines(registry):
            console.out(line)
    return int(ExitCode.PLUGIN_FAILED) if check and registry.problems else 0


@command.command("new", short_help="Write a tested starter package.")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the package adds.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="here",
    help="Where the package's folder goes.",
)
def new(name: str, kind: str, folder: Path) -> int:
    """Write the package mtl-audit-NAME: one component, its registration, and tests that pass at once.

    Example: mtl-audit plugins new my-lab --kind dataset
    """
    holder = load_registry().components.get((kind, name))
    if holder is not None:
        raise UsageError(
            f"{kind} '{name}' is registered by {holder.owner} already", hint="choose another name"
        )
    for path in write_starter(name, kind, folder):
        console.out(str(path))
    home = folder / f"mtl-audit-{name}"
    console.say(f"next: cd {home} && python -m pytest && pip install --editable .")
    return 0


def lines(registry: Any) -> list[str]:
    """Return what is told of the plugins, one line each; with -v the tracebacks of the failed ones."""
    told = [f"plugin API version {API_VERSION}"]
    for plugin in registry.plugins:
        names = [c.name for c in registry.components.values() if c.owner == plugin.owner]
        slow = ", slow to load" if plugin.load_s > SLOW_TO_LOAD_S else ""
        took = f"{plugin.load_s * 1000:.0f} ms{slow}"
        told.append(plain(f"{plugin.owner}, {took}: {', '.join(names) or 'nothing registered'}"))
        if plugin.note:
            told.append(plain(f"  {plugin.note}"))
    for problem in registry.problems:
        told.append(plain(problem.line()))
        if console.settings.level > 0:
            told.append(problem.traceback)
    return told


def document(registry: Any) -> dict[str, Any]:
    """Return the plugins as JSON-able data."""
    return {
        "schema_version": 1,
        "api_version": API_VERSION,
        "plugins": [
            {
                **asdict(plugin.owner),
                "api": plugin.api,
                "note": plugin.note,
                "load_s": round(plugin.load_s, 4),
                "hooks": list(plugin.hooks),
                "components": sorted(
                    f"{c.kind}:{c.name}" for c in registry.components.values() if c.owner == plugin.owner
                ),
            }
            for plugin in registry.plugins
        ],
        "problems": [asdict(problem) for problem in registry.problems],
    }
