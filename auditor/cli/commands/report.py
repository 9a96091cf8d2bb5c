"""mtl-audit report: render a finished audit again, anywhere, without torch."""

from __future__ import annotations

from pathlib import Path

import click

from auditor import console
from auditor.cli.documents import read_document
from auditor.cli.options import full_option, output_options
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.target import targets_of, write_reports
from auditor.document.schema import schema_text
from auditor.errors import AuditError, DataError
from auditor.faults import line_of


@click.command("report", short_help="Render a finished audit in another format.")
@click.argument("run", required=False, type=click.Path(path_type=Path))
@output_options
@full_option
@click.option("--title", help="The report's heading.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the document instead.")
def command(
    run: Path | None,
    format_name: str | None,
    outputs: tuple[Path, ...],
    opened: bool,
    force: bool,
    full: bool,
    title: str | None,
    schema: bool,
) -> int:
    """Render RUN, an audit.json, the folder that holds it, or - for stdin.

    Example: mtl-audit report reports/tox21-gat --format markdown
    """
    if schema:
        console.out_styled(schema_text())
        return 0
    if run is None:
        raise click.UsageError("Missing argument 'RUN'.")
    targets = targets_of(
        registry_with_problems_said(), format_name, outputs, force=force, opened=opened, full=full
    )
    document = read_document(run)
    try:
        write_reports(document, targets, title=title)
    except AuditError:
        raise
    except Exception as error:  # anybody may have written the document
        line = line_of(error)[:200]
        raise DataError(f"{run} cannot be rendered: {line}", hint="make it again with analyze") from error
    return 0
