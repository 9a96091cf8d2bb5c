"""From the values of a command's options to the request of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from auditor.cache.marker import cache_at
from auditor.chemistry.levels import DEFAULT_IDENTITY
from auditor.cli.command_line import command_line
from auditor.plugin.options import call_options


def reading_of(registry: Any, values: dict[str, Any], command: str) -> Any:
    """Return the DataRequest that `reading_options` collected, taking its values out of the dict."""
    from auditor.audit.request import DataRequest

    benchmark, *more = values.pop("benchmark")
    return DataRequest(
        benchmark=benchmark,
        more=tuple(more),
        registry=registry,
        cache=cache_at(values.pop("cache_dir")),
        mirror=values.pop("mirror") or "",
        offline=values.pop("offline"),
        reader=values.pop("reader"),
        options=dict(values.pop("dataset_options")),
        smiles_column=values.pop("smiles_column"),
        features=values.pop("features"),
        key=values.pop("key"),
        tasks=values.pop("tasks"),
        exclude=values.pop("exclude"),
        missing=values.pop("missing"),
        long=dict(values.pop("long")),
        censored=values.pop("censored"),
        min_labels=values.pop("min_labels"),
        identity=values.pop("identity"),
        conflicts=values.pop("conflicts"),
        command=command,
    )


def request_of(registry: Any, values: dict[str, Any], command: str) -> Any:
    """Return the DataRequest that `benchmark_options` collected, taking its values out of the dict."""
    from dataclasses import replace

    from auditor.gate.gate import Thresholds

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
    anonymise = values.pop("anonymise")
    return replace(
        reading_of(registry, values, command),
        only=values.pop("only"),
        skip=values.pop("skip"),
        also=values.pop("also"),
        structures=not (values.pop("no_structures") or anonymise),
        names=not anonymise,
        thresholds=thresholds,
        component_options=component_options(registry, "analysis", values.pop("analysis_options")),
    )


def analysis_request_of(registry: Any, values: dict[str, Any], overrides: Sequence[str]) -> Any:
    """Return the AnalysisRequest that a command collected, taking its values out of the dict.

    Parameters
    ----------
    overrides
        Names of the values that replace one of the training preset.
    """
    from dataclasses import replace

    from auditor.audit.recorded import recorded_in
    from auditor.audit.request import AnalysisRequest

    path = values.pop("gradients_from", None)
    recorded = None if path is None else recorded_in(path)
    if recorded is not None:
        values["tasks"] = values["tasks"] or recorded.tasks
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
        recorded=recorded,
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
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, option, text in typed:
        found.setdefault((kind, name), {})[option] = text
    for (_, name), options in found.items():
        call_options(registry.get(kind, name).load(), options, f"{kind} '{name}'")
    return found
