"""mtl-audit check: what is read of a file, and the clean table that it gives."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import console
from auditor.cli.command_line import command_line
from auditor.cli.options import reading_options, small_format
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.requests import reading_of
from auditor.cli.types import SplitName
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.audit.request import DataRequest


@click.command("check", short_help="Say what is read of a file; write it clean and joined.")
@reading_options
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write one row per compound as .csv or .parquet, and its Croissant metadata beside it.",
)
@click.option(
    "--split",
    type=SplitName(),
    metavar="SPLIT",
    help="With --write: a last column with train, val and test, as analyze would split (scaffold, random, "
    "column:NAME or files:DIR); chemprop reads it with --splits-column split.",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@small_format
def command(format_name: str, write: Path | None, split: str | None, force: bool, **values: Any) -> int:
    """Say what is read of BENCHMARK: its format, its tasks, its rows, what is missing and left out.

    BENCHMARK is a table with a SMILES column, several of them, or a dataset's name. Nothing is audited, and
    compounds are counted only with --write.

    Example: mtl-audit check assays.csv
    """
    from auditor.audit.checking import check

    console.settings.json_errors = format_name == "json"
    if split and write is None:
        raise UsageError("--split says nothing without a table", hint="--write FILE")
    if write is not None:
        refuse(write, force=force)
    request = reading_of(registry_with_problems_said(), values, command_line())
    read = check(request) if write is None else written(request, write, split or "")
    if format_name == "json":
        told = {"schema_version": 1, **read}
        console.out_bytes(f"{json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode())
    else:
        console.out("\n".join(lines(read)))
    return 0


def refuse(path: Path, *, force: bool) -> None:
    """Refuse a place where nothing may or can be written, before the work begins; raises AuditError."""
    from auditor.audit.checking import check_suffix, metadata_path
    from auditor.cli.commands.overlap import refuse_existing
    from auditor.cli.target import check_writable

    check_suffix(path)
    refuse_existing(path, metadata_path(path), force=force)
    check_writable(path.absolute().parent)


def written(request: DataRequest, path: Path, split: str = "") -> dict[str, Any]:
    """Write the clean table of a request and its metadata, and return what was read for it."""
    from auditor.audit.checking import clean_files, write_clean

    made = clean_files(request, path, split=split)
    for place in write_clean(made, path):
        console.say(f"wrote {place}")
    console.say(f"{path.name}: {made.said}")
    return made.read


def lines(read: dict[str, Any]) -> Iterator[str]:
    """Yield what was read as a person reads it, within the width of the terminal."""
    from auditor.document.read import read_lines
    from auditor.text import plain

    width = max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))
    found = read_lines(read)
    room = max(len(label) for label, _ in found)
    for label, said in found:
        yield textwrap.fill(
            plain(said),
            width=width,
            initial_indent=f"{label:<{room}}  ",
            subsequent_indent=" " * (room + 2),
            break_on_hyphens=False,
            break_long_words=False,
        )
