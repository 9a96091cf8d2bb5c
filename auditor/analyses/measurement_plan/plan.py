"""A measurement plan: which compounds to measure in which task, and what the pairs gain by it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import UsageError
from auditor.text import safe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.gate.gate import Thresholds

COLUMNS = ("task", "smiles", "compound", "scaffold", "serves")


@dataclass(frozen=True)
class Measurement:
    """One compound to measure in one task, and the tasks with which it comes to be shared by that."""

    task: str
    smiles: str
    compound: str
    scaffold: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class PlannedPair:
    """A pair before and after a plan; ``alone`` is what it would need if it were the only one."""

    tasks: tuple[str, str]
    overlap_before: float
    overlap_after: float
    support_before: int
    support_after: int
    alone: int


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Parameters
    ----------
    rule
        The overlap measure, the fraction to be reached, and the least number of shared compounds.
    cells
        (compound, task) indices (m, 2), by task, then in the order to measure.
    measurements
        The same in words (m,).
    pairs
        The chosen pairs, then those that would have fallen below the rule without being planned for.
    bound
        No plan for these pairs has fewer measurements.
    beyond
        The pairs that the compounds in stock cannot bring to the rule.
    """

    rule: Thresholds
    cells: NDArray[np.int64]
    measurements: tuple[Measurement, ...]
    pairs: tuple[PlannedPair, ...]
    bound: int
    beyond: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> int:
        """Number of new measurements."""
        return len(self.measurements)

    @property
    def exact(self) -> bool:
        """Whether this is proven to be the least."""
        return self.total == self.bound


def pairs_named(text: str, tasks: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of tasks (i < j) that a text names as "A:B,C:D"; names may hold either sign.

    Raises
    ------
    UsageError
        A part names no two tasks.
    """
    places = {name: place for place, name in enumerate(tasks)}
    found, rest = [], text.split(",")
    while rest:
        for length in range(1, len(rest) + 1):
            pair = _pair(",".join(rest[:length]).strip(), places)
            if pair is not None:
                found.append(pair)
                rest = rest[length:]
                break
        else:
            raise UsageError(
                f"'{rest[0].strip()}' names no pair of tasks", hint="write A:B,C:D with names of tasks"
            )
    return found


def _pair(text: str, places: Mapping[str, int]) -> tuple[int, int] | None:
    parts = text.split(":")
    for cut in range(1, len(parts)):
        one, two = ":".join(parts[:cut]).strip(), ":".join(parts[cut:]).strip()
        if one in places and two in places and one != two:
            first, second = sorted((places[one], places[two]))
            return first, second
    return None


def plan_csv(plan: Plan) -> bytes:
    """Return a plan as CSV: what to measure in which task, by task, in the order to measure.

    ``serves`` names the tasks with which the measurement makes the compound shared.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in plan.measurements:
        cells = (row.task, row.smiles, row.compound, row.scaffold, "; ".join(row.serves))
        writer.writerow(map(safe, cells))
    return text.getvalue().encode()
