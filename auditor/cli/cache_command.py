"""mtl-audit cache: where files and results are kept, and how to be rid of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from auditor import console

PARTS = ("files", "datasets", "identity", "trainings")


@click.command("cache", short_help="Show or clear what is kept between runs.")
@click.argument("action", type=click.Choice(["path", "list", "clear"]))
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--cache-dir", type=click.Path(path_type=Path, file_okay=False), envvar="MTL_AUDIT_CACHE_DIR")
@click.option("--yes", is_flag=True, help="Do not ask before clearing.")
def command(action: str, parts: tuple[str, ...], cache_dir: Path | None, yes: bool) -> int:
    """Show the cache's path, list its parts, or clear some or all PARTS of it.

    Example: mtl-audit cache list
    """
    from auditor.store import default_cache_dir, writable

    cache = cache_dir or default_cache_dir()
    if action == "path":
        console.out(str(cache))
        return 0
    for part in parts or PARTS:
        folder = cache / part
        if action == "list":
            files = [path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."]
            size = sum(path.stat().st_size for path in files)
            console.out(f"{part:<10} {len(files):>6,} files {size / 1e6:>10,.1f} MB")
        elif folder.exists() and (yes or click.confirm(f"delete {folder}?")):
            with writable(folder):
                shutil.rmtree(folder)
            console.say(f"cleared {part}")
    return 0
