"""mtl-audit report: render a finished audit again, anywhere, without torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cache.run_folder import check_run
from auditor.cli.options import output_options
from auditor.cli.registry import registry_with_problems_said
from auditor.document.parsing import MOST_BYTES, parsed
from auditor.document.schema import lacking, schema_text
from auditor.errors import AuditError, DataError


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
    from auditor.cli.target import Target, write_report

    if schema:
        console.out(schema_text(), end="")
        return 0
    if run is None:
        raise click.UsageError("Missing argument 'RUN'.")
    target = Target(registry_with_problems_said(), format_name, output, force)
    document = read_document(run)
    try:
        write_report(document, target, title=title)
    except AuditError:
        raise
    except Exception as error:  # anybody may have written the document
        line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DataError(f"{run} cannot be rendered: {line}", hint="make it again with analyze") from error
    return 0


def read_document(run: Path, *, checked: bool = True) -> dict[str, Any]:
    """Return the document of a run.

    Parameters
    ----------
    checked
        Refuse a document that was changed after the run wrote it.

    Raises
    ------
    DataError
        There is none, it is not JSON, not a whole document of this tool, or of a newer schema.
    """
    from auditor.report.sections.report import check_document as check

    path = run / "audit.json" if run.is_dir() else run
    try:
        if str(run) == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            data = path.read_bytes()
            if checked:
                check_run(path, data)
        document = parsed(data)
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
