"""A plan: the claims of a paper, and the audits and computations that answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Documents = Mapping[str, Mapping[str, Any]]
"""The documents that are there, by the name of what made them."""
Kind = Literal["is", "at least", "at most"]


@dataclass(frozen=True)
class PlannedAudit:
    """An audit that answers claims: a call of the Python interface, with its keywords.

    Parameters
    ----------
    name
        Of its folder, and in the plan.
    benchmark
        A registered dataset, or with ``table`` a file below the mirror.
    minutes
        What it costs on one core, by a measurement or a guess: the cheapest is run first.
    call
        ``"overlap"`` or ``"analyze"``.
    options
        Keywords of the call; see `auditor.overlap` and `auditor.analyze`.
    smaller
        How it is smaller than what the paper ran, in words; empty where it is not.
    full_hours
        What the paper's own size would cost on one core, where this one is smaller.
    """

    name: str
    benchmark: str
    minutes: float
    call: Literal["overlap", "analyze"] = "overlap"
    options: Mapping[str, Any] = field(default_factory=dict)
    table: bool = False
    smaller: str = ""
    full_hours: float | None = None


@dataclass(frozen=True)
class Computation:
    """Anything else that answers claims: a function of files of the mirror, with a JSON-able answer.

    Parameters
    ----------
    target
        ``"package.module:function"``, which takes the path of every file of ``files`` in that order.
    """

    name: str
    target: str
    minutes: float
    files: tuple[str, ...] = ()
    smaller: str = ""
    full_hours: float | None = None


Work = PlannedAudit | Computation


@dataclass(frozen=True)
class Measured:
    """What was measured for a claim.

    Parameters
    ----------
    value
        NaN where the audit could not tell it.
    low, high
        The 95 % interval; NaN where there is none.
    exact
        A count, or arithmetic over what is published: nothing was sampled, and no interval is needed.
    seeds, pairs
        Trainings with different seeds, and pairs of tasks, behind it.
    note
        What a reader must know beside the number.
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    exact: bool = False
    seeds: int | None = None
    pairs: int | None = None
    note: str = ""


Measure = Callable[[Documents], Measured]


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    Parameters
    ----------
    id
        Short and unique, such as ``"table-1-tox21-r"``.
    part
        The table, figure or section: claims of one part are shown together.
    sentence
        The claim in one plain sentence.
    claimed
        The number; None where the claim has none.
    kind
        ``"is"``: the number itself; ``"at least"``, ``"at most"``: a bound.
    within
        How far the ends of an interval may lie from the measured value (of an exact value: from the
        claimed one) for the claim still to count as reproduced.
    works
        Names of the audits and computations that ``measure`` reads.
    measure
        Takes the documents and gives what was measured; None where it is not testable.
    labels_alone
        What a model without any training reaches of the same number.
    testable
        Where there is no measure: whether an audit could give one. Then it counts as not measured yet.
    reason
        Why it is not testable or not measured, or what else belongs beside the verdict.
    digits
        Decimals that the paper prints: a rounded number is met by all that round to it.
    """

    id: str
    part: str
    sentence: str
    claimed: float | None
    kind: Kind = "is"
    within: float = 0.0
    works: tuple[str, ...] = ()
    measure: Measure | None = None
    labels_alone: Measure | None = None
    testable: bool = False
    reason: str = ""
    digits: int = 2


@dataclass(frozen=True)
class Plan:
    """The claims of a paper.

    Parameters
    ----------
    title
        The paper, as a reader knows it.
    folder
        Below ``reports/``, where no other is asked for.
    notes
        Sentences for the head of the report.
    """

    title: str
    reference: str
    folder: str
    claims: tuple[Claim, ...]
    works: tuple[Work, ...] = ()
    notes: tuple[str, ...] = ()
