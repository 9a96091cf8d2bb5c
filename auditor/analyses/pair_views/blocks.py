"""How a report shows a pair of tasks: labels against labels, compounds that disagree, scaffolds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.document.blocks import Block, Cell, Chart, Curve, Fold, Matrix, Molecules, Table, Text
from auditor.report.wording import cell
from auditor.seeding import derive
from auditor.text import count_of

if TYPE_CHECKING:
    from auditor.analyses.pair_views.view import Compound, Shared, View
    from auditor.source.rows import Task

MOST_POINTS = 150
"""Points of a scatter."""


@dataclass(frozen=True)
class Certainty:
    """E of a pair with the ends of its 95 % interval, NaN where it has none.

    Parameters
    ----------
    remark
        A sentence on a compound that alone decides E, "" where there is none.
    """

    value: float
    low: float
    high: float
    remark: str = ""


def fold_of(view: View, found: Shared, tasks: tuple[Task, Task], e: Certainty) -> Fold:
    """Return a pair as a report shows it."""
    drawing = _counted(view) if view.counts is not None else _scatter(view, found, tasks)
    blocks: list[Block] = [Text(_sentence(view, found)), drawing]
    if e.remark:
        blocks.append(Text(e.remark))
    blocks += [*_molecules(view, tasks), _scaffolds(view)]
    return Fold(f"{view.tasks[0]} and {view.tasks[1]}: {_said(e)}", tuple(blocks), tasks=view.tasks)


def _said(e: Certainty) -> str:
    if not np.isfinite(e.value):
        return "E is not estimable"
    sure = f" ({e.low:.2f} to {e.high:.2f})" if np.isfinite(e.low) and np.isfinite(e.high) else ""
    return f"E {e.value:.2f}{sure}"


def _sentence(view: View, found: Shared) -> str:
    share = f"{100 * view.disagreeing / max(view.compounds, 1):.0f} %"
    text = (
        f"The two tasks disagree on {view.disagreeing:,} of {count_of(view.compounds, 'shared compound')} "
        f"({share}): "
    )
    if found.classes:
        return text + ("both are 1, though E is below 0." if found.against else "one is 1, the other 0.")
    ends = "high in both or low in both" if found.against else "high in one and low in the other"
    return f"{text}{ends}, more than half of all ranks apart. Of unrelated tasks it would be one in four."


def _counted(view: View) -> Matrix:
    assert view.counts is not None
    one, other = view.tasks
    values = tuple(tuple(float(count) for count in row) for row in view.counts)
    return Matrix(
        (f"{one} 1", f"{one} 0"),
        (f"{other} 1", f"{other} 0"),
        values,
        "Shared compounds by their two classes",
        high=max(1.0, *(count for row in values for count in row)),
        digits=0,
    )


def _scatter(view: View, found: Shared, tasks: tuple[Task, Task]) -> Chart:
    marked = [compound.place for compound in view.furthest]
    rest = np.setdiff1d(np.arange(len(found.x)), marked)
    if len(rest) > MOST_POINTS:
        rng = np.random.default_rng(derive(0, "pair-views", *view.tasks))
        rest = np.sort(rng.choice(rest, MOST_POINTS, replace=False))
    drawn = len(rest) + len(marked)
    some = (
        "" if drawn == view.compounds else f"; {drawn:,} of {view.compounds:,} compounds, drawn at random"
    )
    points = (_cells(found.x[rest]), _cells(found.y[rest]))
    names = tuple(found.smiles[at] for at in rest)
    curves = [Curve("shared compounds", *points, line=False, names=names)]
    if marked:
        curves.append(
            Curve(
                "disagree most",
                _cells(found.x[marked]),
                _cells(found.y[marked]),
                line=False,
                names=tuple(str(number) for number in range(1, len(marked) + 1)),
            )
        )
    labels = [f"{task.name} ({task.unit})" if task.unit else task.name for task in tasks]
    caption = f"{view.tasks[1]} against {view.tasks[0]}, a point per shared compound{some}"
    alt = (
        f"Compounds 1 to {len(marked)} are those on which the two tasks disagree most."
        if marked
        else "On no compound do the two tasks disagree."
    )
    return Chart(tuple(curves), labels[0], labels[1], caption, alt)


def _cells(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, ...]:
    return tuple(float(f"{value:.4g}") for value in values)


def _molecules(view: View, tasks: tuple[Task, Task]) -> list[Block]:
    if not view.furthest:
        return []
    caption = (
        f"The compounds on which {view.tasks[0]} and {view.tasks[1]} disagree most: "
        f"{len(view.furthest)} of {view.disagreeing:,}"
    )
    notes = [f"{number}: {_note(one, tasks)}" for number, one in enumerate(view.furthest, start=1)]
    pairs = zip(view.furthest, notes, strict=True)
    return [Molecules(tuple((one.smiles, note) for one, note in pairs), caption)]


def _note(compound: Compound, tasks: Sequence[Task]) -> str:
    return "; ".join(
        f"{task.name} {cell(value)}{'' if task.kind == 'classification' else _where(below)}"
        for task, value, below in zip(tasks, compound.values, compound.higher_than, strict=True)
    )


def _where(below: float) -> str:
    """Return where a value lies among the shared compounds."""
    if below >= 0.5:
        return f" (among the highest {max(1, round(100 * (1 - below)))} %)"
    return f" (among the lowest {max(1, round(100 * below))} %)"


def _scaffolds(view: View) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.scaffold,
            one.compounds,
            one.disagreeing,
            *(float(f"{mean:.4g}") for mean in one.means),
        )
        for one in view.scaffolds
    )
    columns = ("scaffold", "compounds", "disagree", *(f"mean {task}" for task in view.tasks))
    shown = f"{len(rows)} of {view.number_of_scaffolds:,}"
    return Table(columns, rows, caption=f"Scaffolds of the most shared compounds: {shown}")
