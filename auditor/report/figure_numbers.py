"""The numbers of a figure as CSV: points of a chart, entries of a matrix, joints of a tree."""

from __future__ import annotations

import io
from collections.abc import Iterator

from auditor.document.blocks import Chart, Curve, Matrix, Tree
from auditor.report.csv import write_matrix, write_rows
from auditor.report.wording import paragraph

Figure = Chart | Matrix | Tree


def numbers_of(figure: Figure) -> str:
    """Return the numbers, safe to open in a spreadsheet."""
    text = io.StringIO()
    match figure:
        case Matrix():
            write_matrix(figure, text)
        case Chart():
            write_rows(_points(figure), text)
        case Tree():
            write_rows(_joints(figure), text)
    return text.getvalue()


def _points(chart: Chart) -> Iterator[list[object]]:
    named = any(curve.names for curve in chart.curves)
    barred = any(curve.low for curve in chart.curves)
    head: list[object] = ["curve", *(["name"] if named else [])]
    yield [*head, paragraph(chart.x_label), paragraph(chart.y_label), *(["low", "high"] if barred else [])]
    for curve in chart.curves:
        yield from _of_curve(curve, named=named, barred=barred)


def _of_curve(curve: Curve, *, named: bool, barred: bool) -> Iterator[list[object]]:
    for place, (x, y) in enumerate(zip(curve.x, curve.y, strict=True)):
        name = [curve.names[place] if curve.names else ""] if named else []
        ends = [end[place] if end else None for end in (curve.low, curve.high)] if barred else []
        yield [curve.label, *name, x, y, *ends]


def _joints(tree: Tree) -> Iterator[list[object]]:
    """Yield a row per joint: the names below each of its two branches, its height."""
    yield ["one branch", "other branch", "height"]
    below: list[tuple[str, ...]] = [(leaf,) for leaf in tree.leaves]
    for left, right, height, _ in tree.merges:
        one, other = below[int(left)], below[int(right)]
        yield ["; ".join(one), "; ".join(other), height]
        below.append((*one, *other))
