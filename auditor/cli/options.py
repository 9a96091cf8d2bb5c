"""Options that several commands share, one decorator each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.cli.completing import component_options_of, registered
from auditor.cli.types import Names, Pairs, Scoped

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("terminal", "json", "markdown", "html", "csv", "sarif")


def reading_options(function: F) -> F:
    """Add what tells a command which benchmark to read, and how."""
    decorators = (
        click.argument(
            "benchmark",
            nargs=-1,
            required=True,
            metavar="BENCHMARK...",
            shell_complete=registered("dataset", or_file=True),
        ),
        click.option(
            "--tasks",
            type=Names(),
            default=(),
            metavar="A,B,…",
            help="Only these tasks (a file: which columns are tasks); @FILE holds one name a line.",
        ),
        click.option(
            "--exclude",
            type=Names(),
            default=(),
            metavar="A,B,…",
            help="Not these tasks or columns.",
        ),
        click.option(
            "--min-labels",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            help="Leave out tasks with fewer labels.",
        ),
        click.option("--smiles-column", metavar="NAME", help="The SMILES column of a file."),
        click.option(
            "--features",
            type=Names(),
            default=(),
            metavar="'x*'|FILE",
            help="Of a file without molecules: the columns of features, * for any text; or a file of them.",
        ),
        click.option("--key", metavar="NAME", help="With --features: the column that names the examples."),
        click.option(
            "--missing",
            multiple=True,
            metavar="VALUE",
            help="What stands for 'not measured' in a file, e.g. -1; 'nothing' where all was measured; "
            "repeatable.",
        ),
        click.option(
            "--long",
            type=Pairs(),
            multiple=True,
            metavar="ROLE=COLUMN",
            help="A file with one row per compound and assay: assay=COLUMN, value=COLUMN, relation=COLUMN.",
        ),
        click.option(
            "--censored",
            type=click.Choice(["drop", "at-limit"]),
            default="drop",
            show_default=True,
            help="Values such as >10 in a file count as measured; the label is left out, or the limit.",
        ),
        click.option(
            "--dataset-option",
            "dataset_options",
            type=Pairs(),
            multiple=True,
            metavar="NAME=VALUE",
            help="An option of the dataset, e.g. overlap=0.5 for synthetic; repeatable.",
        ),
        click.option(
            "--reader",
            type=click.Choice(["auto", "library", "own"]),
            default="auto",
            show_default=True,
            help="Who reads a published benchmark: PyTDC or DeepChem, this program, or whichever is there.",
        ),
        click.option(
            "--identity",
            default="parent-inchikey",
            show_default=True,
            shell_complete=registered("identity"),
            help="What counts as the same compound ('mtl-audit list identities'); all compares the levels.",
        ),
        click.option(
            "--conflicts",
            type=click.Choice(["auto", "drop", "majority", "median", "keep"]),
            default="auto",
            show_default=True,
            help="What to do where replicates disagree; auto drops classes, takes the median of values.",
        ),
    )
    return _apply(function, (*decorators, *_cache_decorators()))


def benchmark_options(function: F) -> F:
    """Add what every command that audits a benchmark takes."""
    decorators = (
        click.option(
            "--measure",
            type=click.Choice(["jaccard", "containment", "dice", "ochiai"]),
            default="jaccard",
            show_default=True,
            help="The overlap that the gate looks at.",
        ),
        click.option(
            "--reliable-at",
            type=click.FloatRange(0, 1),
            default=0.40,
            show_default=True,
            help="Overlap from which a pair is reliable.",
        ),
        click.option(
            "--borderline-at",
            type=click.FloatRange(0, 1),
            default=0.30,
            show_default=True,
            help="Overlap from which a pair is borderline.",
        ),
        click.option(
            "--min-support",
            type=click.IntRange(4),
            default=20,
            show_default=True,
            help="Shared compounds below which nothing is estimated.",
        ),
        click.option(
            "--only",
            multiple=True,
            metavar="ANALYSIS",
            shell_complete=registered("analysis"),
            help="Run only this; repeatable.",
        ),
        click.option(
            "--skip",
            multiple=True,
            metavar="ANALYSIS",
            shell_complete=registered("analysis"),
            help="Leave this out; repeatable.",
        ),
        click.option(
            "--also",
            multiple=True,
            metavar="ANALYSIS",
            shell_complete=registered("analysis"),
            help="Run this analysis beside the default ones; repeatable.",
        ),
        click.option(
            "--analysis-option",
            "analysis_options",
            type=Scoped(),
            multiple=True,
            metavar="ANALYSIS.NAME=VALUE",
            shell_complete=component_options_of("analysis"),
            help="An option of an analysis, e.g. clusters.annotations=levels.csv; repeatable.",
        ),
        click.option(
            "--no-structures",
            is_flag=True,
            help="Show no structure: compounds are numbers in every report.",
        ),
        click.option(
            "--anonymise",
            is_flag=True,
            help="Show no structure and no name: tasks, columns and files are numbers too.",
        ),
    )
    return reading_options(_apply(function, decorators))


def cache_options(function: F) -> F:
    """Add --cache-dir, --mirror and --offline."""
    return _apply(function, _cache_decorators())


def output_options(function: F) -> F:
    """Add --format, --output, --open and --force: what `targets_of` takes."""
    return _apply(
        function,
        (
            click.option(
                "--format",
                "format_name",
                metavar="NAME",
                shell_complete=registered("format"),
                help=f"One of {', '.join(FORMATS)} or a plugin's [default: by --output, else terminal].",
            ),
            click.option(
                "-o",
                "--output",
                "outputs",
                multiple=True,
                type=click.Path(path_type=Path),
                help="A file, in the format of its suffix, or a folder for audit.json, report.html and "
                "report.md; repeatable.",
            ),
            open_option,
            click.option("--force", is_flag=True, help="Overwrite an existing file."),
        ),
    )


def open_option(function: F) -> F:
    """Add --open."""
    help_ = "Show the page in a browser once it is written."
    return click.option("--open", "opened", is_flag=True, help=help_)(function)


def full_option(function: F) -> F:
    """Add --full."""
    help_ = "Show all that was measured, not the answers alone; in a terminal."
    return click.option("--full", is_flag=True, help=help_)(function)


def small_format(function: F) -> F:
    """Add --format of the commands that write no report."""
    choice = click.Choice(["terminal", "json"])
    return click.option("--format", "format_name", type=choice, default="terminal", show_default=True)(
        function
    )


def _cache_decorators() -> tuple[Callable[[F], F], ...]:
    return (
        click.option(
            "--cache-dir",
            type=click.Path(path_type=Path, file_okay=False),
            envvar="MTL_AUDIT_CACHE_DIR",
            help="Where files and results are kept [env: MTL_AUDIT_CACHE_DIR].",
        ),
        click.option(
            "--mirror",
            envvar="MTL_AUDIT_MIRROR",
            metavar="DIR_OR_URL",
            help="Where published files are copied from [env: MTL_AUDIT_MIRROR].",
        ),
        click.option("--offline", is_flag=True, envvar="MTL_AUDIT_OFFLINE", help="Open no connection."),
    )


def _apply(function: F, decorators: tuple[Callable[[F], F], ...]) -> F:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function
