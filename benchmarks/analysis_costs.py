"""What every analysis of a benchmark costs, in minutes, one after the other on one audit."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditor import console
from auditor.audit.context import AuditContext
from auditor.audit.planned_trainings import plan_trainings
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.audit.results import Finding
from auditor.cache.store import default_cache_dir
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.plugin.registry import Registry
from benchmarks.support import MIRROR, table

BENCHMARK = os.environ.get("MTL_AUDIT_BENCH_BENCHMARK") or "sider"
DEAR = os.environ.get("MTL_AUDIT_BENCH_DEAR") == "1"
"""Whether the analyses that run only when they are named are run too."""
LEFT_OUT = ("measurement-plan", "identity-levels", "shift", "transfer-gain", "grouping", "gain-prediction")
"""Of the others: those of the overlap audit, and those that read what `benefit` measured."""


def main() -> None:
    """Print the table; trainings in the cache are not made again, so begin with an empty one."""
    import torch

    torch.set_num_threads(1)
    console.settings.level = -1
    registry = load_registry()
    rows: list[tuple[object, ...]] = []
    context = _timed("reading and overlap", rows, lambda: _context(registry))
    _timed("training, GCN, 30 epochs, one seed", rows, context.traces)
    for name in context.analysis.affinities if context.analysis else ():
        context.affinities[name] = _timed(
            f"affinity {name}", rows, lambda name=name: context.estimate(name)
        )
    for component in registry.all("analysis"):
        if component.name in LEFT_OUT or not (component.default or DEAR):
            continue
        found: Any = _timed(component.name, rows, lambda component=component: component.load()(context))
        if isinstance(found, Finding) and found.status != "ok":
            rows[-1] = (*rows[-1][:1], found.status)
    table(("part", f"minutes on {BENCHMARK}"), rows)


def _context(registry: Registry) -> AuditContext:
    cache = Path(os.environ.get("MTL_AUDIT_CACHE_DIR") or default_cache_dir())
    skip = registry.names("analysis")
    data = DataRequest(BENCHMARK, registry, cache=cache, mirror=str(MIRROR), skip=skip)
    affinities = ("gradient-cosine", "error-cosine", "chemical-correlation")
    request = AnalysisRequest(data, affinities=affinities)
    context = open_audit(data)
    context.analysis, context.trainings = request, plan_trainings(request, context.benchmark)
    return context


def _timed(name: str, rows: list[tuple[object, ...]], work: Callable[[], Any]) -> Any:
    started = time.monotonic()
    found = work()
    rows.append((name, f"{(time.monotonic() - started) / 60:.2f}"))
    return found
