"""The pieces of an inline SVG: a named drawing, paths, lines and texts.

No colour is written into a drawing: its classes take the page's, so that it follows the dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from auditor.report.wording import paragraph

WIDTH = 720
"""Of a chart or a tree."""


def drawing(
    width: float, height: float, name: str, title: str, desc: str, parts: Sequence[Markup]
) -> Markup:
    """Return a drawing of a size in px, with a title and a description that are read aloud."""
    head = '<svg class="{}" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}" role="img">'
    said = Markup("<title>{}</title><desc>{}</desc>").format(paragraph(title), paragraph(desc))
    opening = Markup(head).format(name, width, height, width, height)
    return opening + said + Markup("").join(parts) + Markup("</svg>")


def path(name: str, d: str) -> Markup:
    """Return a path of a class, nothing where it has no points."""
    return Markup('<path class="{}" d="{}"/>').format(name, d) if d else Markup("")


def rule(x1: float, y1: float, x2: float, y2: float, name: str) -> Markup:
    """Return a straight line of a class."""
    return path(name, f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")


def text(x: float, y: float, said: str, name: str) -> Markup:
    """Return a text of a class, cut after 60 letters."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
        name, x, y, escape(short(said, 60))
    )


def short(name: str, most: int = 22) -> str:
    """Return a name on one line and at most so long, marked where it was cut."""
    said = paragraph(name)
    return said if len(said) <= most else said[: most - 1] + "…"
