"""A small audit with known answers, trained in a second, on which estimators and analyses are tried."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.source.rows import Kind, SourceData, Task, TaskTable
from auditor.testing.material import molecules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext

ALIKE, ALSO_ALIKE, OPPOSITE, APART = "alike", "also alike", "opposite", "apart"
AMOUNT, STEADY, ELSEWHERE = "amount", "steady", "elsewhere"
ENCODER = {"width": "16", "hidden": "24", "bits": "256"}
TRAINING: Mapping[str, Any] = {"epochs": 4, "batch_size": 16, "log_every": 2, "measures": "lookahead"}
WINDOW = 0.5
SIGNS = {ALIKE: 1.0, ALSO_ALIKE: 1.0, OPPOSITE: -1.0, ELSEWHERE: 1.0}
FLIPPED = 0.1
"""Share of the labels that are turned over."""
FLIPPED_TWICE = (1 - 2 * FLIPPED) ** 2
"""Correlation that is left of two equal labels, each turned over so often."""


def small_audit(*, trained: bool = True, tasks: Sequence[str] = ()) -> AuditContext:
    """Return the audit of seven small tasks, as an estimator or an analysis is handed it.

    Tasks ``alike`` and ``also alike`` share most labels, ``opposite`` has them inverted, ``apart`` is
    independent of them, ``amount`` is a regression, ``steady`` has one class only, and ``elsewhere``
    shares no compound with the others. Every pair counts, whatever its overlap.

    It is made once: to change it, take a copy by ``dataclasses.replace``.

    Parameters
    ----------
    trained
        Whether it is an audit of affinity: with trainings and two estimates. Without, it is what an
        analysis of the stage "data" is handed.
    tasks
        Only these; empty for all.
    """
    return _audit(trained, tuple(tasks))


@functools.lru_cache(maxsize=4)
def _audit(trained: bool, tasks: tuple[str, ...]) -> AuditContext:
    from auditor.audit.context import open_analysis, open_data
    from auditor.audit.reading import join_rows
    from auditor.audit.request import AnalysisRequest, DataRequest
    from auditor.plugin.loading import load_registry

    wanted = DataRequest("small", load_registry(), Path(_folder().name))
    context = open_data(join_rows("small", _data(tasks), wanted), wanted)
    if not trained:
        return replace(context, ignore_gate=True)
    request = AnalysisRequest(
        wanted,
        encoder="ecfp",
        encoder_options=ENCODER,
        affinities=("gradient-cosine", "error-cosine"),
        split="random",
        overrides=TRAINING,
        repeats=2,
        window=WINDOW,
        device="cpu",
        ignore_gate=True,
    )
    context = open_analysis(context, request)
    for name in request.affinities:
        context.affinities[name] = context.estimate(name)
    return context


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return the cache folder of all small audits of this process; it goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mtl-audit-testing-")


def _data(tasks: tuple[str, ...]) -> SourceData:
    """Return the published rows: structure decides every label but one in ten."""
    smiles = molecules(200)
    rng = np.random.default_rng(20)
    aromatic = np.array([float("c1" in text) for text in smiles])
    sulphur = np.array([float("S" in text or "N" in text) for text in smiles])
    size = np.array([float(len(text)) for text in smiles])
    designed: dict[str, tuple[NDArray[np.float64], slice]] = {
        ALIKE: (_flipped(aromatic, rng), slice(0, 140)),
        ALSO_ALIKE: (_flipped(aromatic, rng), slice(10, 150)),
        OPPOSITE: (1 - _flipped(aromatic, rng), slice(0, 150)),
        APART: (_flipped(sulphur, rng), slice(0, 140)),
        AMOUNT: (size + rng.normal(size=len(size)), slice(20, 160)),
        STEADY: (np.ones(len(smiles)), slice(0, 60)),
        ELSEWHERE: (_flipped(aromatic, rng), slice(160, 200)),
    }
    tables = []
    for name in tasks or tuple(designed):
        values, part = designed[name]
        kind: Kind = "regression" if name == AMOUNT else "classification"
        domain = "here" if name in (ALIKE, ALSO_ALIKE, OPPOSITE) else "there"
        tables.append(TaskTable(Task(name, kind, domain=domain), smiles[part], values[part]))
    signs = np.array([SIGNS.get(table.task.name, 0.0) for table in tables])
    truth = FLIPPED_TWICE * np.outer(signs, signs)
    np.fill_diagonal(truth, 1.0)
    return SourceData(tuple(tables), truth=truth)


def _flipped(labels: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    return np.where(rng.random(len(labels)) < FLIPPED, 1 - labels, labels)
