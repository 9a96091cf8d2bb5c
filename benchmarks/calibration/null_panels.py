"""What a data audit says of published tables whose labels are shuffled: how often, by its words."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.audit.answer.relations import relations
from auditor.audit.context import open_analysis
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.document.jsonable import plain_data
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.statistics.false_discovery import LEVEL, stands
from auditor.statistics.pairs import upper
from benchmarks.calibration.measured import Measured, Section, counted
from benchmarks.false_positives import shuffled
from benchmarks.support import MIRROR

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext

TABLES = ("tox21", "toxcast-17")
ESTIMATED = 2
"""Shuffles of which `chemical-correlation` is estimated too, which takes seconds."""


def of_null_panels(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often each statement of a data audit is made of shuffled labels."""
    console.settings.level = -2
    with tempfile.TemporaryDirectory() as folder:
        for name in TABLES:
            context = _context(name, Path(folder))
            made: dict[str, list[bool]] = {}
            for shuffle in range(draws):
                for said, happened in _statements(context, shuffle, every=-(-draws // ESTIMATED)):
                    made.setdefault(said, []).append(happened)
            for said, happened in made.items():
                yield counted(name, said, "calls chance", np.array(happened))


def _context(name: str, cache: Path) -> AuditContext:
    registry = load_registry()
    data = DataRequest(
        name, registry, cache, mirror=str(MIRROR), offline=True, skip=registry.names("analysis")
    )
    return open_analysis(open_audit(data), AnalysisRequest(data, device="cpu"))


def _statements(context: AuditContext, shuffle: int, every: int) -> Iterator[tuple[str, bool]]:
    """Yield what an audit of one shuffle says, and whether it does."""
    audit = context.vary(shuffled(context.benchmark, shuffle), seed=shuffle)
    p = upper(audit.empirical.intervals.p)
    for one in p[np.isfinite(p)]:
        yield "a pair's interval leaves out 0", bool(one <= LEVEL)
    yield "any pair beyond chance", bool(stands(p).any())
    for answer, word in zip(relations(_document(audit)), ("together", "against"), strict=True):
        yield f"a pair is said to go {word}", not answer["answer"].startswith("No pair")
    if shuffle % every == 0:
        chemical = audit.estimate("chemical-correlation")
        for task in chemical.about["own_z"]:
            yield "a task is said to follow structure", bool(task >= 3)


def _document(audit: AuditContext) -> dict[str, Any]:
    """Return of the audit's document what the answers are made of, as it is read again."""
    sure = audit.empirical.intervals
    correlation = {"correlation": audit.empirical.values, "low": sure.low, "high": sure.high, "p": sure.p}
    tasks = [{"name": task} for task in audit.benchmark.task_names]
    made = plain_data({"tasks": tasks, "label_correlation": correlation, "findings": []})
    read: dict[str, Any] = json.loads(json.dumps(made))
    return read


SECTIONS = (
    Section(
        "Published tables with shuffled labels",
        "The labels of every task dealt out to its compounds at random, as data audits without a training "
        "see them. Which compounds were measured and how many are positive stays. Intervals are counted "
        "by pairs, structure by tasks, all else by audits.",
        of_null_panels,
        200,
        needs_mirror=True,
        fast=0,
    ),
)
