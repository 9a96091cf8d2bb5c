"""How a report shows a comparison of audits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.document.blocks import Block, Cell, Table, Text

SHOWN = 20


def blocks_of(found: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of what `auditor.compare.compare` found."""
    missing = found["tasks_missing_somewhere"]
    note = f"Left out, since not every run has them: {', '.join(missing)}." if missing else ""
    return (
        _runs(found),
        *((Text(note),) if note else ()),
        _changes(found),
        *_verdicts(found),
        *_agreements(found),
        *_affinities(found),
        *_largest(found),
    )


def _runs(found: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            run["run"],
            run["benchmark"],
            run["compounds"],
            run["tasks"],
            (run["labels_sha256"] or "")[:12],
            run["verdict"],
            run["encoder"] or "",
            ", ".join(str(seed) for seed in run["seeds"]),
        )
        for run in found["runs"]
    )
    columns = ("run", "benchmark", "compounds", "tasks", "labels", "gate", "encoder", "seeds")
    return Table(
        columns, rows, caption="Runs; labels are named by the start of their SHA-256, in any order"
    )


def _changes(found: Mapping[str, Any]) -> Table:
    first = found["runs"][0]["run"]
    rows: list[tuple[Cell, ...]] = []
    for other in found["against_first"]:
        data = other["data"]
        rows.append((other["run"], "labels", "", data["labels"]))
        rows += [
            (other["run"], f"labels of {changed['task']}", *map("{:,}".format, changed["labels"]))
            for changed in data["changed_tasks"][:SHOWN]
        ]
        rows += [(other["run"], "another name", *names) for names in data["renamed_tasks"][:SHOWN]]
        rows += [(other["run"], f"file {name}", "", "another checksum") for name in data["changed_files"]]
        rows += [(other["run"], f"file {name}", "", "in one run only") for name in data["other_files"]]
        for name, (before, after) in other["settings"].items():
            rows.append((other["run"], name, _text(before), _text(after)))
    return Table(
        ("run", "what", first, "this run"),
        tuple(rows),
        caption=f"Differences from {first}; a dash where a run has no such setting. A task whose labels "
        "differ stands with the number of labels in each run",
    )


def _verdicts(found: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = [
        (other["run"], *pair["tasks"], *(_text(verdict) for verdict in pair["verdicts"]))
        for other in found["against_first"]
        for pair in other["changed_pairs"]
    ]
    if not rows:
        return ()
    total = sum(other["pairs_changed"] for other in found["against_first"])
    caption = f"Pairs with another verdict, {min(len(rows), SHOWN)} of {total:,}"
    return (Table(("run", "task", "task", "verdict before", "verdict now"), tuple(rows[:SHOWN]), caption),)


def _affinities(found: Mapping[str, Any]) -> tuple[Block, ...]:
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            f"{pair['runs'][0]}, {pair['runs'][1]}",
            _within(pair["pearson"], pair["low"], pair["high"]),
            pair["mantel_p"],
            pair["mean_absolute_difference"],
            pair["largest_difference"],
            None if pair["beyond_error"] is None else f"{pair['beyond_error']} of {pair['pairs']}",
        )
        for name, entry in found["affinities"].items()
        for pair in entry["between"]
        if pair["largest_difference"] != 0
    ]
    same = any(p["largest_difference"] == 0 for e in found["affinities"].values() for p in e["between"])
    note = (Text("Estimates that are the same in two runs, such as E of the same labels, are left out."),)
    if not rows:
        return note if same else ()
    columns = (
        "estimate", "runs", "r (95 % interval)", "Mantel p", "mean |d|", "largest", "beyond",
    )  # fmt: skip
    caption = "Do the runs agree? d: the difference of a pair; beyond: |d| > t s.e. (Student's t)"
    return (Table(columns, tuple(rows), caption=caption), *(note if same else ()))


def _agreements(found: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = tuple(
        (
            told["estimate"],
            told["run"],
            _within(told["pearson"], told["low"], told["high"]),
            told["mantel_p"],
            told["reliability"],
        )
        for told in sorted(found["agreement"], key=lambda told: str(told["estimate"]))
    )
    if not rows:
        return ()
    columns = ("estimate", "run", "r with E (95 % interval)", "Mantel p", "reliability")
    return (Table(columns, rows, caption="What each run says of its affinities and E"),)


def _within(value: float | None, low: float | None, high: float | None) -> str | None:
    if value is None:
        return None
    return f"{value:.2f}" + ("" if low is None or high is None else f" ({low:.2f} to {high:.2f})")


def _largest(found: Mapping[str, Any]) -> tuple[Block, ...]:
    rows = [
        (name, *pair["runs"], *entry["tasks"], entry["difference"])
        for name, compared in found["affinities"].items()
        for pair in compared["between"]
        for entry in pair["largest"][:3]
        if entry["difference"]
    ]
    if not rows:
        return ()
    columns = ("estimate", "run", "run", "task", "task", "second less first")
    return (Table(columns, tuple(rows[:SHOWN]), caption="The largest differences"),)


def _text(value: Any) -> str | None:
    """Return a setting as text; None where a run has no such setting."""
    return None if value is None else str(value)
