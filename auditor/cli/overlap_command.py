"""mtl-audit overlap: what the tasks of a benchmark share."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.options import (
    benchmark_options,
    command_line,
    output_options,
    registry_with_problems_said,
    request_of,
)
from auditor.errors import ExitCode


@click.command("overlap", short_help="Count what the tasks share and judge every pair.")
@benchmark_options
@output_options
@click.option("--check", is_flag=True, help="Exit with code 3 if the gate fails.")
def command(format_name: str | None, output: Any, force: bool, check: bool, **values: Any) -> int:
    """Count the compounds that the tasks of BENCHMARK share, and judge every pair.

    BENCHMARK is a dataset's name ('mtl-audit list datasets') or a CSV or Parquet file with a SMILES
    column and one column per task.

    Example: mtl-audit overlap tox21
    """
    from auditor.cli.writing import Target, write_report
    from auditor.pipeline import audit_overlap

    registry = registry_with_problems_said()
    target = Target(registry, format_name, output, force)
    document = audit_overlap(request_of(registry, values, command_line()))
    write_report(document, target)
    return int(exit_code(document, check=check))


def exit_code(document: dict[str, Any], *, check: bool) -> ExitCode:
    """Return what a finished audit exits with: a broken plugin first, then the gate."""
    if any(found["status"] == "error" for found in document["data"]["findings"]):
        return ExitCode.PLUGIN_FAILED
    failed = document["data"]["verdict"]["status"] == "fail"
    return ExitCode.GATE_FAILED if check and failed else ExitCode.DONE
