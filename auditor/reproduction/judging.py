"""Every claim of a plan beside what was measured."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.faults import contained, line_of
from auditor.reproduction.command import command_of
from auditor.reproduction.plan import Claim, Measure, Measured, Plan
from auditor.reproduction.verdict import VERDICTS, Verdict, judge

if TYPE_CHECKING:
    from auditor.reproduction.run import Collected


@dataclass(frozen=True)
class Judged:
    """A claim, what was measured for it, and the verdict.

    Parameters
    ----------
    measured, labels_alone
        None where it is not there.
    why
        Why there is no number, or what must be known beside it.
    """

    claim: Claim
    measured: Measured | None
    labels_alone: Measured | None
    verdict: Verdict
    why: str


def judged(plan: Plan, collected: Collected) -> list[Judged]:
    """Return every claim of a plan with its verdict, in the order of the plan."""
    return [_judged(claim, collected) for claim in plan.claims]


def counts_of(found: list[Judged]) -> dict[Verdict, int]:
    """Return how many claims have each verdict, all of them named."""
    counts = Counter(one.verdict for one in found)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def _judged(claim: Claim, collected: Collected) -> Judged:
    lacking = [name for name in claim.works if name not in collected.documents]
    if lacking or claim.measure is None:
        told = [claim.reason] if claim.reason else []
        if claim.measure is not None:
            told += [
                f"{name} failed: {collected.failed[name]}" for name in lacking if name in collected.failed
            ]
        return Judged(claim, None, None, judge(claim, None), " ".join(told))
    measured, why = _measured(claim.measure, collected)
    alone = _measured(claim.labels_alone, collected)[0] if claim.labels_alone else None
    alone = alone if alone is not None and math.isfinite(alone.value) else None
    return Judged(claim, measured, alone, judge(claim, measured, alone), _words(claim, measured, why))


def _measured(measure: Measure, collected: Collected) -> tuple[Measured, str]:
    """Return what a measure reads, or NaN and why it could not."""
    try:
        with contained():
            return measure(collected.documents), ""
    except Exception as error:  # of a third party's plan, or of an audit that could not tell it
        return Measured(float("nan")), line_of(error)


def _words(claim: Claim, measured: Measured, why: str) -> str:
    note = measured.note and f"{measured.note}."
    return " ".join(text for text in (why and f"{why}.", note, claim.reason) if text)


def facts_of(one: Judged, commands: Mapping[str, str]) -> dict[str, Any]:
    """Return a judged claim as the document holds it."""
    claim, measured, alone = one.claim, one.measured, one.labels_alone
    return {
        "id": claim.id,
        "part": claim.part,
        "claim": claim.sentence,
        "claimed": claim.claimed,
        "kind": claim.kind,
        "within": claim.within,
        "decimals": claim.digits,
        "measured": None if measured is None else _numbers(measured),
        "labels_alone": None if alone is None else {**_numbers(alone), "by": alone.note},
        "verdict": one.verdict,
        "note": one.why,
        "audits": list(claim.works),
        "commands": [commands[name] for name in claim.works],
    }


def _numbers(found: Measured) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "exact": found.exact,
        "seeds": found.seeds,
        "pairs": found.pairs,
    }


def commands_of(plan: Plan) -> dict[str, str]:
    """Return the command of every audit of a plan."""
    return {work.name: command_of(work) for work in plan.works}
