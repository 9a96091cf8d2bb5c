"""What to measure next to gain most: labels of the task itself, or another assay where it is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.analyses.transfer_gain.ranking import Ranked, own_labels, ranked
from auditor.analyses.transfer_gain.words import r2
from auditor.document.blocks import Table

if TYPE_CHECKING:
    from auditor.analyses.transfer_gain.result import TransferGain


def next_labels(found: TransferGain) -> list[Table]:
    """Return what more labels would bring to each task, as a table; none where nothing can be set beside.

    That the last half of its own labels brought so much bounds from above what as many more would bring.
    """
    own, there = own_labels(found), {one.recipient: one for one in ranked(found, "measured")}
    new = {one.recipient: one for one in ranked(found, "new")}
    rows = []
    for column in found.panel.columns:
        if column.name not in own or column.name not in there:
            continue
        best = next(iter(there[column.name].helping), None)
        rows.append(
            (
                column.name,
                f"{r2(own[column.name].r2.expected)} from the last {(len(column.rows) + 1) // 2:,}",
                _of_all(new.get(column.name)),
                _of_all(there[column.name]),
                "none is shown to help" if best is None else f"{best.donor} {r2(best.gain.r2.expected)}",
            )
        )
    caption = (
        "What to measure next to gain most: more labels of the task itself, which bring less than the last "
        "ones did, or another assay on the compounds that are to be predicted"
    )
    columns = (
        "task",
        "own labels",
        "donors as they are",
        "all donors measured there",
        "one donor measured there",
    )
    return [Table(columns, tuple(rows), caption=caption)] if rows else []


def _of_all(one: Ranked | None) -> str:
    """Return what all donors give, or the only one."""
    gain = None if one is None else one.together or next(iter(one.donors), None)
    return "–" if gain is None else r2(gain.gain.r2.expected)
