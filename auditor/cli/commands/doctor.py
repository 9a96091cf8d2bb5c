"""mtl-audit doctor: what is installed, what can be used, and what stands in the way."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cli.options import cache_options, small_format
from auditor.errors import ExitCode


@click.command("doctor", short_help="Say what is installed and what stands in the way.")
@cache_options
@click.option("--gpu", is_flag=True, help="Import torch, and say which threads and devices it sees.")
@click.option("--strict", is_flag=True, help="Exit with code 4 if there is a problem.")
@small_format
def command(
    cache_dir: Path | None, mirror: str | None, offline: bool, gpu: bool, strict: bool, format_name: str
) -> int:
    """Say what is installed, which sources can be used, what plugins offer, and what the cache holds.

    No server is asked and nothing is written.

    Example: mtl-audit doctor --strict
    """
    from auditor.cache.store import default_cache_dir
    from auditor.cli import CONFIG
    from auditor.cli.diagnosis import diagnosis
    from auditor.plugin.loading import load_registry

    console.settings.json_errors = format_name == "json"
    found = diagnosis(
        load_registry(),
        cache=(cache_dir or default_cache_dir()).absolute(),
        mirror=mirror or "",
        offline=offline,
        config=click.get_current_context().find_root().meta.get(CONFIG),
        gpu=gpu,
    )
    if format_name == "json":
        console.out(json.dumps(found, indent=1, sort_keys=True))
    else:
        console.out("\n".join(lines(found)))
    return int(ExitCode.UNAVAILABLE) if strict and found["problems"] else 0


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the diagnosis as a person reads it, problems last."""
    yield f"mtl-audit {found['mtl_audit']}, plugin API {found['api_version']}"
    yield f"Python {found['python']} on {found['platform']}"
    yield from _installed(found)
    yield "\nsources"
    for why in dict.fromkeys(f"{one['status']}: {one['why']}" for one in found["sources"]):
        named = [one["name"] for one in found["sources"] if f"{one['status']}: {one['why']}" == why]
        yield f"  {why}"
        yield _wrapped(named, indent="    ")
    yield "\nplugins"
    yield _wrapped([one["name"] for one in found["plugins"]] or ["none"], indent="  ")
    yield from _surroundings(found)
    yield "\nproblems" if found["problems"] else "\nno problem"
    for one in found["problems"]:
        yield f"  {one['what']}"
        yield f"    hint: {one['hint']}"


def _wrapped(names: Sequence[str], *, indent: str) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return textwrap.fill(
        ", ".join(names),
        width=max(width, 20),
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _installed(found: Mapping[str, Any]) -> Iterator[str]:
    yield "\ncore"
    for one in found["core"]:
        yield _dependency(one)
    for extra in found["extras"]:
        yield f"\nextra {extra['name']}" + (f": {extra['hint']}" if extra["hint"] else "")
        for one in extra["needs"]:
            yield _dependency(one)


def _dependency(one: Mapping[str, Any]) -> str:
    note = "" if one["status"] == "ok" else f"  [{one['status']}: wanted {one['wanted'] or 'any'}]"
    return f"  {one['name']:<16} {one['found'] or '–'}{note}"


def _surroundings(found: Mapping[str, Any]) -> Iterator[str]:
    cache, settings, threads = found["cache"], found["settings"], found["threads"]
    state = "can be written" if cache["writable"] else "CANNOT be written"
    yield f"\ncache {cache['path']}"
    yield f"  {state}, {cache['bytes'] / 1e6:,.1f} MB used, {cache['free_bytes'] / 1e9:,.1f} GB free"
    for part in cache["parts"]:
        yield f"  {part['name']:<16} {part['files']:,} files, {part['bytes'] / 1e6:,.1f} MB"
    yield "\nsettings"
    for name, value in settings.items():
        if value:
            yield f"  {name:<16} {'yes' if value is True else value}"
    told = f"{threads['cores']} cores, OMP_NUM_THREADS {threads['omp_num_threads'] or 'not set'}"
    yield f"  {'threads':<16} {told}" + (f", torch takes {threads['torch']}" if threads["torch"] else "")
    gpu = found["gpu"]
    if gpu is None:
        yield f"  {'GPU':<16} not asked (--gpu imports torch)"
    else:
        yield f"  {'GPU':<16} {', '.join(gpu['devices']) or 'none that torch can use'}"
