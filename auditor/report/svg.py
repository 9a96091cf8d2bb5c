"""Charts, trees and very large heat maps as inline SVG.

No colour is written into a drawing: its classes take the page's, so that it follows the dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from auditor.report import axes, png
from auditor.report.axes import Axis
from auditor.report.blocks import Chart, Curve, Matrix, Tree
from auditor.report.dendrogram import Joint, layout
from auditor.report.palette import DARK, LIGHT, STEPS, step
from auditor.report.wording import missing, paragraph

SERIES = 6
"""Curves with a colour of their own; further ones begin again."""

_WIDTH, _HEIGHT = 720, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 18, 14, 50
_LETTER = 8
"""Width of a letter in a drawing's 12 px text, a wide one of a wide font."""
_LONGEST_LEAF = 34
_MOST_BANDS = 2
"""Curves whose intervals are drawn as bands; more of them would hide each other and become bars."""
_BESIDE = 3
"""How far apart curves stand whose intervals are bars, so that these do not cover each other."""
_FEW = 600
"""Points up to which each is drawn with its shape; a denser cloud is drawn once per place."""

Plot = tuple[Axis, Axis]


def chart(block: Chart) -> Markup:
    """Return a chart; it says in words that nothing could be estimated rather than being empty."""
    plot = axes.axes(block)
    parts = [_grid(plot, block)]
    banded = [curve for curve in block.curves if curve.line and axes.intervals(curve)]
    bands = len(banded) <= _MOST_BANDS
    for number, curve in enumerate(block.curves):
        beside = 0.0 if bands or not curve.line else _BESIDE * (number - (len(banded) - 1) / 2)
        parts.append(_curve(curve, plot, number, bands=bands, beside=beside))
    if not any(axes.points(curve) for curve in block.curves):
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(_text(middle, _HEIGHT / 2, "No value could be estimated", "mid"))
    return _svg(_WIDTH, _HEIGHT, "chart", block.caption, block.alt, parts)


def swatch(curve: Curve, number: int) -> Markup:
    """Return the sign of a curve for a legend."""
    line = Markup('<path class="line" d="M1 7h22"/>') if curve.line else Markup("")
    dot = Markup('<path class="dot" d="{}"/>').format(_shape(number, 12, 7, 4))
    return Markup('<svg class="swatch s{}" viewBox="0 0 24 14" aria-hidden="true">{}{}</svg>').format(
        number % SERIES, line, dot
    )


def tree(block: Tree) -> Markup:
    """Return a dendrogram with its leaves at the right and the height below."""
    plan = layout(block)
    row = 22 if len(plan.leaves) <= 60 else 13
    shown = [_short(name, _LONGEST_LEAF) for name in plan.leaves]
    names = 16 + _LETTER * max(map(len, shown), default=0)
    height = 16 + row * max(len(plan.leaves), 1)
    scale = axes.axis((0.0, plan.height), count=5)
    right = _WIDTH - names

    def x(value: float) -> float:
        return right - scale.share(value) * (right - 20)

    def y(place: float) -> float:
        return 8 + row * (place + 0.5)

    parts = [
        *(_rule(x(tick), 4, x(tick), height - 6, "grid") for tick in scale.ticks),
        *(_text(x(tick), height + 12, scale.label(tick), "mid") for tick in scale.ticks),
        *(_joint(joint, x, y) for joint in plan.joints),
        *(_text(right + 8, y(place) + 4, name, "name") for place, name in enumerate(shown)),
    ]
    return _svg(_WIDTH, height + 22, "tree", block.caption, block.alt, parts)


def heat_map(matrix: Matrix) -> Markup:
    """Return a matrix of any size as a picture with one pixel per entry.

    Up to 120 rows and columns are named; beyond that their numbers stand at the edge. Entries that
    are not estimable are left open, so that the hatching behind the picture shows.
    """
    rows, columns = len(matrix.rows), len(matrix.columns)
    named = max(rows, columns) <= 120
    size = 12.0 if named else max(900 / max(rows, columns), 0.5)
    left, top = (150, 150) if named else (46, 22)
    wide, high = columns * size, rows * size
    drawing = [_hatching(left, top, wide, high), *_pictures(matrix, left, top, wide, high)]
    edge = _names if named else _numbers
    parts = [*drawing, *edge(matrix, left, top, size)]
    desc = f"{rows} rows by {columns} columns; hatched where not estimable."
    name = "heat named" if named else "heat"
    return _svg(left + wide + 8, top + high + 8, name, matrix.caption, desc, parts)


def _pictures(matrix: Matrix, left: float, top: float, wide: float, high: float) -> list[Markup]:
    indices = [[STEPS if missing(v) else step(matrix, float(v or 0)) for v in row] for row in matrix.values]
    return [
        Markup(
            '<image class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" preserveAspectRatio="none"'
            ' href="{}"/>'
        ).format(name, left, top, wide, high, png.data_uri(png.encode(indices, theme.scale(matrix.scale))))
        for name, theme in (("on-light", LIGHT), ("on-dark", DARK))
    ]


def _hatching(left: float, top: float, wide: float, high: float) -> Markup:
    """Return slanted lines over a whole area, clipped by a nested drawing."""
    lines = "".join(f"M{x:g} {high:g}l{high:g} {-high:g}" for x in _frange(-high, wide, 5))
    return Markup(
        '<svg x="{:g}" y="{:g}" width="{:g}" height="{:g}"><rect class="open" width="100%"'
        ' height="100%"/><path class="slant" d="{}"/></svg>'
    ).format(left, top, wide, high, lines)


