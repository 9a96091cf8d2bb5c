"""mtl-audit analyze: overlap first, then what gradients say and whether it can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor import console
from auditor.cache.run_folder import write_run
from auditor.cli.commands.overlap import exit_code
from auditor.cli.completing import registered
from auditor.cli.component_options import affinity_options, encoder_options, split_option
from auditor.cli.options import benchmark_options, full_option, open_option
from auditor.cli.registry import registry_with_problems_said
from auditor.cli.requests import analysis_request_of
from auditor.cli.run_folder import check_folder
from auditor.cli.target import Target, rendered, show, write_report
from auditor.cli.threads import set_threads

OVERRIDES = (
    "epochs", "batch_size", "lr", "weight_decay", "patience", "log_every", "log_window", "lookahead_lr",
    "engine", "directions",
)  # fmt: skip
FILES = (("audit.json", "json"), ("report.html", "html"), ("report.md", "markdown"))


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
@split_option
@click.option(
    "--preset",
    type=click.Choice(["quick", "paper"]),
    default="quick",
    show_default=True,
    help="Length of training; paper is 100 epochs.",
)
@click.option("--epochs", type=click.IntRange(1), help="At most so many epochs.")
@click.option("--batch-size", type=click.IntRange(2), help="Compounds per batch.")
@click.option("--lr", type=click.FloatRange(0, min_open=True), help="Learning rate of AdamW.")
@click.option("--weight-decay", type=click.FloatRange(0), help="Weight decay of AdamW.")
@click.option("--patience", type=click.IntRange(1), help="Epochs without improvement before stopping.")
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
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--repeats", type=click.IntRange(1), default=1, show_default=True, help="Trainings, one seed each."
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option(
    "--threads",
    type=click.IntRange(1),
    help="Threads of torch [default: OMP_NUM_THREADS, else 1]; more help only on an idle machine.",
)
@click.option("--ignore-gate", is_flag=True, help="Go on where the gate fails; every report says so.")
@click.option(
    "--dry-run", is_flag=True, help="Count the trainings and estimate their time; keep none, write nothing."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for audit.json, report.html and report.md [default: reports/BENCHMARK-ENCODER].",
)
@click.option(
    "--format",
    "format_name",
    default="terminal",
    show_default=True,
    shell_complete=registered("format"),
    help="What stdout gets.",
)
@click.option("--force", is_flag=True, help="Overwrite another audit in the output folder.")
@full_option
@open_option
def command(
    output: Path | None,
    format_name: str,
    force: bool,
    full: bool,
    opened: bool,
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
    target = Target(registry, format_name, None, force, later=not dry_run, full=full)
    request = analysis_request_of(registry, values, OVERRIDES)
    set_threads(threads)
    if dry_run:
        write_report(forecast(request)[1], target)
        return 0
    joined = "+".join(Path(path).stem for path in (request.data.benchmark, *request.data.more))[:80]
    made_by = request.encoder if request.recorded is None else Path(request.recorded.name).stem
    folder = output or Path("reports") / f"{joined}-{made_by}"
    check_folder(folder, request.data.command, force)
    _, document = audit_affinity(request)
    files = {name: rendered(document, registry.get("format", format_)) for name, format_ in FILES}
    write_run(folder, files, document["meta"])
    write_report(document, target)
    console.say(f"wrote {', '.join(name for name, _ in FILES)} to {folder}")
    if opened:
        show(folder / "report.html")
    return int(exit_code(document, check=False))
