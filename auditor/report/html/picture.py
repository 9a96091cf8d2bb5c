"""A matrix of any size as a picture inside an inline SVG, one pixel per entry."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from auditor.document.blocks import Matrix, Tree
from auditor.report.html.svg import drawing, short, text
from auditor.report.html.tree import joints
from auditor.report.palette import DARK, LIGHT, STEPS, Theme, step
from auditor.report.wording import missing

NAMED = 80
"""Rows and columns up to which they are named at the edge: more would be too small to read."""
THEMES: Mapping[str, Theme] = {"on-light": LIGHT, "on-dark": DARK}
_TREE = 60
"""Height of a tree above a picture."""


def heat_map(matrix: Matrix, tree: Tree | None = None, *, themes: Mapping[str, Theme] = THEMES) -> Markup:
    """Return a matrix of any size as a picture with one pixel per entry, below the tree of its columns.

    Few rows and columns are named; else their numbers stand at the edge. Entries that are not estimable
    are left open, so that the hatching behind the picture shows.

    Parameters
    ----------
    themes
        By the class of the picture in their colours: the style sheet shows one of them.
    """
    rows, columns = len(matrix.rows), len(matrix.columns)
    named = max(rows, columns) <= NAMED
    size = 12.0 if named else max(900 / max(rows, columns), 0.5)
    room = 24.0 + 6 * max(len(short(name)) for name in (*matrix.rows, *matrix.columns))
    left, top = (room, room) if named else (46.0, 22.0)
    wide, high = columns * size, rows * size
    above = _TREE + 4 if tree else 0
    top += above
    inside = [_hatching(left, top, wide, high), *_pictures(matrix, (left, top, wide, high), themes)]
    edge = _names if named else _numbers
    parts = [*_above(tree, left, wide), *inside, *edge(matrix, left, top, size)]
    desc = f"{rows} rows by {columns} columns; hatched where not estimable."
    name = "heat named" if named else "heat"
    return drawing(left + wide + 8, top + high + 8, name, matrix.caption, desc, parts)


def _above(tree: Tree | None, left: float, wide: float) -> list[Markup]:
    if tree is None:
        return []
    place = Markup('<svg x="{:g}" y="2" width="{:g}" height="{:g}">{}</svg>')
    return [place.format(left, wide, _TREE, joints(tree))]


def _pictures(
    matrix: Matrix, box: tuple[float, float, float, float], themes: Mapping[str, Theme]
) -> list[Markup]:
    indices = [[STEPS if missing(v) else step(matrix, float(v or 0)) for v in row] for row in matrix.values]
    return [
        Markup(
            '<image class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" preserveAspectRatio="none"'
            ' href="{}"/>'
        ).format(name, *box, _png(indices, theme.scale(matrix.scale)))
        for name, theme in themes.items()
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
        text(left - 6, top + size * (place + 0.8), short(name), "tiny end")
        for place, name in enumerate(matrix.rows)
    ]
    turned = '<text class="tiny" transform="translate({:g} {:g}) rotate(-90)">{}</text>'
    return found + [
        Markup(turned).format(left + size * (place + 0.8), top - 6, short(name))
        for place, name in enumerate(matrix.columns)
    ]


def _numbers(matrix: Matrix, left: float, top: float, size: float) -> list[Markup]:
    found = []
    for count, across in ((len(matrix.columns), True), (len(matrix.rows), False)):
        every = 100 if count > 300 else 50
        for number in (1, *range(every, count + 1, every)):
            middle = (number - 0.5) * size
            at = (left + middle, top - 6, "mid") if across else (left - 6, top + middle + 4, "end")
            found.append(text(at[0], at[1], str(number), at[2]))
    return found


def _frange(start: float, stop: float, size: float) -> list[float]:
    return [start + size * number for number in range(int((stop - start) / size) + 1)]


def _png(rows: Sequence[Sequence[int]], palette: Sequence[str]) -> str:
    """Return the address of a picture of colour indices; ``len(palette)`` is transparent."""
    from PIL import Image

    picture = Image.frombytes("P", (len(rows[0]), len(rows)), b"".join(map(bytes, rows)))
    picture.putpalette(b"".join(bytes.fromhex(color[1:]) for color in palette) + b"\0\0\0")
    stream = io.BytesIO()
    picture.save(stream, "PNG", bits=4, transparency=len(palette), optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
