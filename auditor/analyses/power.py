"""Power: which correlation the shared compounds of a pair can detect at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Cell, Table, Text
from auditor.gate.gate import Pair
from auditor.overlap.detectable import FEWEST
from auditor.statistics.pairs import upper
from auditor.statistics.power import FEWEST as RAREST
from auditor.statistics.power import detectable_of_values
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


EFFECTS = (0.1, 0.2, 0.3)
"""Sizes of |r| that are asked for: weak, moderate and strong for one label against another."""
SHOWN = 5
METHOD = (
    "Smallest |r| found with at least 80 % power by the two-sided test of E at 0.05, from the compounds "
    "that have a label in both tasks. The rule asks for a fraction, power for a number: between normal "
    "values 40 % of 200 compounds detect |r| = {small:.2f}, 5 % of 8,000 detect {large:.2f}. Between "
    "classes it depends on how many have the rarer class, and is that of a positive r. A negative one "
    "shows only where chance alone would make both classes meet in some five compounds or more. Of a "
    "class with values it is for normal values; with fewer than {rare} compounds of the rarer class "
    "such pairs count as detecting nothing. Of many pairs tested at once, some pass by chance."
)


@dataclass(frozen=True)
class Counts:
    """Some pairs, and how many of them can detect each of `EFFECTS`."""

    pairs: int
    can_detect: list[int]


@dataclass(frozen=True)
class Reach:
    """The smallest |r| that a pair detects, from how many compounds and what overlap."""

    tasks: list[str]
    detectable: float
    compounds: int
    overlap: float
    verdict: str


@dataclass(frozen=True)
class Power:
    """What pairs can detect.

    Parameters
    ----------
    effects
        Those asked for.
    pairs, can_detect
        All pairs, and how many detect each effect.
    rare_class, no_correlation
        Pairs with too rare a class, and pairs that detect nothing for another reason.
    only_positive
        Pairs that detect some positive r, and no negative one.
    median
        Of the smallest detectable |r|.
    by_verdict
        The same counts by the gate's verdict.
    best, worst
        The pairs that detect the weakest correlation, and those that detect only strong ones.
    """

    effects: list[float]
    pairs: int
    can_detect: list[int]
    rare_class: int
    no_correlation: int
    only_positive: int
    median: float
    by_verdict: Mapping[str, Counts]
    best: list[Reach]
    worst: list[Reach]


def analyse(context: AuditContext) -> Finding:
    """State per pair the smallest |r| found with 80 % power, and confront it with the gate's rule.

    Counted are the compounds that have a label in both tasks. A pair in which a task is constant on
    them, or has too rare a class there, counts as detecting nothing. What every single pair detects is
    in the document's ``detectable_correlation``.
    """
    if context.benchmark.t < 2:
        return Finding("power", "One task has no pair.", status="not applicable")
    empirical = context.empirical
    reach = empirical.reach.above
    able = (empirical.support >= FEWEST) & ~(empirical.constant | empirical.constant.T)
    rare = able & np.isnan(reach)
    values = upper(reach)
    known = values[np.isfinite(values)]
    order = np.argsort(values, kind="stable")[: len(known)]
    found = Power(
        effects=list(EFFECTS),
        pairs=len(values),
        can_detect=_counts(values),
        rare_class=int(upper(rare).sum()),
        no_correlation=int((np.isnan(values) & ~upper(rare)).sum()),
        only_positive=int((np.isfinite(values) & np.isnan(upper(empirical.reach.below))).sum()),
        median=float(np.median(known)) if len(known) else float("nan"),
        by_verdict=_by_verdict(context, values),
        best=_named(context, reach, order[: min(SHOWN, (len(order) + 1) // 2)]),
        worst=_named(context, reach, order[max(len(order) - SHOWN, (len(order) + 1) // 2) :]),
    )
    return Finding(
        "power",
        _sentence(context, found),
        asdict(found),
        _blocks(context, found),
        result=found,
        citation="Fisher 1935, J. R. Stat. Soc. 98:39; Tate 1954, Ann. Math. Stat. 25:603; Cohen 1988, "
        "Statistical Power Analysis, chapter 3",
    )


def _counts(values: NDArray[np.float64]) -> list[int]:
    return [int((values <= effect).sum()) for effect in EFFECTS]


def _by_verdict(context: AuditContext, values: NDArray[np.float64]) -> dict[str, Counts]:
    codes = upper(context.gate.pairs)
    parts = {code.text: values[codes == code] for code in sorted(Pair, reverse=True)}
    return {text: Counts(len(part), _counts(part)) for text, part in parts.items()}


def _named(context: AuditContext, reach: NDArray[np.float64], chosen: NDArray[np.int64]) -> list[Reach]:
    """Return what is to be told of some pairs, given by their place in the upper triangle."""
    names, (rows, columns) = context.overlap.tasks, np.triu_indices(len(reach), 1)
    fraction = context.overlap.measure(context.gate.thresholds.measure)
    return [
        Reach(
            tasks=[names[i], names[j]],
            detectable=float(reach[i, j]),
            compounds=int(context.empirical.support[i, j]),
            overlap=float(fraction[i, j]),
            verdict=Pair(int(context.gate.pairs[i, j])).text,
        )
        for i, j in zip(rows[chosen], columns[chosen], strict=True)
    ]


def _sentence(context: AuditContext, found: Power) -> str:
    limits, reliable = context.gate.thresholds, found.by_verdict[Pair.RELIABLE.text]
    able, weak, strong = found.can_detect[0], EFFECTS[0], EFFECTS[-1]
    below = able - reliable.can_detect[0]
    blind = reliable.pairs - reliable.can_detect[-1]
    rule = f"the {limits.measure} rule of {limits.reliable:.2f}"
    told = [f"{able:,} of {found.pairs:,} pairs can detect |r| = {weak} at 80 % power"]
    if below:
        told.append(f"{below:,} of these {'misses' if below == 1 else 'miss'} {rule}")
    if blind:
        told.append(
            f"{blind:,} of the {reliable.pairs:,} that meet {rule} cannot even detect |r| = {strong}"
        )
    if found.rare_class:
        have = "has" if found.rare_class == 1 else "have"
        told.append(f"{count_of(found.rare_class, 'pair')} {have} too rare a class to tell")
    if found.only_positive:
        told.append(
            f"{count_of(found.only_positive, 'pair')} can show a positive correlation only: the classes "
            "are too rare to show a negative one"
        )
    return f"{'; '.join(told)}."


def _blocks(context: AuditContext, found: Power) -> tuple[Table | Text, ...]:
    heads = tuple(f"detect |r| = {effect}" for effect in EFFECTS)
    verdicts = {**found.by_verdict, "all": Counts(found.pairs, found.can_detect)}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (text, part.pairs, *part.can_detect) for text, part in verdicts.items()
    )
    pairs = (*_rows(found.best), *_rows(found.worst))
    small, large = (float(detectable_of_values(np.array(n))) for n in (80, 400))
    return (
        Table(("verdict of the gate", "pairs", *heads), rows, caption="Pairs by verdict and by power"),
        Table(
            ("task", "task", "smallest |r|", "compounds", context.gate.thresholds.measure, "verdict"),
            pairs,
            caption="The pairs that detect the weakest correlation, and those that detect only strong ones",
        ),
        Text(METHOD.format(small=small, large=large, rare=RAREST)),
    )


def _rows(pairs: Sequence[Reach]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (*pair.tasks, pair.detectable, pair.compounds, pair.overlap, pair.verdict) for pair in pairs
    )
