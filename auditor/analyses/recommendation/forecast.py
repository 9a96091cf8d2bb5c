"""How a report shows what a recommendation would cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.document.blocks import Block, KeyValues, Text
from auditor.text import duration

if TYPE_CHECKING:
    from auditor.document.blocks import Cell


def forecast_sentence(data: Mapping[str, Any]) -> str:
    """Return what a dry run comes to."""
    seeds, single, groups = data["seeds"], data["single_tasks"], data["groups"]
    left = data["trainings"] - data["stored"]
    time = f", about {duration(data['seconds'])} one after the other" if left else ""
    return (
        f"{single * seeds:,} trainings of single tasks ({single:,} x {seeds} seeds; "
        f"{data['single_tasks_stored']:,} tasks are stored) and {groups * seeds:,} of groups "
        f"({groups:,} x {seeds}; {data['groups_stored']:,} groups are stored); {left:,} to run{time} "
        f"({data['measured_on']})."
    )


def forecast_blocks(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of a dry run."""
    left = data["trainings"] - data["stored"]
    rows: tuple[tuple[str, Cell], ...] = (
        ("trainings in all", data["trainings"]),
        ("finished already", data["stored"]),
        ("single tasks, and stored of them", f"{data['single_tasks']:,}, {data['single_tasks_stored']:,}"),
        ("groups to choose, and stored of them", f"{data['groups']:,}, {data['groups_stored']:,}"),
        ("stored groups of other commands that take part", data["other_groups_stored"]),
        ("time for the rest, one after the other", duration(data["seconds"]) if left else "none"),
        ("estimated from", data["measured_on"]),
        ("trainings of all tasks for the affinities, and stored of them", _shared(data["affinities"])),
    )
    note = (
        "The time is that of the groups as chosen so far and of random ones for the rest; early stopping "
        "shortens it, other programs lengthen it. No training was kept."
    )
    return (KeyValues(rows, caption="What the recommendation would cost"), Text(note))


def _shared(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return "none is needed"
    left = told["trainings"] - told["stored"]
    time = f"; about {duration(told['seconds'])} ({told['measured_on']})" if left else ""
    return f"{told['trainings']:,}, {told['stored']:,}{time}"
