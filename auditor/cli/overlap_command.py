"""mtl-audit overlap: what the tasks of a benchmark share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import console
from auditor.cli.options import (
    benchmark_options,
    command_line,
    output_options,
    registry_with_problems_said,
    request_of,
)
from auditor.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from auditor.joining import Joined


@click.command("overlap", short_help="Count what the tasks share and judge every pair.")
@benchmark_options
@output_options
@click.option("--check", is_flag=True, help="Exit with code 3 if the gate fails.")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write every published row that was left out, with the reason, as CSV.",
)
def command(
    format_name: str | None, output: Any, force: bool, check: bool, rejects: Path | None, **values: Any
) -> int:
    """Count the compounds that the tasks of BENCHMARK share, and judge every pair.

    BENCHMARK is a dataset's name ('mtl-audit list datasets') or a CSV or Parquet file with a SMILES
    column and one column per task.

    Example: mtl-audit overlap tox21
    """
    from auditor.cli.writing import Target, write_report
    from auditor.pipeline import audit_overlap

    registry = registry_with_problems_said()
    target = Target(registry, format_name, output, force)
    context, document = audit_overlap(request_of(registry, values, command_line()))
    if rejects is not None:
        write_rejects(context.joined, rejects, force=force)
    write_report(document, target)
    return int(exit_code(document, check=check))


def write_rejects(joined: Joined, path: Path, *, force: bool) -> None:
    """Write the rows that were left out.

    Raises
    ------
    UsageError
        The file exists and --force was not given.
    """
    from auditor.rejects import rejects_csv
    from auditor.store import write_atomic

    if path.exists() and not force:
        raise UsageError(f"{path} exists", hint="--force overwrites it")
    write_atomic(path, rejects_csv(joined))
    console.say(f"wrote {path}")


def exit_code(document: dict[str, Any], *, check: bool) -> ExitCode:
    """Return what a finished audit exits with: a broken plugin first, then the gate."""
    if any(found["status"] == "error" for found in document["data"]["findings"]):
        return ExitCode.PLUGIN_FAILED
    failed = document["data"]["verdict"]["status"] == "fail"
    return ExitCode.GATE_FAILED if check and failed else ExitCode.DONE
