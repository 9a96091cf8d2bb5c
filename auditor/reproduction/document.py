"""The document of a reproduction, and how a report shows it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.audit.document import document_of, finding_facts
from auditor.audit.making import meta
from auditor.audit.results import Finding
from auditor.chemistry.levels import DEFAULT_IDENTITY
from auditor.document.blocks import Block, Cell, KeyValues, Table, Text
from auditor.reproduction.command import command_of
from auditor.reproduction.judging import Judged, commands_of, counts_of, facts_of, judged
from auditor.reproduction.plan import Computation, Plan, Work
from auditor.reproduction.run import Collected, places
from auditor.reproduction.verdict import MEANING
from auditor.text import count_of, duration

if TYPE_CHECKING:
    from auditor.plugin.registry import Registry

KIND = "reproduction"
ALONE = "labels alone"
CLAIMS = (
    "claim", "claimed", "measured", "95 % interval", "seeds", "pairs", ALONE, "verdict", "audit",
)  # fmt: skip
AUDITS = (
    "audit", "cost on one core", "state", "version", "smaller than the paper's", "cost of the full one",
    "command",
)  # fmt: skip
HAS_NO_AUDIT = "printed numbers"


def reproduction_document(
    plan: Plan, collected: Collected, registry: Registry, command: str
) -> dict[str, Any]:
    """Return the document: every claim, every audit, and the number of claims by verdict."""
    found = judged(plan, collected)
    counts = counts_of(found)
    commands = commands_of(plan)
    findings = [_overview(plan, found)]
    findings += [
        _part(part, [one for one in found if one.claim.part == part], commands) for part in places(plan)
    ]
    findings.append(_audits(plan, collected))
    status = "pass" if counts["reproduced"] == len(found) else "partial"
    data = {
        "benchmark": {
            "name": plan.title,
            "notes": [],
            "stamps": _stamps(plan, collected),
            "files": [],
        },
        "verdict": {"status": status, "sentence": _sentence(found)},
        "findings": [finding_facts(one) for one in findings],
    }
    return document_of(KIND, meta(registry, command, DEFAULT_IDENTITY), data)


def _stamps(plan: Plan, collected: Collected) -> list[str]:
    """Return what every rendering must say: how many audits another version made."""
    versions = [_version(work, collected) for work in plan.works]
    older = [version for version in versions if version and version != __version__]
    if not older:
        return []
    told = ", ".join(sorted(set(older)))
    return [
        f"{count_of(len(older), 'audit')} of version {told}, this is {__version__}: the table says which."
    ]


def _sentence(found: list[Judged]) -> str:
    counts = counts_of(found)
    said = {"follows from labels alone": "follow from labels alone"}
    told = ", ".join(
        f"{count} {verdict if count == 1 else said.get(verdict, verdict)}"
        for verdict, count in counts.items()
        if count
    )
    return f"Of {count_of(len(found), 'claim')}: {told}."


def _overview(plan: Plan, found: list[Judged]) -> Finding:
    counts = counts_of(found)
    rows = tuple((str(verdict), count) for verdict, count in counts.items())
    by_part: list[tuple[Cell, ...]] = []
    for part in places(plan):
        own = counts_of([one for one in found if one.claim.part == part])
        by_part.append((part, sum(own.values()), *own.values()))
    blocks: tuple[Block, ...] = (
        KeyValues(rows),
        Table(
            ("part", "claims", *counts), tuple(by_part), caption="Claims by part of the paper and verdict"
        ),
        Text(MEANING),
        *(Text(note) for note in plan.notes),
    )
    return Finding("claims by verdict", "", {"claims": counts}, blocks, citation=plan.reference)


def _part(part: str, found: list[Judged], commands: dict[str, str]) -> Finding:
    kept = [
        place
        for place, column in enumerate(CLAIMS)
        if column != ALONE or any(one.labels_alone is not None for one in found)
    ]
    rows = tuple(tuple(row[place] for place in kept) for row in map(_row, found))
    table = Table(tuple(CLAIMS[place] for place in kept), rows, caption=f"{part}: claimed and measured")
    notes: dict[str, list[str]] = {}
    for one in found:
        if one.why:
            notes.setdefault(one.why, []).append(one.claim.sentence.rstrip("."))
    said = tuple(Text(f"{_joined(about, len(found))}: {why}") for why, about in notes.items())
    return Finding(
        part,
        _sentence(found),
        {"claims": [facts_of(one, commands) for one in found]},
        (table, *said),
    )


def _joined(about: list[str], of: int) -> str:
    if len(about) == of and of > 1:
        return "All of them"
    if len(about) > 3:
        return f"{about[0]}, and {len(about) - 1} more"
    return "; ".join(about)


def _row(one: Judged) -> tuple[Cell, ...]:
    claim, found = one.claim, one.measured
    sign = {"is": "", "at least": "≥ ", "at most": "≤ "}[claim.kind]
    claimed = "" if claim.claimed is None else f"{sign}{_number(claim.claimed, claim.digits)}"
    audit = ", ".join(claim.works) or (HAS_NO_AUDIT if claim.measure else "")
    alone = one.labels_alone
    told = "" if alone is None else _number(alone.value, claim.digits)
    if found is None or not math.isfinite(found.value):
        return (claim.sentence, claimed, "", "", None, None, told, one.verdict, audit)
    ends = "exact" if found.exact else "none"
    if math.isfinite(found.low) and math.isfinite(found.high):
        ends = f"{_number(found.low, claim.digits)} to {_number(found.high, claim.digits)}"
    value = _number(found.value, claim.digits)
    return (claim.sentence, claimed, value, ends, found.seeds, found.pairs, told, one.verdict, audit)


def _number(value: float, digits: int) -> str:
    """Return a number with the decimals that the paper prints; a small p in powers of ten."""
    if (value and abs(value) < 0.5 * 10.0**-digits) or digits > 4:
        return f"{value:.1e}"
    return f"{value:,.{digits}f}"


def _audits(plan: Plan, collected: Collected) -> Finding:
    rows = tuple(_audit_row(work, collected) for work in sorted(plan.works, key=lambda one: one.minutes))
    done = sum(work.name in collected.documents for work in plan.works)
    sentence = f"{done} of {count_of(len(plan.works), 'audit')} are done."
    facts = [
        {
            "name": work.name,
            "command": command_of(work),
            "minutes": work.minutes,
            "done": work.name in collected.documents,
            "failed": collected.failed.get(work.name, ""),
            "of": collected.beside.get(work.name, ""),
            "version": _version(work, collected),
            "smaller": work.smaller,
            "full_hours": work.full_hours,
        }
        for work in plan.works
    ]
    table = Table(AUDITS, rows, caption="Audits and computations, the cheapest first")
    return Finding("audits and their commands", sentence, {"audits": facts}, (table,))


def _audit_row(work: Work, collected: Collected) -> tuple[Cell, ...]:
    state = "done" if work.name in collected.documents else collected.failed.get(work.name, "not run yet")
    if work.name in collected.beside:
        state = f"done, in {collected.beside[work.name]}"
    full = "" if work.full_hours is None else duration(3600 * work.full_hours)
    version = _version(work, collected)
    return (work.name, duration(60 * work.minutes), state, version, work.smaller, full, _shown(work))


def _shown(work: Work) -> str:
    """Return the command of an audit; of a computation its function, without the packages around it."""
    if isinstance(work, Computation):
        name = ".".join(work.target.replace(":", ".").split(".")[-2:])
        of = f" of {', '.join(work.files)}" if work.files else ""
        return f"computed by {name}{of}"
    return command_of(work)


def _version(work: Work, collected: Collected) -> str:
    """Return the version of mtl-audit that made a document, "" where it is not there or no audit."""
    return str(collected.documents.get(work.name, {}).get("meta", {}).get("mtl_audit", ""))