def _names(matrix: Matrix, left: float, top: float, size: float) -> list[Markup]:
    found = [
        _text(left - 6, top + size * (place + 0.8), _short(name), "tiny end")
        for place, name in enumerate(matrix.rows)
    ]
    turned = '<text class="tiny" transform="translate({:g} {:g}) rotate(-90)">{}</text>'
    return found + [
        Markup(turned).format(left + size * (place + 0.8), top - 6, _short(name))
        for place, name in enumerate(matrix.columns)
    ]


def _numbers(matrix: Matrix, left: float, top: float, size: float) -> list[Markup]:
    found = []
    for count, across in ((len(matrix.columns), True), (len(matrix.rows), False)):
        every = 100 if count > 300 else 50
        for number in (1, *range(every, count + 1, every)):
            middle = (number - 0.5) * size
            at = (left + middle, top - 6, "mid") if across else (left - 6, top + middle + 4, "end")
            found.append(_text(at[0], at[1], str(number), at[2]))
    return found


def _joint(joint: Joint, x: object, y: object) -> Markup:
    assert callable(x) and callable(y)
    (low_h, low_r), (up_h, up_r) = joint.lower, joint.upper
    path = f"M{x(low_h):.1f} {y(low_r):.1f}H{x(joint.height):.1f}V{y(up_r):.1f}H{x(up_h):.1f}"
    return Markup('<path class="branch" d="{}"/>').format(path)


def _grid(plot: Plot, block: Chart) -> Markup:
    x, y = plot
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = [_rule(_LEFT, _y(y, t), right, _y(y, t), "zero" if not t else "grid") for t in y.ticks]
    parts += [_text(_LEFT - 8, _y(y, t) + 4, y.label(t), "end") for t in y.ticks]
    parts += [_rule(_x(x, t), bottom, _x(x, t), bottom + 5, "zero") for t in x.ticks]
    parts += [_text(_x(x, t), bottom + 19, x.label(t), "mid") for t in x.ticks]
    parts.append(_rule(_LEFT, bottom, right, bottom, "zero"))
    parts.append(_text((_LEFT + right) / 2, _HEIGHT - 8, block.x_label, "mid label"))
    turned = '<text class="mid label" transform="translate(14 {:g}) rotate(-90)">{}</text>'
    parts.append(Markup(turned).format((_TOP + bottom) / 2, paragraph(block.y_label)))
    return Markup("").join(parts)


def _curve(curve: Curve, plot: Plot, number: int, *, bands: bool, beside: float) -> Markup:
    places = [(_x(plot[0], x), _y(plot[1], y)) for x, y in axes.points(curve)]
    bars = [(_x(plot[0], x), _y(plot[1], a), _y(plot[1], b)) for x, a, b in axes.intervals(curve)]
    parts = [_band(bars) if curve.line and bands else _bars(bars)]
    if curve.line:
        runs = ([(_x(plot[0], x), _y(plot[1], y)) for x, y in run] for run in axes.stretches(curve))
        parts.append(_path("line", "".join("M" + "L".join(map(_point, run)) for run in runs)))
    if len(places) <= (60 if curve.line else _FEW):
        parts.append(_path("dot", "".join(_shape(number, x, y, 4) for x, y in places)))
    elif not curve.line:
        cells = sorted({(round(x / 2) * 2, round(y / 2) * 2) for x, y in places})
        parts.append(_path("cloud", "".join(f"M{x} {y}h0" for x, y in cells)))
    moved = Markup(' transform="translate({:g})"').format(beside) if beside else Markup("")
    return Markup('<g class="s{}"{}>{}</g>').format(number % SERIES, moved, Markup("").join(parts))


def _band(bars: Sequence[tuple[float, float, float]]) -> Markup:
    there = [f"{x:.1f} {high:.1f}" for x, _, high in bars]
    back = [f"{x:.1f} {low:.1f}" for x, low, _ in reversed(bars)]
    return _path("band", "M" + "L".join([*there, *back]) + "Z" if len(bars) > 1 else "")


def _bars(bars: Sequence[tuple[float, float, float]]) -> Markup:
    return _path("bar", "".join(f"M{x:.1f} {low:.1f}V{high:.1f}" for x, low, high in bars))


def _shape(number: int, x: float, y: float, r: float) -> str:
    """Return a circle, square, triangle or diamond, so that colour is not the only sign."""
    kind = number % 4
    if kind == 0:
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    if kind == 1:
        return f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z"
    if kind == 2:
        return f"M{x:.1f} {y - r:.1f}l{r} {2 * r}h{-2 * r}z"
    return f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}z"


def _svg(width: float, height: float, name: str, title: str, desc: str, parts: Sequence[Markup]) -> Markup:
    head = '<svg class="{}" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}" role="img">'
    said = Markup("<title>{}</title><desc>{}</desc>").format(paragraph(title), paragraph(desc))
    opening = Markup(head).format(name, width, height, width, height)
    return opening + said + Markup("").join(parts) + Markup("</svg>")


def _path(name: str, d: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(name, d) if d else Markup("")


def _rule(x1: float, y1: float, x2: float, y2: float, name: str) -> Markup:
    return _path(name, f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")


def _text(x: float, y: float, said: str, name: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
        name, x, y, escape(_short(said, 60))
    )


def _short(name: str, most: int = 22) -> str:
    said = paragraph(name)
    return said if len(said) <= most else said[: most - 1] + "…"


def _point(place: tuple[float, float]) -> str:
    return f"{place[0]:.1f} {place[1]:.1f}"


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.share(value) * (_WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return _HEIGHT - _BOTTOM - axis.share(value) * (_HEIGHT - _TOP - _BOTTOM)


def _frange(start: float, stop: float, size: float) -> list[float]:
    return [start + size * number for number in range(int((stop - start) / size) + 1)]
