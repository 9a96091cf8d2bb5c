"""mtl-audit leakage: test compounds that the training set already holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cache.marker import cache_at
from auditor.cli.command_line import command_line
from auditor.cli.commands.overlap import exit_code
from auditor.cli.options import cache_options, output_options
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.target import targets_of, write_reports
from auditor.cli.types import Names


@click.command("leakage", short_help="Find test compounds that are in the training set.")
@click.argument("train", type=click.Path(path_type=Path))
@click.argument("test", type=click.Path(path_type=Path))
@click.option("--tasks", type=Names(), default=(), metavar="A,B,…", help="Which columns are tasks.")
@click.option("--smiles-column", metavar="NAME", help="The SMILES column of both files.")
@cache_options
@output_options
@click.option("--check", is_flag=True, help="Exit with code 3 if a test compound is in the training set.")
def command(
    train: Path,
    test: Path,
    tasks: tuple[str, ...],
    smiles_column: str | None,
    cache_dir: Path | None,
    format_name: str | None,
    outputs: tuple[Path, ...],
    opened: bool,
    force: bool,
    check: bool,
    **_: Any,
) -> int:
    """Count the compounds of the TEST file that are in the TRAIN file, at every identity level.

    Every row with a SMILES is compared; labels are compared where both files have them.

    Example: mtl-audit leakage train_val.csv test.csv
    """
    from auditor.analyses.leakage.analysis import compare, finding_of, levels_of
    from auditor.analyses.leakage.counting import Side
    from auditor.audit.document import leakage_document
    from auditor.source.table.reading import read_rows

    registry = registry_with_problems_said()
    targets = targets_of(registry, format_name, outputs, force=force, opened=opened)
    sides = [
        Side(*read_rows(path, smiles_column=smiles_column, tasks=tasks or None)) for path in (train, test)
    ]
    cache = cache_at(cache_dir)
    found = compare(*sides, levels=levels_of(registry), cache=cache)
    document = leakage_document(
        finding_of(found),
        registry,
        command_line(),
        (train, test),
        judged_by=found.judged_by,
        leaked=found.leaked,
    )
    write_reports(document, targets)
    return int(exit_code(document, check=check))
