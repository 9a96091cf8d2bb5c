"""mtl-audit cache: where files and results are kept, and how to be rid of them."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import click

from auditor import console
from auditor.cache.contents import PARTS, Part, part_of
from auditor.cache.marker import MARKER, is_marked
from auditor.cache.store import default_cache_dir
from auditor.cache.writing import writable
from auditor.cli.options import small_format
from auditor.errors import UsageError
from auditor.text import plain


@click.command("cache", short_help="Show or clear what is kept between runs.")
@click.argument("action", type=click.Choice(["path", "list", "clear"]))
@click.argument("parts", nargs=-1, type=click.Choice(PARTS), metavar="[PART]...")
@click.option(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MTL_AUDIT_CACHE_DIR",
    help="The cache's folder [env: MTL_AUDIT_CACHE_DIR].",
)
@click.option("--yes", is_flag=True, help="Do not ask before clearing.")
@small_format
def command(
    action: str, parts: tuple[str, ...], cache_dir: Path | None, yes: bool, format_name: str
) -> int:
    """Show the cache's path, list its parts, or clear some or all of them.

    A PART is files, datasets, identity, trainings, jobs, projections, fingerprints or recommendations.

    Example: mtl-audit cache list
    """
    as_json = format_name == "json"
    console.settings.json_errors = as_json
    cache = cache_dir or default_cache_dir()
    if action == "path":
        found, text = [], str(cache)
    elif action == "list":
        found = [part_of(cache, name) for name in parts or PARTS]
        text = "\n".join(f"{p.name:<15} {p.files:>6,} files {p.bytes / 1e6:>10,.1f} MB" for p in found)
    else:
        found, text = cleared(cache, parts or PARTS, yes=yes), ""
    if as_json:
        console.out(json.dumps(document(cache, action, found), indent=1, sort_keys=True))
    elif text:
        console.out(text)
    return 0


def cleared(cache: Path, parts: tuple[str, ...], *, yes: bool) -> list[Part]:
    """Delete parts of the cache, each after asking unless told not to; return what was deleted.

    Raises
    ------
    UsageError
        The folder is not known as a cache, or a part of it is no folder of its own.
    """
    _refuse_foreign(cache, parts)
    gone = []
    for name in parts:
        folder = cache / name
        if folder.exists() and (yes or click.confirm(plain(f"delete {folder}?"), err=True)):
            gone.append(part_of(cache, name))
            with writable(folder, options="--cache-dir"):
                shutil.rmtree(folder)
            console.say(f"cleared {name}")
    return gone


def _refuse_foreign(cache: Path, parts: tuple[str, ...]) -> None:
    """Refuse to delete what this tool did not make."""
    there = [cache / name for name in parts if os.path.lexists(cache / name)]
    if there and not is_marked(cache) and cache.absolute() != default_cache_dir().absolute():
        raise UsageError(
            f"{cache} is not known as a cache of mtl-audit: it has no {MARKER} of its own",
            hint=f"if it is one, of a version before 0.2, delete {there[0]} yourself",
        )
    for folder in there:
        if folder.is_symlink():
            raise UsageError(
                f"{folder} is a symbolic link, and what it leads to is not deleted",
                hint="delete the link, or clear the folder that it leads to",
            )
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder", hint="no cache makes that: look what it is")


def document(cache: Path, action: str, parts: list[Part]) -> dict[str, object]:
    """Return the answer as JSON-able data."""
    return {
        "schema_version": 1,
        "action": action,
        "path": str(cache),
        "parts": [asdict(part) for part in parts],
    }
