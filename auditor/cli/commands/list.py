"""mtl-audit list: what is registered."""

from __future__ import annotations

import json
from typing import Any

import click

from auditor import console
from auditor.cli.options import small_format
from auditor.cli.registry import registry_with_problems_said
from auditor.plugin.component import Component, Dataset
from auditor.plugin.registry import PLURALS
from auditor.text import plain


@click.command("list", short_help="List datasets, encoders, affinities, analyses, formats.")
@click.argument("kind", type=click.Choice(list(PLURALS)))
@click.option("--verbose", "-v", is_flag=True, help="Add owner, needs, reference and licence.")
@small_format
def command(kind: str, verbose: bool, format_name: str) -> int:
    """List what is registered of a KIND.

    Example: mtl-audit list datasets
    """
    console.settings.json_errors = format_name == "json"
    components = registry_with_problems_said().all(PLURALS[kind])
    if format_name == "json":
        listed = {"schema_version": 1, "kind": kind, "components": [facts(c) for c in components]}
        console.out(json.dumps(listed, indent=1, sort_keys=True))
        return 0
    width = max((len(c.name) for c in components), default=0)
    for component in components:
        missing = component.missing()
        note = f"  [not installed: {', '.join(missing)}]" if missing else ""
        console.out(plain(f"{component.name:<{width}}  {component.summary}{note}"))
        if verbose:
            for label in ("owner", "needs", "libraries", "reference", "licence"):
                value = facts(component)[label]
                if value:
                    text = ", ".join(value) if isinstance(value, list) else value
                    console.out(plain(f"{'':<{width}}    {label}: {text}"))
    return 0


def facts(component: Component) -> dict[str, Any]:
    """Return what is known of a component, ready for JSON."""
    return {
        "name": component.name,
        "summary": component.summary,
        "owner": str(component.owner),
        "needs": list(component.needs),
        "missing": list(component.missing()),
        "libraries": list(component.libraries) if isinstance(component, Dataset) else [],
        "reference": component.reference,
        "licence": component.licence if isinstance(component, Dataset) else "",
    }
