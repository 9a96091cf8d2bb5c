"""The page of what was measured: one table for each section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.calibration.measured import GOALS, Measured, Section
from benchmarks.calibration.printed import PRINTED

PLACE = Path(__file__).parents[2] / "docs" / "calibration.md"
HEAD = """# How often the numbers are right

Written by `python -m benchmarks calibration`, from simulated data whose truth is known. A 95 % interval
shall hold the truth in 93 to 97 % of samples, a test at 0.05 shall call chance a finding in 6 % at most,
and what is said to be found with 80 % power shall be found so often. Each number stands with its
Monte-Carlo error (one standard deviation), which is allowed for twice.

- no mark: the goal is kept
- **wide**: the interval holds the truth in more than 97 %
- **marked**: too narrow, and a report marks most such numbers
- **fails**: neither
"""


def page(
    sections: Sequence[Section], tables: Iterable[tuple[Section, Sequence[Measured]]], before: str
) -> str:
    """Return the page of all sections: those measured, and the others as they stand in the page before."""
    parts = {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in before.split("\n## ")[1:]}
    parts |= {section.title: _section(section, found) for section, found in tables}
    kept = [parts[section.title] for section in sections if section.title in parts]
    return "\n".join([HEAD, "\n".join(_contents()) + "\n", *kept])


def _section(section: Section, found: Sequence[Measured]) -> str:
    told = [one.verdict() for one in found if one.claim != "is marked"]
    kept = [f"{told.count('')} of {len(told)} numbers keep their goal"] if told else []
    others = [f"{told.count(word)} {word}" for word in ("wide", "marked", "fails") if word in told]
    draws = f"{section.draws:,} draws."
    told_of_all = f"{draws} {', '.join([*kept, *others])}." if kept else draws
    return f"## {section.title}\n\n{section.about} {told_of_all}\n\n" + "\n".join(_table(found)) + "\n"


def _contents() -> list[str]:
    """Return the table of what a report prints and where it is measured."""
    rows = ["## What a report prints", "", "| in the report | number | measured in |", "|---|---|---|"]
    for one in PRINTED:
        where = "; ".join([*one.measured, *([one.elsewhere] if one.elsewhere else [])])
        rows.append(f"| {one.section} | {one.number} | {where} |")
    return rows


def _table(found: Sequence[Measured]) -> list[str]:
    columns = list(dict.fromkeys(one.column for one in found))
    cases = list(dict.fromkeys(one.case for one in found))
    by_place = {(one.case, one.column): one for one in found}
    rows = [f"| truth | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for case in cases:
        cells = (_cell(by_place.get((case, column))) for column in columns)
        rows.append(f"| {case} | {' | '.join(cells)} |")
    return rows


def _cell(one: Measured | None) -> str:
    if one is None:
        return ""
    share = f"{one.share:.1%} ± {one.error:.1%}".replace("%", " %")
    said = one.verdict() if GOALS[one.claim] != (0.0, 1.0) else ""
    return f"{share} **{said}**" if said else share
