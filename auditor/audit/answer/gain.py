"""What training together would gain, where that was measured or predicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.audit.answer.wording import answer, has_molecules, sentence_of

QUESTION = "What training together would gain"
SOURCES = ("recommendation", "benefit", "transfer-gain")


def gain(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence of the analysis that tells a gain, else that none was asked."""
    for name in SOURCES:
        told = sentence_of(data, name)
        if told:
            return answer(QUESTION, told, name.replace("-", " ").capitalize())
    if has_molecules(data):
        text = "Not asked here; --also transfer-gain predicts it, mtl-audit recommend measures it."
    else:
        text = "Not asked here; --also benefit or mtl-audit recommend measures it."
    return answer(QUESTION, text)
