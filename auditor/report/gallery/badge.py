"""A badge: what was audited and the verdict, as a small SVG for a README."""

from __future__ import annotations

from markupsafe import escape

from auditor.report.gallery.entry import Entry
from auditor.report.palette import LIGHT
from auditor.report.wording import status_word

HEIGHT = 20
_PER_CHARACTER = 6.6
_ROOM = 12


def badge(entry: Entry) -> bytes:
    """Return the badge of an audit, readable without colour: the verdict stands in it as a word."""
    left = "mtl-audit"
    right = status_word(entry.status).lower()
    if entry.pairs and entry.reliable is not None:
        right += f", {entry.reliable:,} of {entry.pairs:,} pairs reliable"
    widths = [round(len(text) * _PER_CHARACTER + _ROOM) for text in (left, right)]
    colour = {"pass": LIGHT.passed, "partial": LIGHT.partial, "fail": LIGHT.failed}.get(
        entry.status, LIGHT.soft
    )
    said = escape(f"{left}: {entry.name}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sum(widths)}" height="{HEIGHT}" role="img" '
        f'aria-label="{said}"><title>{said}</title>'
        f'<rect width="{widths[0]}" height="{HEIGHT}" fill="#3b4252"/>'
        f'<rect x="{widths[0]}" width="{widths[1]}" height="{HEIGHT}" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{widths[0] / 2}" y="14">{escape(left)}</text>'
        f'<text x="{widths[0] + widths[1] / 2}" y="14">{escape(right)}</text></g></svg>\n'
    ).encode()
