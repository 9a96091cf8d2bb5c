"""The curve of a budget: what more measurements would reach."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.analyses.measurement_plan.budget import Spent
from auditor.document.blocks import Block, Chart, Curve, Table


def curve_blocks(curve: Sequence[Spent]) -> tuple[Block, ...]:
    """Return reliable pairs against measurements as a figure, and with the width of E as a table."""
    spent = tuple(float(point.measurements) for point in curve)
    reliable = tuple(float(point.reliable) for point in curve)
    alt = (
        f"From {curve[0].reliable:,} reliable pairs now to {curve[-1].reliable:,} "
        f"with {curve[-1].measurements:,} new measurements."
    )
    caption = "Reliable pairs against new measurements, the cheapest pair first"
    rows = tuple((point.measurements, point.reliable, point.half_width) for point in curve)
    return (
        Chart(
            (Curve("reliable pairs", spent, reliable),), "new measurements", "reliable pairs", caption, alt
        ),
        Table(
            ("new measurements", "reliable pairs", "half of the 95 % interval of E = 0, median pair"),
            rows,
            caption="What each step reaches; the width is that of the pairs that fall short now",
        ),
    )
