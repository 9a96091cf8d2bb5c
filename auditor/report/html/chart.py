"""A chart of curves as inline SVG, and the signs of its legend."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from auditor.document.blocks import Chart, Curve
from auditor.report.html import axes
from auditor.report.html.axes import Axis
from auditor.report.html.svg import WIDTH, drawing, path, rule, short, text
from auditor.report.wording import paragraph

SERIES = 6
"""Curves with a colour of their own; further ones begin again."""
_HEIGHT = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 18, 14, 50
_MOST_BANDS = 2
"""Curves whose intervals are drawn as bands; more of them would hide each other and become bars."""
_BESIDE = 3
"""How far apart curves stand whose intervals are bars, so that these do not cover each other."""
LABELLED = 8
"""Points up to which each has its name beside it."""
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
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        parts.append(text(middle, _HEIGHT / 2, "No value could be estimated", "mid"))
    return drawing(WIDTH, _HEIGHT, "chart", block.caption, block.alt, parts)


def swatch(curve: Curve, number: int) -> Markup:
    """Return the sign of a curve for a legend."""
    line = Markup('<path class="line" d="M1 7h22"/>') if curve.line else Markup("")
    dot = Markup('<path class="dot" d="{}"/>').format(_shape(number, 12, 7, 4))
    return Markup('<svg class="swatch s{}" viewBox="0 0 24 14" aria-hidden="true">{}{}</svg>').format(
        number % SERIES, line, dot
    )


def _grid(plot: Plot, block: Chart) -> Markup:
    x, y = plot
    bottom, right = _HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = [rule(_LEFT, _y(y, t), right, _y(y, t), "zero" if not t else "grid") for t in y.ticks]
    parts += [text(_LEFT - 8, _y(y, t) + 4, y.label(t), "end") for t in y.ticks]
    parts += [rule(_x(x, t), bottom, _x(x, t), bottom + 5, "zero") for t in x.ticks]
    parts += [text(_x(x, t), bottom + 19, x.label(t), "mid") for t in x.ticks]
    parts.append(rule(_LEFT, bottom, right, bottom, "zero"))
    parts.append(text((_LEFT + right) / 2, _HEIGHT - 8, block.x_label, "mid label"))
    turned = '<text class="mid label" transform="translate(14 {:g}) rotate(-90)">{}</text>'
    parts.append(Markup(turned).format((_TOP + bottom) / 2, paragraph(block.y_label)))
    return Markup("").join(parts)


def _curve(curve: Curve, plot: Plot, number: int, *, bands: bool, beside: float) -> Markup:
    places = [(_x(plot[0], x), _y(plot[1], y)) for x, y in axes.points(curve)]
    bars = [(_x(plot[0], x), _y(plot[1], a), _y(plot[1], b)) for x, a, b in axes.intervals(curve)]
    parts = [_band(bars) if curve.line and bands else _bars(bars)]
    if curve.line:
        runs = ([(_x(plot[0], x), _y(plot[1], y)) for x, y in run] for run in axes.stretches(curve))
        parts.append(path("line", "".join("M" + "L".join(map(_point, run)) for run in runs)))
    if curve.names and len(places) == len(curve.names):
        parts += _named(curve, places, number)
    elif len(places) <= (60 if curve.line else _FEW):
        parts.append(path("dot", "".join(_shape(number, x, y, 4) for x, y in places)))
    elif not curve.line:
        cells = sorted({(round(x / 2) * 2, round(y / 2) * 2) for x, y in places})
        parts.append(path("cloud", "".join(f"M{x} {y}h0" for x, y in cells)))
    moved = Markup(' transform="translate({:g})"').format(beside) if beside else Markup("")
    return Markup('<g class="s{}"{}>{}</g>').format(number % SERIES, moved, Markup("").join(parts))


def _named(curve: Curve, places: Sequence[tuple[float, float]], number: int) -> list[Markup]:
    """Return points that say their name and numbers where a pointer rests on them; few are labelled too."""
    found = []
    for name, (x, y), (a, b) in zip(curve.names, places, axes.points(curve), strict=True):
        said = f"{paragraph(name)} ({a:g}, {b:g})"
        dot = Markup('<path class="dot" d="{}"><title>{}</title></path>')
        found.append(dot.format(_shape(number, x, y, 4), said))
    if len(places) <= LABELLED:
        found += [
            text(x - 7, y - 5, short(name), "name end")
            if x > (_LEFT + WIDTH) / 2
            else text(x + 7, y - 5, short(name), "name")
            for name, (x, y) in zip(curve.names, places, strict=True)
        ]
    return found


def _band(bars: Sequence[tuple[float, float, float]]) -> Markup:
    there = [f"{x:.1f} {high:.1f}" for x, _, high in bars]
    back = [f"{x:.1f} {low:.1f}" for x, low, _ in reversed(bars)]
    return path("band", "M" + "L".join([*there, *back]) + "Z" if len(bars) > 1 else "")


def _bars(bars: Sequence[tuple[float, float, float]]) -> Markup:
    return path("bar", "".join(f"M{x:.1f} {low:.1f}V{high:.1f}" for x, low, high in bars))


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


def _point(place: tuple[float, float]) -> str:
    return f"{place[0]:.1f} {place[1]:.1f}"


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.share(value) * (WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return _HEIGHT - _BOTTOM - axis.share(value) * (_HEIGHT - _TOP - _BOTTOM)
