"""Data quality: what is wrong with the published rows themselves, per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.context import AuditContext, Finding
from auditor.replicates import by_name, by_text, replicates_of
from auditor.report.blocks import Block, Cell, Table, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.dataset import Task, TaskTable

FEW = 20
"""Compounds of the rarer class below which a task is called nearly constant."""
RARE = 0.01
"""Share of the rarer class below which a task is called nearly constant."""
COMMON = 0.95
"""Share of one single value above which a regression task is called nearly constant."""
PILED_UP = 0.05
"""Share of labels at the lowest or highest value from which that value is called perhaps a limit."""
MIXED = 0.10
"""Share of compounds with conflicting values from which the assay is called perhaps mixed."""
SHOWN = 40
"""Rows of each table; the data holds them all."""


def analyse(context: AuditContext) -> Finding:
    """Count repeats, conflicts, rejects, constant tasks, implausible values and undefined stereo."""
    joined = context.joined
    level = joined.benchmark.identity
    written = by_text(dict.fromkeys(text for table in joined.data.tables for text in table.smiles))
    named = by_name(joined.names)
    undefined = _undefined_stereo(context)
    tasks: list[dict[str, Any]] = []
    for place, table in enumerate(joined.data.tables):
        rows, values = joined.benchmark.labels.column(place)
        facts = {
            **_rows_of(table, joined.counts[place].rejected, written, named),
            "dropped": joined.counts[place].dropped,
            "labels": len(values),
            **variation(table.task, values),
            **implausible(table),
            **_stereo_of(undefined[rows]),
        }
        tasks.append({"name": table.task.name, **facts, "remarks": [said for _, said in _remarks(facts)]})
    data = {
        "identity": level,
        "tasks": tasks,
        "rejected_texts": len(joined.rejects),
        "compounds_with_undefined_centres": int((undefined[:, 0] > 0).sum()),
        "compounds_with_undefined_bonds": int((undefined[:, 1] > 0).sum()),
    }
    blocks = _blocks(context, tasks)
    return Finding("data-quality", _sentence(tasks), data, blocks)


def _undefined_stereo(context: AuditContext) -> NDArray[np.int64]:
    """Return undefined centres and bonds of every compound as an encoder sees it (n, 2)."""
    from auditor.stereo import undefined_stereo

    return undefined_stereo(context.benchmark.smiles, cache=context.request.cache)


def _rows_of(
    table: TaskTable, rejected: int, written: Mapping[str, int], named: Mapping[str, int]
) -> dict[str, Any]:
    as_written, joined = replicates_of(table, written), replicates_of(table, named)
    return {
        "rows": as_written.rows,
        "rejected": rejected,
        "as_written": {**asdict(as_written), "repeated": as_written.repeated},
        "joined": {**asdict(joined), "repeated": joined.repeated},
    }


def variation(task: Task, values: NDArray[np.float64]) -> dict[str, Any]:
    """Return how much a task varies, and whether it is constant or nearly so.

    A classification task is nearly constant with fewer than 20 compounds, or less than 1 %, of the
    rarer class; a regression task with more than 95 % of its labels at one value. Labels pile up
    where more than 5 % of them are the lowest or the highest value.
    """
    found, counts = np.unique(values, return_counts=True)
    common = float(counts.max() / len(values))
    rarer = int(len(values) - counts.max())
    if len(found) < 2:
        state = "constant"
    elif task.kind == "classification":
        state = "nearly constant" if rarer < FEW or rarer < RARE * len(values) else ""
    else:
        state = "nearly constant" if common > COMMON else ""
    ends = (("lowest", 0), ("highest", -1)) if task.kind == "regression" and len(found) > 2 else ()
    return {
        "kind": task.kind,
        "piled_up": [
            (end, float(found[at]), float(counts[at] / len(values)))
            for end, at in ends
            if counts[at] >= FEW and counts[at] > PILED_UP * len(values)
        ],
        "rarer_class": rarer if task.kind == "classification" else None,
        "commonest_value": float(found[np.argmax(counts)]),
        "commonest_share": common,
        "variation": state,
    }


def implausible(table: TaskTable) -> dict[str, Any]:
    """Count the published values outside what the source calls plausible in the task's unit."""
    task = table.task
    values = np.asarray(table.values, dtype=np.float64)
    values = values[np.isfinite(values)]
    return {
        "unit": task.unit,
        "plausible": [task.low, task.high],
        "range": [float(values.min()), float(values.max())] if len(values) else None,
        "implausible": int(((values < task.low) | (values > task.high)).sum()),
    }


def _stereo_of(undefined: NDArray[np.int64]) -> dict[str, int]:
    return {
        "undefined_centres": int((undefined[:, 0] > 0).sum()),
        "undefined_bonds": int((undefined[:, 1] > 0).sum()),
    }


