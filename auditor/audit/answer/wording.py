"""How tasks and numbers are said in an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.benchmark.examples import MEANS

MOST_NAMES = 8
"""Names of tasks that are said in a row."""


def answer(question: str, text: str, section: str = "") -> dict[str, str]:
    """Return an answer with the title of the section that shows its evidence."""
    return {"question": question, "answer": text, "section": section}


def has_molecules(data: Mapping[str, Any]) -> bool:
    """Return whether an audit is of molecules, for which some analyses are that others have not."""
    return data.get("benchmark", {}).get("identity") not in MEANS


def said(names: Sequence[str], *, most: int = MOST_NAMES) -> str:
    """Return names in a row, the first of them where they are many."""
    more = len(names) - most
    if more <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {more:,} more"


def number(value: float) -> str:
    """Return a correlation with two decimals, the sign of what is not 0 only."""
    text = f"{value:.2f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def sentence_of(data: Mapping[str, Any], name: str) -> str:
    """Return the sentence of a finding that succeeded, "" where there is none."""
    for found in data["findings"]:
        if found["name"] == name and found["status"] == "ok":
            return str(found["sentence"])
    return ""
