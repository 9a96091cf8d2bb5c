"""Options that several commands share, one decorator each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor import console
from auditor.cli.asking import asking
from auditor.cli.completing import component_options_of, registered
from auditor.cli.config import taken_from_file
from auditor.cli.types import Names, Pairs, Scoped
from auditor.privacy import shown_arguments

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("terminal", "json", "markdown", "html", "csv")


def benchmark_options(function: F) -> F:
    """Add what every command that reads a benchmark takes."""
    decorators = (
        click.argument("benchmark", shell_complete=registered("dataset", or_file=True)),
        click.option(
            "--tasks",
            type=Names(),
            default=(),
            metavar="A,B,…",
            help="Only these tasks (a file: which columns are tasks).",
        ),
        click.option("--smiles-column", metavar="NAME", help="The SMILES column of a file."),
        click.option(
            "--dataset-option",
            "dataset_options",
            type=Pairs(),
            multiple=True,
            metavar="NAME=VALUE",
            help="An option of the dataset, e.g. overlap=0.5 for synthetic; repeatable.",
        ),
        click.option(
            "--identity",
            default="inchikey",
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
    )
    return _apply(function, (*decorators, *_cache_decorators()))


def cache_options(function: F) -> F:
    """Add --cache-dir, --mirror and --offline."""
    return _apply(function, _cache_decorators())


def output_options(function: F) -> F:
    """Add --format, --output and --force."""
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
                "-o", "--output", type=click.Path(path_type=Path), help="A file to write instead of stdout."
            ),
            click.option("--force", is_flag=True, help="Overwrite an existing file."),
        ),
    )


def small_format(function: F) -> F:
    """Add --format of the commands that write no report."""
    choice = click.Choice(["terminal", "json"])
    return click.option("--format", "format_name", type=choice, default="terminal", show_default=True)(
        function
    )


def request_of(registry: Any, values: dict[str, Any], command: str) -> Any:
    """Return the DataRequest that `benchmark_options` collected, taking its values out of the dict."""
    from auditor.compounds import DEFAULT_IDENTITY
    from auditor.gate import Thresholds
    from auditor.request import DataRequest
    from auditor.store import default_cache_dir

    thresholds = Thresholds(
        measure=values.pop("measure"),
        reliable=values.pop("reliable_at"),
        borderline=min(values.pop("borderline_at"), 1.0),
        min_support=values.pop("min_support"),
    )
    if values["identity"] == "all":
        values["identity"], values["also"] = DEFAULT_IDENTITY, (*values["also"], "identity-levels")
    if thresholds.borderline > thresholds.reliable:
        raise click.UsageError("--borderline-at must not be above --reliable-at")
    return DataRequest(
        benchmark=values.pop("benchmark"),
        registry=registry,
        cache=(values.pop("cache_dir") or default_cache_dir()).absolute(),
        mirror=values.pop("mirror") or "",
        offline=values.pop("offline"),
        options=dict(values.pop("dataset_options")),
        smiles_column=values.pop("smiles_column"),
        tasks=values.pop("tasks"),
        identity=values.pop("identity"),
        conflicts=values.pop("conflicts"),
        only=values.pop("only"),
        skip=values.pop("skip"),
        also=values.pop("also"),
        thresholds=thresholds,
        component_options=component_options(registry, "analysis", values.pop("analysis_options")),
        command=command,
    )


def analysis_request_of(registry: Any, values: dict[str, Any], overrides: Sequence[str]) -> Any:
    """Return the AnalysisRequest that a command collected, taking its values out of the dict.

    Parameters
    ----------
    overrides
        Names of the values that replace one of the training preset.
    """
    from dataclasses import replace

    from auditor.request import AnalysisRequest

    options = component_options(registry, "affinity", values.pop("affinity_options"))
    data = request_of(registry, values, command_line())
    data = replace(data, component_options={**data.component_options, **options})
    changed = {name: values.pop(name) for name in overrides}
    for name in values["affinities"]:
        registry.get("affinity", name)
    return AnalysisRequest(
        data=data,
        encoder_options=dict(values.pop("encoder_options")),
        affinities=tuple(dict.fromkeys(values.pop("affinities"))),
        overrides={name: value for name, value in changed.items() if value is not None},
        **values,
    )


def component_options(
    registry: Any, kind: str, typed: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return the options typed for components of a kind, checked against their signatures.

    Raises
    ------
    UsageError
        No such component, no such option, or a text that does not convert.
    """
    from auditor.options import call_options

    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, option, text in typed:
        found.setdefault((kind, name), {})[option] = text
    for (_, name), options in found.items():
        call_options(registry.get(kind, name).load(), options, f"{kind} '{name}'")
    return found


def registry_with_problems_said() -> Any:
    """Return the registry; each unusable plugin is one line on stderr."""
    from auditor.registry import load_registry

    registry = load_registry()
    for problem in registry.problems:
        console.warn(problem.line())
        if console.settings.level > 1:
            console.err(problem.traceback)
    return registry


def command_line() -> str:
    """Return what was asked, for provenance, then what a configuration file added to it.

    Options that cannot change the answer are left out (`auditor.cli.asking`), secrets are hidden.
    """
    import shlex

    ctx = click.get_current_context(silent=True)
    typed = shlex.join(["mtl-audit", *shown_arguments(asking(sys.argv[1:], ctx))])
    taken = shlex.split(taken_from_file(ctx)) if ctx else []
    added = shlex.join(shown_arguments(asking(taken, ctx)))
    return f"{typed}  # from the configuration file: {added}" if added else typed


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
