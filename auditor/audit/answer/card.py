"""The answers, made of what a document tells, so that every rendering and JSON say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.audit.answer.comparable import comparable
from auditor.audit.answer.gain import gain
from auditor.audit.answer.measuring import next_labels
from auditor.audit.answer.relations import relations
from auditor.audit.answer.repairs import repairs


def answers_of(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the answers of an overlap or affinity audit; none where it compared no two tasks.

    Returns
    -------
    A list of ``question``, ``answer`` and ``section``: the title of the section that shows the evidence.
    A document that was made by an earlier version holds none: they are made of what it tells.
    """
    if "answers" in data:
        kept: Sequence[Mapping[str, str]] = data["answers"]
        return [dict(answer) for answer in kept]
    if not data["verdict"].get("pairs"):
        return []
    return [comparable(data), *relations(data), gain(data), next_labels(data), repairs(data)]
