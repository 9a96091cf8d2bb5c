"""Audits of generated benchmarks, opened as the pipeline opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.audit.context import AuditContext
from auditor.audit.planned_trainings import plan_trainings
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry

TINY: Mapping[str, str] = {"width": "16", "hidden": "24", "bits": "256"}
"""Options of a small fingerprint encoder."""


def audited(
    cache: Path,
    *,
    options: Mapping[str, str],
    benchmark: str = "synthetic",
    overrides: Mapping[str, float] | None = None,
    affinities: tuple[str, ...] = ("gradient-cosine",),
    tasks: tuple[str, ...] = (),
    **changes: Any,
) -> AuditContext:
    """Return an audit that is ready to train, with a small encoder, every pair counting."""
    data = DataRequest(benchmark, load_registry(), cache, options=options, tasks=tasks)
    data = replace(data, skip=tuple(_data_analyses(data)))
    request = AnalysisRequest(
        data,
        encoder="ecfp",
        encoder_options=TINY,
        affinities=affinities,
        overrides={"epochs": 3, "batch_size": 16, "log_every": 2, **(overrides or {})},
        ignore_gate=True,
        **changes,
    )
    context = open_audit(data)
    context.seed, context.window, context.analysis = request.seed, request.window, request
    context.ignore_gate = True
    context.trainings = plan_trainings(request, context.benchmark)
    for name in affinities:
        context.affinities[name] = context.estimate(name)
    return context


def _data_analyses(data: DataRequest) -> list[str]:
    return [part.name for part in data.registry.all("analysis") if part.stage == "data"]
