"""mtl-audit recommend: which tasks to train together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli.command_line import command_line
from auditor.cli.commands.overlap import exit_code
from auditor.cli.component_options import affinity_options, encoder_options
from auditor.cli.options import benchmark_options, full_option, output_options
from auditor.cli.outputs import outputs_of
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.requests import analysis_request_of
from auditor.cli.threads import set_threads
from auditor.cli.training_options import OVERRIDES, training_options

OPTIONS = ("budget", "groups", "seeds", "choice", "workers", "scheduler", "dry_run")
"""Of the analysis itself."""


@click.command("recommend", short_help="Train some groups of tasks and recommend a grouping.")
@benchmark_options
@encoder_options
@affinity_options(
    default=("chemical-correlation",),
    about="Prior information beside the label correlation; repeatable. The default trains nothing.",
)
@training_options(
    seeds=3, about="Trainings per group and task.", epochs=" [default: 30]", batch=" [default: 32]"
)
@click.option(
    "--budget",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Groups of two tasks or more to train, those of earlier runs counted; single tasks come on top. "
    "0 learns from what is stored, such as the pairs of 'analyze --also benefit'.",
)
@click.option(
    "--groups",
    type=click.IntRange(2),
    metavar="K",
    help="At most so many groups in the answer, tasks alone counted [default: any number].",
)
@click.option(
    "--choice",
    type=click.Choice(["random", "active"]),
    default="random",
    show_default=True,
    help="How the groups to train are chosen; active was measured to be no better than random.",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Local processes.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT.")
@click.option("--dry-run", is_flag=True, help="Count the trainings and estimate their time; run none.")
@output_options
@full_option
def command(
    format_name: str | None,
    outputs: tuple[Path, ...],
    opened: bool,
    force: bool,
    full: bool,
    threads: int | None,
    **values: Any,
) -> int:
    """Train every task of BENCHMARK alone and some groups of tasks together, predict the gains of all
    other groups, and recommend which tasks to train together, beside all alone, all together and
    random groups.

    Whatever is finished is kept: the same command goes on after an interruption, and a larger budget
    adds to what is there.

    Example: mtl-audit recommend tox21 --budget 20
    """
    from auditor.pipeline import recommend

    registry = registry_with_problems_said()
    where = outputs_of(
        registry, format_name, outputs, command_line(), force=force, opened=opened, full=full
    )
    options = {name: values.pop(name) for name in OPTIONS}
    request = analysis_request_of(registry, values, OVERRIDES)
    set_threads(threads)
    given = {name: value for name, value in options.items() if value is not None}
    _, document = recommend(request, given)
    where.write(document)
    return int(exit_code(document, check=False))
