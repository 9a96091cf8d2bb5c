"""The name of one molecule at an identity level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.chemistry.levels import parse
from auditor.faults import text_of


@dataclass(frozen=True)
class Named:
    """The name of a molecule at an identity level, or why it has none."""

    name: str | None
    reason: str = ""


def name_one(text: str, function: Callable[..., object]) -> Named:
    """Return what an identity's function makes of a text."""
    try:
        return Named(str(function(text, parse(text))))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an identity level is foreign code, which may try to end the program
        return Named(None, " ".join(text_of(error).split())[:200] or type(error).__name__)
