"""A figure as an SVG file of its own: the drawing of the page, with the colours of the light one in it."""

from __future__ import annotations

import re

from markupsafe import Markup

from auditor.document.blocks import Chart, Matrix, Tree
from auditor.report.clustered import clustered
from auditor.report.figure_numbers import Figure
from auditor.report.html.chart import SERIES, chart
from auditor.report.html.page import environment
from auditor.report.html.picture import heat_map
from auditor.report.html.tree import tree
from auditor.report.palette import LIGHT

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COLOR = re.compile(r"var\(--([\w-]+)\)")


def svg_of(figure: Figure) -> bytes:
    """Return the file; heat maps are in clustered order, as in a page."""
    drawing = _drawing(figure)
    opening, rest = drawing.split(">", 1)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{opening} xmlns="http://www.w3.org/2000/svg">'
        f"<style>{_style()}</style>{_ground()}{rest}\n"
    ).encode()


def _drawing(figure: Figure) -> Markup:
    match figure:
        case Matrix():
            found = clustered(figure)
            return heat_map(found.matrix, found.tree, themes={"on-light": LIGHT})
        case Chart():
            return chart(figure)
        case Tree():
            return tree(figure)


def _ground() -> str:
    return f'<rect width="100%" height="100%" fill="{LIGHT.page}"/>'


def _style() -> str:
    """Return the rules of a drawing with colours in place of variables, which few other programs know."""
    text = environment().get_template("drawing.css.j2").render()
    return "".join(_resolved(selector.strip(), body) for selector, body in _RULE.findall(text))


def _resolved(selector: str, body: str) -> str:
    colors = {"page": LIGHT.page, "ink": LIGHT.ink, "soft": LIGHT.soft, "rule": LIGHT.rule}
    colors |= {"hatch": LIGHT.hatch, "hatch-line": LIGHT.hatch_line}
    colors |= {f"s{place}": color for place, color in enumerate(LIGHT.series)}
    if "var(--c)" not in body:
        return "" if "--c:" in body else f"{selector}{{{_COLOR.sub(lambda found: colors[found[1]], body)}}}"
    of_series = ({**colors, "c": LIGHT.series[place]} for place in range(SERIES))
    return "".join(
        f".s{place} {selector}{{{_COLOR.sub(lambda found: own[found[1]], body)}}}"  # noqa: B023
        for place, own in enumerate(of_series)
    )
