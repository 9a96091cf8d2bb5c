"""Parse a document that anybody may have written: strict JSON, within the sizes that this tool writes."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_BYTES = 1 << 30
MOST_DEPTH = 50
"""Deepest nesting that is taken; documents of this tool have about 12 levels."""
MOST_TASKS = 20_000
"""Most tasks that are taken: the matrices of more of them are beyond `MOST_BYTES`."""
MOST_DIGITS = 15
"""Most decimals that a block may ask for: a float has no more."""


def parsed(data: bytes) -> Any:
    """Return what JSON says.

    Raises
    ------
    ValueError
        It is not JSON, too large, nested too deeply, or holds a number that is none (NaN, 1e999).
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has {len(data):,} bytes, and at most {MOST_BYTES >> 30} GiB are taken")
    try:
        value = json.loads(data.decode(), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError(f"it is nested more than {MOST_DEPTH} levels deep") from error
    _check_sizes(value)
    return value


def _check_sizes(document: Any) -> None:
    """Refuse what no rendering would come to an end with; raises ValueError."""
    waiting = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise ValueError(f"it is nested more than {MOST_DEPTH} levels deep")
        if isinstance(value, dict):
            _check_object(value)
            waiting += [(item, depth + 1) for item in value.values() if isinstance(item, dict | list)]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value if isinstance(item, dict | list)]


def _check_object(value: dict[str, Any]) -> None:
    tasks, digits = value.get("tasks"), value.get("digits", 0)
    if isinstance(tasks, list) and len(tasks) > MOST_TASKS:
        raise ValueError(f"it lists {len(tasks):,} tasks, and at most {MOST_TASKS:,} are taken")
    if isinstance(digits, int) and not 0 <= digits <= MOST_DIGITS:
        raise ValueError(f"it asks for numbers with more than {MOST_DIGITS} decimals, or fewer than none")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond the numbers that there are")
    return number


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON number; what was not measured is null")
