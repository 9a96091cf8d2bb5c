"""Charts and tables as cells, for the renderings that are made of characters."""

from __future__ import annotations

from auditor.document.blocks import Chart, Table
from auditor.report.wording import cell, is_number


def points(chart: Chart) -> Table:
    """Return the points of a chart as a table."""
    rows = []
    for curve in chart.curves:
        low = curve.low or (None,) * len(curve.x)
        high = curve.high or (None,) * len(curve.x)
        rows += [(curve.label, *point) for point in zip(curve.x, curve.y, low, high, strict=True)]
    columns = ("curve", chart.x_label, chart.y_label, "low", "high")
    return Table(columns, tuple(rows), caption=chart.caption)


def texts(table: Table) -> list[list[str]]:
    """Return the cells of a table as text, floats with the table's digits."""
    return [
        [cell(value, digits=table.digits if isinstance(value, float) else None) for value in row]
        for row in table.rows
    ]


def numeric(table: Table) -> tuple[bool, ...]:
    """Return which columns hold numbers and stand at the right."""
    return tuple(
        any(is_number(row[place]) for row in table.rows)
        and all(is_number(row[place]) or row[place] in (None, "") for row in table.rows)
        for place in range(len(table.columns))
    )
