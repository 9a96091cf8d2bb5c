"""How far the compounds that a user gives lie from those of each task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.transfer.kernel.given import Nearness, nearness
from auditor.transfer.kernel.workshop import Workshop

if TYPE_CHECKING:
    from auditor.transfer.kernel.panel import Panel
    from auditor.transfer.kernel.share import Share


def nearness_of(panel: Panel, shares: Sequence[Share]) -> dict[str, Nearness]:
    """Return how near the given compounds come to those of each task that similarity explains, by name."""
    workshop = Workshop(panel)
    return {
        column.name: nearness(panel, workshop.task(place))
        for place, column in enumerate(panel.columns)
        if shares[place].explains
    }