def _remarks(facts: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return what a reader should know of a task, each with its weight, the heaviest first."""
    joined, many = facts["joined"], facts["joined"]["conflicting"]
    said = []
    if facts["variation"] == "constant":
        said.append((5, f"constant: all {facts['labels']:,} labels are {facts['commonest_value']:g}"))
    elif facts["variation"]:
        rarer = facts["rarer_class"]
        common = f"{facts['commonest_share']:.1%} of the labels are {facts['commonest_value']:g}"
        said.append((3, f"nearly constant: {common if rarer is None else f'{rarer:,} labels differ'}"))
    if many > MIXED * joined["compounds"]:
        said.append((
            4,
            f"{many:,} of {joined['compounds']:,} compounds ({many / joined['compounds']:.0%}) conflict: "
            "perhaps assays, species or laboratories are mixed, and whatever uses this task inherits it",
        ))  # fmt: skip
    elif many:
        said.append((0, f"{many:,} conflicting compound{'s' if many > 1 else ''}"))
    if facts["implausible"]:
        low, high = facts["plausible"]
        said.append((4, f"{facts['implausible']:,} values outside {low:g} to {high:g} {facts['unit']}"))
    said += [
        (2, f"{share:.0%} of the labels are its {end} value, {value:g}: perhaps a limit of the assay")
        for end, value, share in facts["piled_up"]
    ]
    return sorted(said, key=lambda remark: -remark[0])


def _sentence(tasks: list[dict[str, Any]]) -> str:
    conflicts = sum(facts["joined"]["conflicting"] > 0 for facts in tasks)
    constant = sum(bool(facts["variation"]) for facts in tasks)
    outside = sum(facts["implausible"] > 0 for facts in tasks)
    rejected = sum(facts["rejected"] for facts in tasks)
    said = [
        f"{count:,} {what}"
        for count, what in (
            (rejected, "rows without a usable SMILES"),
            (conflicts, "tasks with conflicting replicates"),
            (constant, "constant or nearly constant tasks"),
            (outside, "tasks with implausible values"),
        )
        if count
    ]
    found = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)
    return f"The published rows have {found or 'no defect that was looked for'}, in {len(tasks)} tasks."


def _blocks(context: AuditContext, tasks: list[dict[str, Any]]) -> tuple[Block, ...]:
    level = context.benchmark.identity
    blocks: list[Block] = [_replicate_table(tasks, level), _value_table(tasks)]
    remarks = [(_remarks(facts), facts["name"]) for facts in tasks if facts["remarks"]]
    if remarks:
        remarks.sort(key=lambda found: -found[0][0][0])
        rows = tuple((name, "; ".join(said for _, said in found)) for found, name in remarks[:SHOWN])
        caption = _caption("What to know before using a task", remarks, rows)
        blocks.append(Table(("task", "remark"), rows, caption=caption))
    if context.joined.rejects:
        blocks.append(_reject_table(context.joined.rejects))
    blocks.append(
        Text(
            "As written: rows are one compound where their SMILES are the same text. A compound "
            "conflicts where its rows give more than one value. Undefined stereo is counted on the "
            "first published SMILES of a compound; it is no error, but two isomers that were measured "
            "apart may be one compound here."
        )
    )
    return tuple(blocks)


def _replicate_table(tasks: list[dict[str, Any]], level: str) -> Table:
    chosen = sorted(tasks, key=lambda facts: -facts["joined"]["repeated"] - facts["rejected"])[:SHOWN]
    rows: list[tuple[Cell, ...]] = []
    for facts in chosen:
        written, joined = facts["as_written"], facts["joined"]
        rows.append((
            facts["name"], facts["rows"], facts["rejected"],
            written["compounds"], written["conflicting"],
            joined["compounds"], joined["conflicting"],
            facts["dropped"], facts["labels"],
        ))  # fmt: skip
    columns = (
        "task", "rows", "rejected", "SMILES", "conflicts as written",
        f"compounds ({level})", f"conflicts ({level})", "dropped", "labels",
    )  # fmt: skip
    return Table(columns, tuple(rows), caption=_caption("Rows, repeats and conflicts", tasks, rows))


def _value_table(tasks: list[dict[str, Any]]) -> Table:
    order = sorted(tasks, key=lambda facts: (-facts["implausible"], -facts["commonest_share"]))
    rows: list[tuple[Cell, ...]] = []
    for facts in order[:SHOWN]:
        low, high = facts["range"] or (None, None)
        rows.append((
            facts["name"], facts["unit"], low, high, facts["implausible"], facts["commonest_value"],
            facts["commonest_share"], facts["rarer_class"],
            facts["undefined_centres"] / max(facts["labels"], 1),
        ))  # fmt: skip
    columns = (
        "task", "unit", "lowest", "highest", "implausible", "commonest value", "its share",
        "rarer class", "share with undefined stereocentre",
    )  # fmt: skip
    return Table(columns, tuple(rows), caption=_caption("Values and stereo", tasks, rows))


def _reject_table(rejects: tuple[tuple[str, str, int], ...]) -> Table:
    rows = tuple(sorted(rejects, key=lambda reject: -reject[2])[:SHOWN])
    caption = f"Texts that name no compound: {len(rows)} of {len(rejects)}"
    return Table(("SMILES", "reason", "rows"), rows, caption=caption)


def _caption(what: str, tasks: Sequence[Any], rows: Sequence[Any]) -> str:
    return what if len(rows) == len(tasks) else f"{what}: {len(rows)} of {len(tasks)} tasks"
