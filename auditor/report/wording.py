"""Numbers, names and links as text, shared by every rendering."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterator
from typing import Any

from auditor.document.blocks import Chart, Matrix, Report
from auditor.text import plain

ABSENT = "–"
NOT_ESTIMABLE = "not estimable"
SHAPES = {"pass": "●", "partial": "▲", "fail": "■"}
"""The shape beside a verdict or a section's status, so that colour is never the only sign."""

VERDICTS = ("reliable", "borderline", "unreliable", "not estimable")
"""What the gate says of a pair, best first."""

MARKS = {"warning": "partial", "error": "fail"}
"""The verdict that a section's status looks like."""

_LINK = re.compile(
    r"https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+"
    r"|\b(?:doi:\s?)?(10\.\d{4,9}/[A-Za-z0-9._;()/:-]+)"
    r"|\barXiv[: ]\s?(\d{4}\.\d{4,5})",
)


def missing(value: object) -> bool:
    """Tell whether a value is "not estimable": None or NaN."""
    return value is None or value != value  # only NaN differs from itself; asked once per cell


def is_number(value: object) -> bool:
    """Tell whether a cell is a number (a truth value is not)."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def cell(value: Any, *, digits: int | None = None, absent: str = ABSENT) -> str:
    """Return a table cell as text: ``digits`` decimals, or four significant figures without."""
    if missing(value):
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    if isinstance(value, numbers.Real):
        return _real(float(value), digits)
    return plain(str(value))


def _real(value: float, digits: int | None) -> str:
    if digits is None:
        text = f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
    else:
        text = f"{value:,.{digits}f}"
        if value and abs(value) < 0.5 * 10**-digits:
            text = f"{value:.1e}"
    return text if value else text.lstrip("-")


def entry(matrix: Matrix, value: float | None, *, absent: str = ABSENT) -> str:
    """Return a matrix entry as text, with its sign where the scale has two directions."""
    if value is None or missing(value):
        return absent
    text = f"{value:,.{matrix.digits}f}"
    if not any(digit in text for digit in "123456789"):
        return text.lstrip("-")
    return f"+{text}" if matrix.scale == "diverging" and value > 0 else text


def paragraph(text: str) -> str:
    """Return a paragraph on one line, with control characters shown."""
    return plain(" ".join(text.split()))


def with_links(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text with the address each leads to, "" for none.

    Only ``http``, ``https``, DOI and arXiv references become links.
    """
    end = 0
    for found in _LINK.finditer(text):
        said = found[0].rstrip(".,;:!?")
        while said.endswith(")") and said.count("(") < said.count(")"):
            said = said[:-1].rstrip(".,;:!?")
        if found.start() > end:
            yield text[end : found.start()], ""
        yield said, _address(found, said)
        end = found.start() + len(said)
    if end < len(text):
        yield text[end:], ""


def _address(found: re.Match[str], said: str) -> str:
    if found[1]:
        return "https://doi.org/" + said[said.index("10.") :]
    return f"https://arxiv.org/abs/{found[2]}" if found[2] else said


def status_word(status: str) -> str:
    """Return a status as a word that can stand alone."""
    return plain(status.replace("-", " ").upper())


def short_caption(matrix: Matrix) -> str:
    """Return what a matrix holds in as few words as its caption allows."""
    return re.split(r"[,:;(]|\. ", plain(matrix.caption), maxsplit=1)[0].strip() or "value"


def pair_counts(report: Report) -> dict[str, int]:
    """Return how many pairs of tasks got which verdict; empty where the document does not say."""
    found: Any = report.document
    for key in ("data", "verdict", "counts"):
        found = found.get(key, {}) if hasattr(found, "get") else {}
    counts = dict(found) if hasattr(found, "items") else {}
    return {name: int(counts[name]) for name in VERDICTS if is_number(counts.get(name))}


MOST_POINTS = 60
"""Points up to which a chart is a table in a rendering that is made of characters."""


def is_cloud(chart: Chart) -> bool:
    """Tell whether a chart is of scattered points, too many to be read one by one."""
    return sum(len(curve.x) for curve in chart.curves) > MOST_POINTS and not any(
        curve.line for curve in chart.curves
    )
