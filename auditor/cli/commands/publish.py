"""mtl-audit publish: several finished audits as one web site."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from auditor import console
from auditor.cache.writing import write_atomic
from auditor.cli.documents import read_document
from auditor.cli.options import open_option, small_format
from auditor.cli.target import check_writable, show
from auditor.errors import DataError, UsageError


@click.command("publish", short_help="Make one web site of several audits.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUNS...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for index.html and a folder of each audit.",
)
@click.option(
    "--title", default="Audits of benchmarks", show_default=True, help="The heading of the index."
)
@click.option("--force", is_flag=True, help="Overwrite what an earlier site left in the folder.")
@open_option
@small_format
def command(
    runs: tuple[Path, ...], output: Path, title: str, force: bool, opened: bool, format_name: str
) -> int:
    """Write an index of RUNS, each an audit.json or a folder with some, with the page, the Markdown
    comment, the JSON document, the pairs as CSV and a badge of every audit.

    Example: mtl-audit publish reports --output site
    """
    from auditor.report.gallery.entry import entries_of
    from auditor.report.gallery.site import files_of

    console.settings.json_errors = format_name == "json"
    index = output / "index.html"
    if index.exists() and not force:
        raise UsageError(f"{index} exists", hint="--force overwrites it")
    check_writable(output)
    paths = dict.fromkeys(path.resolve() for run in runs for path in audits_in(run))
    documents = [read_document(path) for path in paths]
    for name, content in files_of(documents, title=title):
        write_atomic(output / name, content)
    console.say(f"wrote {len(documents)} audits and {index}")
    if format_name == "json":
        audits = [asdict(entry) for entry in entries_of(documents)]
        console.out(json.dumps({"schema_version": 1, "index": str(index), "audits": audits}, indent=1))
    if opened:
        show(index)
    return 0


def audits_in(run: Path) -> list[Path]:
    """Return the run itself, or where it is a folder without an audit, the audits below it.

    Raises
    ------
    DataError
        There is none.
    """
    if not run.is_dir() or (run / "audit.json").exists():
        return [run]
    found = sorted(path.parent for path in run.rglob("audit.json"))
    if not found:
        raise DataError(f"{run} holds no audit", hint="give the folder of a run, or one above several")
    return found
