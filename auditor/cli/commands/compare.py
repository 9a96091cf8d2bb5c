"""mtl-audit compare: what differs between audits, and whether it matters."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.command_line import command_line
from auditor.cli.documents import read_document
from auditor.cli.options import output_options
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.target import targets_of, write_reports
from auditor.report.comparison.run import named_runs


@click.command("compare", short_help="Compare the documents of two audits or more.")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN RUN…")
@output_options
def command(
    runs: tuple[Path, ...], format_name: str | None, outputs: tuple[Path, ...], opened: bool, force: bool
) -> int:
    """Hold the RUNs, audit.json files or their folders, against the first: data, settings, verdicts and
    affinities.

    Example: mtl-audit compare reports/tox21-gcn reports/tox21-gat
    """
    from auditor.report.comparison.compare import comparison_document

    registry = registry_with_problems_said()
    targets = targets_of(registry, format_name, outputs, force=force, opened=opened)
    paths = [run / "audit.json" if run.is_dir() else run for run in runs]
    found = named_runs(paths, [read_document(run) for run in runs])
    document = comparison_document(found, registry, command_line())
    write_reports(document, targets)
    return 0
