"""Contexts of small benchmarks, built as the audit builds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from auditor.analyses.benefit.result import Benefit, Beyond, Reliability, Run, Size
from auditor.audit.context import AuditContext, open_data
from auditor.audit.reading import join_rows
from auditor.audit.request import DataRequest
from auditor.gate.gate import Thresholds
from auditor.plugin.loading import load_registry
from auditor.source.rows import Kind, SourceData
from auditor.transfer.group_gains import GroupGains
from tests.making import ALCOHOLS, table


def context_of(data: SourceData, cache: Path, thresholds: Thresholds | None = None) -> AuditContext:
    """Return the context of an audit of published rows."""
    request = DataRequest("small", load_registry(), cache, thresholds=thresholds or Thresholds())
    return open_data(join_rows("small", data, request), request)


def panel(
    *parts: tuple[int, int], kind: Kind = "regression", smiles: Sequence[str] = ALCOHOLS, seed: int = 0
) -> SourceData:
    """Return one task per (first, beyond the last) range of the compounds given, with random labels."""
    rng = np.random.default_rng(seed)
    tables = []
    for place, (start, stop) in enumerate(parts):
        size = stop - start
        values = rng.normal(size=size) if kind == "regression" else rng.permutation(np.arange(size) % 2)
        tables.append(table(f"t{place}", smiles[start:stop], values, kind))
    return SourceData(tuple(tables))


def benefit_of(gains: GroupGains) -> Benefit:
    """Return what an analysis of the benefit leaves to others, of gains that are given."""
    none = np.full((gains.t, gains.t), np.nan)
    nan = float("nan")
    return Benefit(
        trainings=Run(0, {}, 0, None, {}, [], None, {}, {}, "cpu"),
        metrics=[],
        size=Size(0, nan, nan, nan, nan, Beyond(0, 0), nan),
        reliability=Reliability(nan, nan),
        foretold={},
        by_metric=[],
        groups=[],
        tasks=[],
        pair_benefit=none,
        gain_source_to_recipient=none,
        gain_standard_error=none,
        gains=gains,
    )
