"""Words and numbers as text: plain, safe in a spreadsheet, counted, near to one another."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(text: str) -> str:
    """Return text with control and direction characters shown instead of obeyed."""
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in text)


def plain_lines(text: str) -> str:
    """Return the same of a text of several lines, which stay lines."""
    return "\n".join(line if line.isprintable() else plain(line) for line in text.split("\n"))


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula and no terminal obeys."""
    shown = plain(text)
    return "'" + shown if shown.lstrip().startswith(_FORMULA) else shown


def duration(seconds: float) -> str:
    """Return seconds as a person says them: 40 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def how_far(done: int, total: int, elapsed_s: float) -> str:
    """Return the steps done, and the time that the rest will take at the pace so far."""
    if not total or done <= 0:
        return f"{done:,} steps in {duration(elapsed_s)}"
    left = elapsed_s * max(total - done, 0) / done
    return f"{done:,} of {total:,} steps, about {duration(left)} left"


def count_of(count: int, noun: str) -> str:
    """Return "1 task", "2 tasks"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def nearest(name: str, known: Sequence[str]) -> str:
    """Return "did you mean a, b, c?" with the three names most like the one given."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.0)
    return f"did you mean {', '.join(folded[found] for found in near)}?" if near else ""


def whole_names(parts: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return names of which commas made parts put together again, where that gives one that is known."""
    found, place = [], 0
    while place < len(parts):
        for end in range(len(parts), place, -1):
            name = next((n for glue in (", ", ",") if (n := glue.join(parts[place:end])) in known), None)
            if name is not None or end == place + 1:
                found.append(parts[place] if name is None else name)
                place = end
                break
    return tuple(found)
