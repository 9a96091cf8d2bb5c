"""What is said of a table that was read in a way that is not plain, in the notes and on stderr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import console
from auditor.source.table.classes import two_classes
from auditor.source.table.columns import EMPTY, TEXT
from auditor.source.table.refusals import listed

if TYPE_CHECKING:
    from auditor.source.rows import TaskTable
    from auditor.source.table.rules import Rules
    from auditor.source.table.values import Values

Left = dict[str, list[str]]
"""Columns that are no tasks, by why they are none."""


def codings(found: Mapping[str, Values]) -> tuple[str, ...]:
    """Return a sentence on every pair of values, other than 0 and 1, that is read as two classes."""
    names: dict[tuple[float, float], list[str]] = {}
    for name, values in found.items():
        low, high = two_classes(values)
        if low is not None and (low, high) != (0.0, 1.0):
            names.setdefault((low, high), []).append(name)
    return tuple(
        f"{low:g} and {high:g} are read as two classes, 0 and 1: {listed(tasks)}."
        for (low, high), tasks in names.items()
    )


def ways(found: Mapping[str, Values]) -> tuple[str, ...]:
    """Return a sentence on every way in which cells were read that are not plain numbers."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, values in found.items():
        if values.ways:
            names.setdefault(values.ways, []).append(name)
    return tuple(f"Read in {listed(tasks)}: {', '.join(ways)}." for ways, tasks in names.items())


def limits(tables: Sequence[TaskTable], rules: Rules) -> tuple[str, ...]:
    """Return what becomes of the values of which only a limit is known, by task."""
    counts = {t.task.name: int((t.limits != 0).sum()) for t in tables if t.limits is not None}
    if not counts:
        return ()
    told = ", ".join(f"{count:,} of '{name}'" for name, count in counts.items())
    what = (
        "count as measured and give no label (--censored at-limit takes the limit)"
        if rules.censored == "drop"
        else "count as measured, and the limit is taken for the label"
    )
    return (f"Values of which only a limit is known {what}: {told}.",)


def notes(path: Path, left_out: Left) -> tuple[str, ...]:
    if not left_out:
        return ()
    parts = [f"{listed(names)} ({reason})" for reason, names in left_out.items()]
    return (f"Columns of {path.name} that are not used as tasks: {'; '.join(parts)}.",)


def say(path: Path, said: Sequence[str], left_out: Left) -> None:
    """Say how the table was read, where that is not as it is written."""
    others = {reason: names for reason, names in left_out.items() if reason != TEXT}
    if names := left_out.get(TEXT):
        verb = "is" if len(names) == 1 else "are"
        console.say(f"{listed(names)} of {path.name} {verb} text, not numbers, and left out")
    for sentence in said[: len(said) - bool(left_out)]:
        console.say(f"{path.name}: {sentence}")
    for reason, names in others.items():
        taken = "" if reason == EMPTY else "; --tasks takes them"
        console.say(f"{path.name}: left out, {reason}: {listed(names)}{taken}")
