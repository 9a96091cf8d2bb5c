"""What to correct in the data first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.audit.answer.wording import answer, sentence_of

QUESTION = "What to correct in the data first"
NOTHING = "Nothing that was looked for."
CHECKS = ("data-quality", "duplicate-tasks")


def repairs(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what the checks of the data found, said by those that found something."""
    told = [(name, sentence_of(data, name)) for name in CHECKS if _found(data, name)]
    if not told:
        return answer(QUESTION, NOTHING, "Data quality")
    return answer(QUESTION, " ".join(text for _, text in told), told[0][0].replace("-", " ").capitalize())


def _found(data: Mapping[str, Any], name: str) -> bool:
    facts: Mapping[str, Any] = next(
        (found["data"] for found in data["findings"] if found["name"] == name), {}
    )
    if name == "duplicate-tasks":
        return bool(facts.get("pairs"))
    return bool(
        facts.get("rejected_texts")
        or facts.get("pairs")
        or any(task.get("remarks") for task in facts.get("tasks", ()))
    )
