"""mtl-audit plugins: which plugins are in use, and why others are not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from auditor import console
from auditor.errors import ExitCode
from auditor.hookspecs import API_VERSION


@click.command("plugins", short_help="Show the installed plugins and their problems.")
@click.option("--timings", is_flag=True, help="Add how long each took to load.")
@click.option("--check", is_flag=True, help="Exit with code 5 if a plugin has a problem.")
@click.option("--format", "format_name", type=click.Choice(["terminal", "json"]), default="terminal")
def command(timings: bool, check: bool, format_name: str) -> int:
    """Show the installed plugins, what they offer, and the problems of those that are not used.

    Example: mtl-audit plugins --check
    """
    from auditor.registry import Registry, load_registry

    registry: Registry = load_registry()
    if format_name == "json":
        console.out(json.dumps(document(registry), indent=1, sort_keys=True))
    else:
        console.out(f"plugin API version {API_VERSION}")
        for plugin in registry.plugins:
            names = [c.name for c in registry.components.values() if c.owner == plugin.owner]
            took = f"  ({plugin.load_s * 1000:.0f} ms)" if timings else ""
            console.out(f"{plugin.owner}{took}: {', '.join(names) or 'nothing registered'}")
        for problem in registry.problems:
            console.out(problem.line())
            if console.settings.level > 0:
                console.out(problem.traceback)
    return int(ExitCode.PLUGIN_FAILED) if check and registry.problems else 0


def document(registry: Any) -> dict[str, Any]:
    """Return the plugins as JSON-able data."""
    return {
        "api_version": API_VERSION,
        "plugins": [
            {
                **asdict(plugin.owner),
                "hooks": list(plugin.hooks),
                "components": sorted(
                    f"{c.kind}:{c.name}" for c in registry.components.values() if c.owner == plugin.owner
                ),
            }
            for plugin in registry.plugins
        ],
        "problems": [asdict(problem) for problem in registry.problems],
    }
