"""Architectures: whether another encoder would have told another story."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from auditor import console
from auditor.analyses.architectures.encoders import Comparison, Replicates, compare, replicates_of
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Matrix, Table, Text
from auditor.errors import MissingExtra, UsageError
from auditor.seeding import derive
from auditor.statistics.resampling import known, told

PAPER = {
    ("gcn", "gat"): 0.81, ("gcn", "cnn"): 0.73, ("gat", "cnn"): 0.71,
    ("gcn", "ecfp"): 0.46, ("gat", "ecfp"): 0.42, ("cnn", "ecfp"): 0.38,
}  # fmt: skip
"""Cheng & Zhang 2026, table C.5, Tox21: one seed per encoder, no reliability."""
COLUMNS = ("encoder", "encoder", "r", "r without noise", "pairs")
METHOD = (
    "Each affinity is gradient-cosine over the final window. r without noise divides by the root of both "
    "reliabilities, which come from {measured}; it can exceed 1 by chance and is left out where a "
    "reliability is below 0.1. Intervals resample tasks. 'Within' and 'between' compare single "
    "measurements on either side, so that a difference of the two is not one of precision."
)


def analyse(context: AuditContext, *, encoders: str = "gcn,gat,cnn,ecfp", seeds: int = 0) -> Finding:
    """Estimate the affinity with several encoders and compare the results over the usable pairs.

    Parameters
    ----------
    encoders
        Registered names; those that lack a dependency are left out, and named.
    seeds
        Trainings per encoder; 0 for as many as the audit itself has.
    """
    names = encoders_of(context, encoders)
    found, missing = _measure(context, names, seeds)
    if len(found) < 2:
        text = f"Fewer than two encoders can be compared; not installed: {', '.join(missing)}."
        return Finding("architectures", text, {"missing": missing}, status="not applicable")
    compared = compare(found, context.usable, seed=derive(context.seed, "architectures"))
    repeats = seeds or _repeats(context)
    data = _data(context, compared, repeats, missing)
    return Finding(
        "architectures",
        _sentence(compared, repeats, missing),
        data,
        _blocks(context, compared, found, repeats),
        citation="Cheng & Zhang 2026, C.5; Spearman 1904",
    )


def encoders_of(context: AuditContext, text: str) -> list[str]:
    """Return the registered encoders of a list typed as text.

    Raises
    ------
    UsageError
        An unknown encoder, or fewer than two.
    """
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        context.request.registry.get("encoder", name)
    if len(names) < 2:
        raise UsageError(f"'{text}' names fewer than two encoders", hint="for example encoders=gcn,ecfp")
    return names


def _measure(
    context: AuditContext, names: list[str], seeds: int
) -> tuple[dict[str, Replicates], list[str]]:
    found, missing = {}, []
    repeats = seeds or _repeats(context)
    console.say(f"comparing encoders {', '.join(names)}: {len(names) * repeats} trainings at most")
    for name in names:
        try:
            varied = context.vary(encoder=name, repeats=repeats)
            traces = varied.traces()
        except MissingExtra as error:
            console.warn(f"encoder {name} is left out: {error.message}")
            missing.append(name)
            continue
        found[name] = replicates_of(traces, context.window)
    return found, missing


def _repeats(context: AuditContext) -> int:
    return context.analysis.repeats if context.analysis is not None else 1


def _sentence(compared: Comparison, repeats: int, missing: list[str]) -> str:
    other = "seed" if repeats > 1 else "half of the logs"
    within, between, gap = compared.within, compared.between, compared.gap
    pairs = sorted(compared.pairs, key=lambda pair: -pair.r.value if np.isfinite(pair.r.value) else 9.0)
    parts = [
        f"{' and '.join(pair.encoders)} r = {told(pair.r.value, pair.r.low, pair.r.high)}"
        for pair in (pairs[:1] if len(pairs) == 1 else [pairs[0], pairs[-1]])
    ]
    most = f"Encoders agree most and least for {', '.join(parts)}" if len(parts) > 1 else parts[0]
    if np.isfinite(gap.low) and gap.low > 0:
        said = f"another encoder changes the affinity more than another {other} does"
    elif np.isfinite(gap.high) and gap.high < 0:
        said = f"another encoder changes the affinity no more than another {other} does"
    else:
        said = f"another encoder is not shown to change the affinity more than another {other} does"
    left = f" Not installed and left out: {', '.join(missing)}." if missing else ""
    return (
        f"{most}; {said} (mean r {told(within.value, within.low, within.high)} within an encoder, "
        f"{told(between.value, between.low, between.high)} between encoders).{left}"
    )


def _data(context: AuditContext, compared: Comparison, repeats: int, missing: list[str]) -> dict[str, Any]:
    return {
        "pairs_of_encoders": [asdict(pair) for pair in compared.pairs],
        "reliability": {name: asdict(value) for name, value in compared.reliability.items()},
        "reliability_from": "seeds" if repeats > 1 else "split halves of one training",
        "within": asdict(compared.within),
        "between": asdict(compared.between),
        "gap": asdict(compared.gap),
        "seeds": repeats,
        "missing": missing,
        "interval": "95 %, tasks resampled",
        "would_change": "more seeds: --analysis-option architectures.seeds=3",
        "paper": {" ".join(names): r for names, r in PAPER.items()} if _is_tox21(context) else None,
    }


def _blocks(
    context: AuditContext, compared: Comparison, found: dict[str, Replicates], repeats: int
) -> tuple[Block, ...]:
    reference = _is_tox21(context)
    rows: list[tuple[Cell, ...]] = []
    for pair in compared.pairs:
        r, clean = pair.r, pair.without_noise
        row: tuple[Cell, ...] = (
            *pair.encoders,
            told(r.value, r.low, r.high),
            told(clean.value, clean.low, clean.high),
            pair.pairs,
        )
        rows.append((*row, _paper(pair.encoders)) if reference else row)
    own = tuple(
        (name, told(value.value, value.low, value.high)) for name, value in compared.reliability.items()
    )
    measured = f"the correlation of {repeats} seeds" if repeats > 1 else "even against odd logs of one seed"
    columns = (*COLUMNS, "paper, Tox21") if reference else COLUMNS
    return (
        Table(columns, tuple(rows), caption="Agreement of two encoders' affinities", digits=2),
        _matrix(compared, list(found)),
        Table(("encoder", "reliability"), own, caption=f"Reliability of each affinity, from {measured}"),
        Text(METHOD.format(measured=measured)),
    )


def _matrix(compared: Comparison, names: list[str]) -> Matrix:
    values: dict[frozenset[str], float | None] = {
        frozenset(pair.encoders): known(pair.r.value) for pair in compared.pairs
    }
    return Matrix(
        tuple(names),
        tuple(names),
        tuple(tuple(1.0 if a == b else values[frozenset((a, b))] for b in names) for a in names),
        caption="r of the affinities of two encoders, noise included",
        scale="diverging",
        low=-1.0,
    )


def _paper(names: tuple[str, str]) -> float | None:
    return PAPER.get(names, PAPER.get((names[1], names[0])))


def _is_tox21(context: AuditContext) -> bool:
    return context.benchmark.name == "tox21"
