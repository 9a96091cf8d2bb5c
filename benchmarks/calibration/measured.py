"""One number of the page: how often a printed interval, p or power did what it claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

Claim = Literal["holds the truth", "holds at 90 %", "calls chance", "is found", "is marked"]
GOALS: dict[Claim, tuple[float, float]] = {
    "holds the truth": (0.93, 0.97),
    "holds at 90 %": (0.88, 0.92),
    "calls chance": (0.0, 0.06),
    "is found": (0.80, 1.0),
    "is marked": (0.0, 1.0),
}
"""Between which shares each claim is kept."""


@dataclass(frozen=True)
class Measured:
    """How often something happened in simulated data whose truth is known.

    Parameters
    ----------
    case, column
        The row and the column of its table: the truth that was simulated, and what was asked.
    claim
        What the number means, and with it the goal of `GOALS`.
    times, draws
        How often it happened, of how many.
    marked
        The share of draws in which a report marks the number, or gives none.
    """

    case: str
    column: str
    claim: Claim
    times: int
    draws: int
    marked: float = 0.0

    @property
    def share(self) -> float:
        """How often it happened, 0 to 1."""
        return self.times / self.draws

    @property
    def error(self) -> float:
        """The Monte-Carlo error of the share, one standard deviation; of at least one draw."""
        kept = min(max(self.times, 1), self.draws - 1)
        return float(np.sqrt(kept / self.draws * (1 - kept / self.draws) / self.draws))

    def verdict(self, errors: float = 2.0) -> str:
        """Return what to think of it, given so many Monte-Carlo errors; empty where the goal is kept."""
        low, high = GOALS[self.claim]
        if self.share < low - errors * self.error:
            return "marked" if self.marked > 0.5 else "fails"
        if self.share > high + errors * self.error:
            return "wide" if self.claim.startswith("holds") else "fails"
        return ""


@dataclass(frozen=True)
class Section:
    """A table of the page.

    Parameters
    ----------
    title, about
        Its heading, and what was simulated.
    measure
        Called with the number of draws and a generator; yields its numbers.
    draws
        How many the page is made of.
    needs_mirror
        Whether it reads published files.
    fast
        Draws of the version that the tests run; 0 where there is none.
    """

    title: str
    about: str
    measure: Callable[[int, np.random.Generator], Iterator[Measured]]
    draws: int
    needs_mirror: bool = False
    fast: int = 40


def counted(case: str, column: str, claim: Claim, happened: np.ndarray, marked: float = 0.0) -> Measured:
    """Return a number from what happened in each draw (draws,)."""
    return Measured(case, column, claim, int(happened.sum()), len(happened), marked)
