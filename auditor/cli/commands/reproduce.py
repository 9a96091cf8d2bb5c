"""mtl-audit reproduce: the claims of a paper held against audits."""

from __future__ import annotations

from pathlib import Path

import click

from auditor import console
from auditor.cli.command_line import command_line
from auditor.cli.completing import registered
from auditor.cli.options import cache_options, open_option
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.run_folder import check_folder
from auditor.cli.target import show


@click.command("reproduce", short_help="Hold every claim of a paper against audits.")
@click.argument("plan", shell_complete=registered("plan"))
@click.option(
    "--budget",
    type=click.FloatRange(0),
    default=float("inf"),
    metavar="HOURS",
    help="Begin no audit that would take longer than what is left of it; 0 judges what is there "
    "[default: no limit].",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the report and of its audits [default: reports/ and the plan's own name for it].",
)
@cache_options
@open_option
def command(
    plan: str,
    budget: float,
    output: Path | None,
    cache_dir: Path | None,
    mirror: str | None,
    offline: bool,
    opened: bool,
) -> int:
    """Run the audits that answer the claims of PLAN ('mtl-audit list plans'), cheapest first, and write
    each claim beside what was measured, with its interval and a verdict.

    Audits that are in the folder already are not run again, so that the same command goes on where
    it was, after an interruption or with another budget.

    Example: mtl-audit reproduce cheng-zhang-2026 --budget 2
    """
    from auditor.reproduction.checking import plan_of
    from auditor.reproduction.report import write_report
    from auditor.reproduction.run import Collected, collect

    registry = registry_with_problems_said()
    found = plan_of(registry.get("plan", plan), registry)
    folder = output or Path("reports") / found.folder
    typed = command_line()
    check_folder(folder, typed, force=True)

    def written(collected: Collected) -> None:
        write_report(folder, found, collected, registry, typed)

    place = {"cache_dir": cache_dir, "mirror": mirror, "offline": offline}
    collected = collect(found, folder, budget_h=budget, place=place, after_each=written)
    sentence = write_report(folder, found, collected, registry, typed)
    console.out(sentence)
    console.say(f"wrote {folder / 'report.html'}, report.md and audit.json")
    if opened:
        show(folder / "report.html")
    return 0
