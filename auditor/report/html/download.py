"""The numbers of a figure as an address that a page carries, so that a click saves them as CSV."""

from __future__ import annotations

from urllib.parse import quote

from auditor.report.figure_numbers import Figure, numbers_of


class Budget:
    """How many bytes of CSV the page may still carry."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, text: str) -> bool:
        """Tell whether a text still fits, and account for it."""
        fits = len(text) <= self.left
        self.left -= len(text) if fits else 0
        return fits


def address(figure: Figure, budget: Budget) -> str:
    """Return the numbers as a data address, "" where the page can carry no more."""
    found = "data:text/csv;charset=utf-8," + quote(numbers_of(figure), safe=",.-+()/:;=")
    return found if budget.take(found) else ""
