"""mtl-audit analyze: overlap first, then what gradients say and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cli.command_line import command_line
from auditor.cli.commands.overlap import exit_code
from auditor.cli.component_options import affinity_options, encoder_options
from auditor.cli.options import benchmark_options, full_option, output_options
from auditor.cli.outputs import outputs_of
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.requests import analysis_request_of
from auditor.cli.threads import set_threads
from auditor.cli.training_options import OVERRIDES, training_options

LOGGED = (*OVERRIDES, "log_every", "log_window", "lookahead_lr", "engine", "directions")
"""All that replaces one value of the training preset."""


@click.command("analyze", short_help="Audit overlap, then train and analyse task affinity.")
@benchmark_options
@encoder_options
@affinity_options(
    default=("gradient-cosine", "error-cosine"),
    about="An estimator; repeatable. See 'mtl-audit list affinities'.",
)
@click.option(
    "--gradients-from",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What auditor.TaskGradients recorded in a training of your own; then nothing is trained.",
)
@click.option(
    "--preset",
    type=click.Choice(["quick", "paper"]),
    default="quick",
    show_default=True,
    help="Length of training; paper is 100 epochs.",
)
@training_options(seeds=1, about="Trainings, one seed each.")
@click.option("--repeats", type=click.IntRange(1), hidden=True)
@click.option("--log-every", type=click.IntRange(1), help="Log gradients every so many steps.")
@click.option(
    "--log-window",
    type=click.FloatRange(0, 1, min_open=True),
    help="Log only what an average over this last fraction of the logs can need [default: 1, throughout].",
)
@click.option(
    "--gradients",
    "engine",
    type=click.Choice(["auto", "exact", "sketch"]),
    help="How gradients are measured; auto sketches them along random directions beyond 256 tasks.",
)
@click.option("--directions", type=click.IntRange(16), help="Directions of a sketch [default: 64].")
@click.option(
    "--lookahead-lr", type=click.FloatRange(0, min_open=True), help="Length of tag's step [default: 0.01]."
)
@click.option(
    "--window",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.2,
    show_default=True,
    help="Fraction of the last logs that the estimators average.",
)
@click.option("--ignore-gate", is_flag=True, help="Go on where the gate fails; every report says so.")
@click.option(
    "--dry-run", is_flag=True, help="Count the trainings and estimate their time; keep none, write nothing."
)
@output_options
@full_option
def command(
    format_name: str | None,
    outputs: tuple[Path, ...],
    opened: bool,
    force: bool,
    full: bool,
    repeats: int | None,
    threads: int | None,
    dry_run: bool,
    **values: Any,
) -> int:
    """Audit the overlap of BENCHMARK's tasks, then train an encoder on all of them, log the gradient
    of every task, and report how alike the tasks look and whether that can be trusted.

    Example: mtl-audit analyze tox21 --encoder gat
    """
    from auditor.pipeline import audit_affinity, forecast

    registry = registry_with_problems_said()
    if repeats is not None:
        console.warn("--repeats is called --seeds now; the old name goes with the next release")
        values["seeds"] = repeats
    values["repeats"] = values.pop("seeds")
    joined = "+".join(Path(path).stem for path in values["benchmark"])[:80]
    where = outputs_of(
        registry,
        format_name,
        () if dry_run else outputs,
        command_line(),
        force=force,
        opened=opened and not dry_run,
        full=full,
        later=not dry_run,
        folder=None if dry_run else Path("reports") / f"{joined}-{made_by(values)}",
    )
    request = analysis_request_of(registry, values, LOGGED)
    set_threads(threads)
    if dry_run:
        where.write(forecast(request)[1])
        return 0
    _, document = audit_affinity(request)
    where.write(document)
    return int(exit_code(document, check=False))


def made_by(values: Mapping[str, Any]) -> str:
    """Return what the folder of a run is called after: the encoder, or the file of gradients."""
    from auditor.audit.request import OF_FEATURES, OF_MOLECULES

    if values["gradients_from"] is not None:
        return Path(values["gradients_from"]).stem
    return str(values["encoder"] or (OF_FEATURES if values["features"] else OF_MOLECULES))
