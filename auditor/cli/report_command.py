"""mtl-audit report: render a finished audit again, anywhere, without torch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cli.options import output_options, registry_with_problems_said
from auditor.cli.schema import lacking, schema_text
from auditor.errors import DataError


@click.command("report", short_help="Render a finished audit in another format.")
@click.argument("run", required=False, type=click.Path(path_type=Path))
@output_options
@click.option("--title", help="The report's heading.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the document instead.")
def command(
    run: Path | None, format_name: str | None, output: Any, force: bool, title: str | None, schema: bool
) -> int:
    """Render RUN, an audit.json, the folder that holds it, or - for stdin.

    Example: mtl-audit report reports/tox21-gat --format markdown
    """
    from auditor.cli.writing import Target, write_report

    if schema:
        console.out(schema_text(), end="")
        return 0
    if run is None:
        raise click.UsageError("Missing argument 'RUN'.")
    target = Target(registry_with_problems_said(), format_name, output, force)
    write_report(read_document(run), target, title=title)
    return 0


def read_document(run: Path) -> dict[str, Any]:
    """Return the document of a run.

    Raises
    ------
    DataError
        There is none, it is not JSON, not a whole document of this tool, or of a newer schema.
    """
    from auditor.report.sections import check_document as check

    path = run / "audit.json" if run.is_dir() else run
    try:
        text = sys.stdin.read() if str(run) == "-" else path.read_text(encoding="utf-8")
        document = json.loads(text)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}", hint="give the audit.json of a run"
        ) from error
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}", hint="give the audit.json of a run") from error
    check(document)
    lost = next(lacking(document), None)
    if lost is not None:
        raise DataError(f"{path} is not a whole document: it lacks {lost}", hint="make it again")
    found: dict[str, Any] = document
    return found
