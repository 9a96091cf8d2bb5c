"""The name of one molecule at an identity level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.chemistry.levels import parse


@dataclass(frozen=True)
class Named:
    """The name of a molecule at an identity level, or why it has none."""

    name: str | None
    reason: str = ""


def name_one(text: str, function: Callable[..., object]) -> Named:
    """Return what an identity's function makes of a text."""
    try:
        return Named(str(function(text, parse(text))))
    except Exception as error:
        return Named(None, " ".join(str(error).split())[:200] or type(error).__name__)
