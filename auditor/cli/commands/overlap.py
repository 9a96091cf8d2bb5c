"""mtl-audit overlap: what the tasks of a benchmark share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import console
from auditor.analyses.measurement_plan.plan import Plan, plan_csv
from auditor.cache.writing import write_atomic
from auditor.cli.command_line import command_line
from auditor.cli.options import benchmark_options, full_option, output_options
from auditor.cli.outputs import outputs_of
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.requests import request_of
from auditor.errors import DataError, ExitCode, UsageError

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext


@click.command("overlap", short_help="Count what the tasks share and judge every pair.")
@benchmark_options
@output_options
@full_option
@click.option("--check", is_flag=True, help="Exit with code 3 if the gate fails.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with code 3 if fewer pairs than this are reliable, in percent of all pairs.",
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write every published row that was left out, with the reason, as CSV.",
)
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write which compounds to measure where, so that every pair becomes reliable, as CSV.",
)
@click.option(
    "--budget",
    type=click.IntRange(1),
    metavar="N",
    help="With --plan: at most so many measurements, for as many pairs as they reach.",
)
@click.option("--pairs", metavar="A:B,...", help="With --plan: the pairs of tasks that matter.")
@click.option(
    "--stock",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --plan: only compounds whose SMILES are in this file.",
)
def command(
    format_name: str | None,
    outputs: tuple[Path, ...],
    opened: bool,
    force: bool,
    full: bool,
    check: bool,
    fail_under: float | None,
    rejects: Path | None,
    plan: Path | None,
    budget: int | None,
    pairs: str | None,
    stock: Path | None,
    **values: Any,
) -> int:
    """Count the compounds that the tasks of BENCHMARK share, and judge every pair.

    BENCHMARK is a dataset's name ('mtl-audit list datasets') or a table with a SMILES column and one
    column per task: CSV, Parquet, SDF, Excel and others. Several tables are joined.

    Example: mtl-audit overlap tox21
    """
    from auditor.pipeline import audit_overlap

    registry = registry_with_problems_said()
    where = outputs_of(
        registry, format_name, outputs, command_line(), force=force, opened=opened, full=full
    )
    if plan is not None:
        values["also"] = (*values["also"], "measurement-plan")
        given = {"budget": budget, "pairs": pairs, "stock": stock}
        more = (("measurement-plan", name, str(value)) for name, value in given.items() if value)
        values["analysis_options"] = (*values["analysis_options"], *more)
    elif budget or pairs or stock:
        raise UsageError("--budget, --pairs and --stock are about a plan", hint="give --plan FILE too")
    if stock is not None and not stock.is_file():
        raise UsageError(f"there is no file {stock}", hint="--stock names a file of SMILES")
    refuse_existing(rejects, plan, force=force)
    context, document = audit_overlap(request_of(registry, values, command_line()))
    write_lists(context, rejects=rejects, plan=plan)
    where.write(document)
    return int(exit_code(document, check=check, fail_under=fail_under))


def refuse_existing(*paths: Path | None, force: bool) -> None:
    """Refuse to overwrite a file, before the work begins.

    Raises
    ------
    UsageError
        One exists and --force was not given.
    """
    for path in paths:
        if path is not None and path.exists() and not force:
            raise UsageError(f"{path} exists", hint="--force overwrites it")


def write_lists(context: AuditContext, *, rejects: Path | None, plan: Path | None) -> None:
    """Write the rows that were left out, and the measurement plan, where they were asked for."""
    from auditor.benchmark.rejects import rejects_csv

    if rejects is not None:
        write_atomic(rejects, rejects_csv(context.joined))
        console.say(f"wrote {rejects}")
    if plan is not None:
        write_atomic(plan, plan_csv(planned(context)))
        console.say(f"wrote {plan}")


def planned(context: AuditContext) -> Plan:
    """Return the plan that the audit made.

    Raises
    ------
    DataError
        It made none; the message says why.
    """
    from auditor.analyses.measurement_plan.search import nothing_to_measure

    found = context.findings["measurement-plan"]
    if isinstance(found.result, Plan):
        return found.result
    if found.status == "ok":
        return nothing_to_measure(context.gate.thresholds)
    raise DataError(found.sentence.rstrip("."), hint="--pairs names the pairs that matter")


def exit_code(document: dict[str, Any], *, check: bool, fail_under: float | None = None) -> ExitCode:
    """Return what a finished audit exits with: a broken plugin first, then the gate and the share."""
    if any(found["status"] == "error" for found in document["data"]["findings"]):
        return ExitCode.PLUGIN_FAILED
    verdict = document["data"]["verdict"]
    failed = check and verdict["status"] == "fail"
    if failed:
        console.err(f"gate failed: {verdict['sentence']}")
    if fail_under is not None and not enough_reliable(verdict, percent=fail_under):
        failed = True
    return ExitCode.GATE_FAILED if failed else ExitCode.DONE


def enough_reliable(verdict: Mapping[str, Any], *, percent: float) -> bool:
    """Return whether so many percent of the pairs are reliable, and say so on stderr where they are not.

    A benchmark without a pair has no reliable ones: it is enough for 0 percent alone.
    """
    reliable, pairs = verdict["counts"]["reliable"], verdict["pairs"]
    if 100 * reliable >= percent * pairs and (pairs or not percent):
        return True
    share = f"{100 * reliable / pairs:.4g} %" if pairs else "none"
    console.err(f"{reliable:,} of {pairs:,} pairs are reliable: {share}, below --fail-under {percent:g}")
    return False
