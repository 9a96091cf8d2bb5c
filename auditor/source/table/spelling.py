"""How numbers are spelled in a column of text: limits, errors, per cent, thousands, decimal commas."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

PERCENT = "per cent"
Comma = Literal["", "thousands", "decimal"]
_NUMBER = r"[-+]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_CELL = re.compile(
    rf"(?P<limit><=|>=|<|>|≤|≥|=)?\s*(?P<number>{_NUMBER})"
    rf"(?:\s*(?:±|\+/-|\+-)\s*{_NUMBER})?\s*(?P<percent>%)?"
)
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_DECIMAL = re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE)
_LIMIT = {"<": -1, "<=": -1, "≤": -1, ">": 1, ">=": 1, "≥": 1}


@dataclass(frozen=True)
class Spelled:
    """One cell as a number.

    ``limit`` is 1 where the value is known to be larger, -1 where it is known to be smaller, else 0.
    """

    number: float
    limit: int = 0


@dataclass(frozen=True)
class Spelling:
    """What the cells of a column are, by their text, and how its numbers are spelled.

    Parameters
    ----------
    cells
        The number of every text that is one.
    ways
        What was read, one phrase each, such as "decimal commas".
    doubt
        Why the column cannot be read one way only; empty if it can.
    """

    cells: Mapping[str, Spelled]
    ways: tuple[str, ...] = ()
    doubt: str = ""


def spelling_of(texts: Collection[str], beside: Collection[str] = ()) -> Spelling:
    """Return the numbers among the distinct texts of a column, each read in one way for all of it.

    Parameters
    ----------
    texts
        Cells that are no plain numbers.
    beside
        The plain numbers of the same column, which tell what a comma means.
    """
    found = {text: match for text in sorted(texts) if (match := _CELL.fullmatch(text))}
    numbers = {text: match["number"] for text, match in found.items()}
    comma, doubt = comma_of((*numbers.values(), *beside))
    percent = sum(match["percent"] is not None for match in found.values())
    if percent and percent < len(found) + len(beside):
        doubt = doubt or "some values carry % and some do not"
    cells = {
        text: Spelled(_number(numbers[text], comma), _LIMIT.get(match["limit"] or "", 0))
        for text, match in found.items()
    }
    errors = sum("±" in text or "+/-" in text or "+-" in text for text in found)
    ways = (
        "commas as thousands" * (comma == "thousands"),
        "commas as decimal points" * (comma == "decimal"),
        PERCENT * bool(percent),
        "the value before ±" * bool(errors),
    )
    return Spelling(cells, tuple(way for way in ways if way), doubt)


def comma_of(numbers: Collection[str]) -> tuple[Comma, str]:
    """Return what a comma means in some numbers, and why that cannot be told where it cannot.

    ``1,037`` alone may be either. A comma parts thousands for certain where one number has two commas, or
    a comma and a point; it is a decimal comma where a number's digits are not in groups of three.
    """
    with_comma = [number for number in numbers if "," in number]
    if not with_comma:
        return "", ""
    grouped = all(_THOUSANDS.fullmatch(number) for number in with_comma)
    decimal = all(_DECIMAL.fullmatch(number) for number in with_comma)
    points = any("." in number for number in numbers)
    whole = any("," not in number for number in numbers)  # a fixed number of decimals would show in all
    if grouped and (points or whole or not decimal):
        return "thousands", ""
    if decimal and not grouped and not points:
        return "decimal", ""
    if grouped:
        first = with_comma[0]
        return "thousands", f"'{first}' may be {first.replace(',', '')} or {first.replace(',', '.')}"
    return "decimal", f"'{with_comma[0]}' has a comma, and other numbers have a point or groups of three"


def _number(text: str, comma: Comma) -> float:
    return float(text.replace(",", "." if comma == "decimal" else ""))
