"""Shift: whether two tasks that share few compounds have like ones all the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from auditor.analyses.shift.distance import LEAST, QUANTILE, SAMPLE, Domain, Shift, draw, shifts
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.chemistry.fingerprints import BITS, morgan_bits
from auditor.chemistry.naming import identify
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.gate.gate import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark

MOST_TASKS = 40
"""Tasks up to which every pair is looked at; with more, the `LOWEST` pairs of the least overlap."""
LOWEST = 20
SHOWN = 40
DOMAINS: tuple[Domain, ...] = get_args(Domain)
METHOD = (
    "Similarity is Tanimoto on Morgan fingerprints (radius 2, 2,048 bits, no stereo) to the nearest "
    "compound of the other task, the same compound left out; up to "
    f"{SAMPLE} compounds of a task are drawn at random. The yardstick is the task itself: its compounds "
    "lie in the other task's domain if at least half of them come as near to it as "
    f"{1 - QUANTILE:.0%} of them come to the rest of their own task, with as many compounds to choose "
    f"from. One-sided: only one of the two lies in the other's domain. Below {LEAST} compounds nothing "
    "is said."
)
COLUMNS = ("compounds of", "seen from", "overlap", "nearest", "inside", "limit", "scaffolds", "domain")


def analyse(context: AuditContext) -> Finding:
    """Tell pairs whose compounds are alike though not shared from pairs of different domains."""
    pairs = _pairs(context)
    if not pairs:
        return Finding("shift", "One task has no pair.", status="not applicable")
    found = _shifts(context, pairs)
    low = [shift for shift in found if context.gate.pairs[shift.tasks] != Pair.RELIABLE]
    counts = Counter(shift.domain for shift in low)
    data = {
        "pairs_looked_at": len(found),
        "pairs": len(context.overlap.tasks) * (len(context.overlap.tasks) - 1) // 2,
        "sample": SAMPLE,
        "quantile": QUANTILE,
        "low_overlap": {domain: counts[domain] for domain in DOMAINS},
        "shifts": [_facts(context, shift) for shift in found],
    }
    return Finding(
        "shift",
        _sentence(context, found, low),
        data,
        _blocks(context, found),
        citation="Sheridan et al. 2004, doi 10.1021/ci049782w; Rogers & Hahn 2010, doi 10.1021/ci100050t",
    )


def _pairs(context: AuditContext) -> list[tuple[int, int]]:
    rows, columns = np.triu_indices(len(context.overlap.tasks), 1)
    fraction = context.overlap.measure(context.gate.thresholds.measure)[rows, columns]
    order = np.argsort(fraction, kind="stable")
    if len(context.overlap.tasks) > MOST_TASKS:
        order = order[:LOWEST]
    return [(int(rows[place]), int(columns[place])) for place in order]


def _shifts(context: AuditContext, pairs: list[tuple[int, int]]) -> list[Shift]:
    benchmark, measured = context.benchmark, context.joined.measured
    tasks = sorted({task for pair in pairs for task in pair})
    drawn = {task: draw(measured, task, seed=context.seed) for task in tasks}
    inside = np.unique(np.concatenate([measured.column(task)[0] for task in tasks]))
    level = context.request.registry.get("identity", "scaffold")
    texts = [benchmark.smiles[compound] for compound in inside]
    names = identify(texts, level, cache=context.request.cache)
    scaffolds = [""] * benchmark.n
    for compound, text in zip(inside, texts, strict=True):
        scaffolds[compound] = names[text].name or ""
    prints = _prints(context, benchmark, drawn)
    return shifts(measured, pairs, drawn=drawn, prints=prints, scaffolds=scaffolds)


def _prints(
    context: AuditContext, benchmark: Benchmark, drawn: dict[int, NDArray[np.int64]]
) -> NDArray[np.uint8]:
    """Return packed fingerprints by compound (n, bytes), zero where no task has drawn it."""
    wanted = np.unique(np.concatenate(list(drawn.values())))
    texts = [benchmark.smiles[compound] for compound in wanted]
    prints = np.zeros((benchmark.n, BITS // 8), dtype=np.uint8)
    prints[wanted] = morgan_bits(texts, cache=context.request.cache)
    return prints


def _facts(context: AuditContext, shift: Shift) -> dict[str, Any]:
    i, j = shift.tasks
    return {
        "tasks": [context.overlap.tasks[i], context.overlap.tasks[j]],
        "overlap": float(context.overlap.measure(context.gate.thresholds.measure)[i, j]),
        "support": int(context.overlap.support[i, j]),
        "verdict": Pair(int(context.gate.pairs[i, j])).text,
        "domain": shift.domain,
        "sides": [{**asdict(side), "inside_other": side.inside_other} for side in shift.sides],
    }


def _sentence(context: AuditContext, found: list[Shift], low: list[Shift]) -> str:
    if not low:
        return "No pair is low in overlap: the shift of each is in the table."
    limits, counts = context.gate.thresholds, Counter(shift.domain for shift in low)
    total = len(context.overlap.tasks) * (len(context.overlap.tasks) - 1) // 2
    which = f"{len(low):,} pairs" if len(found) == total else f"the {len(low):,} pairs of least overlap"
    told = [f"{counts['in domain']:,} have like compounds all the same (in domain)"]
    told.append(f"{counts['one-sided']:,} in one direction only")
    told.append(f"{counts['out of domain']:,} are out of domain")
    if counts["not estimable"]:
        told.append(f"{counts['not estimable']:,} cannot be told")
    return f"Of {which} below {limits.measure} {limits.reliable:.2f}, {', '.join(told)}."


def _blocks(context: AuditContext, found: list[Shift]) -> tuple[Block, ...]:
    part = "" if len(found) <= SHOWN else f", the {SHOWN} of least overlap"
    rows = tuple(row for shift in found[:SHOWN] for row in _rows(context, shift))
    return (
        Table(
            COLUMNS,
            rows,
            caption=f"Median similarity to the nearest compound, and shared scaffolds, by direction{part}",
        ),
        Text(METHOD),
    )


def _rows(context: AuditContext, shift: Shift) -> tuple[tuple[Cell, ...], ...]:
    overlap = float(context.overlap.measure(context.gate.thresholds.measure)[shift.tasks])
    names = [context.overlap.tasks[task] for task in shift.tasks]
    return tuple(
        (
            *ends,
            overlap,
            _known(side.nearest),
            _known(side.inside),
            _known(side.limit),
            _known(side.scaffolds),
            shift.domain,
        )
        for ends, side in zip((names, names[::-1]), shift.sides, strict=True)
    )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
