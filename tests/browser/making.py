"""The pages that are shown to a browser: small ones of every kind, very large and hostile ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from auditor.cli import run
from auditor.document.blocks import Chart, Curve, KeyValues, Matrix, Report, Section, Table, Text
from auditor.report.html.page import export
from auditor.testing.reports import HOSTILE, empty_report, report_with
from tests.report.making import affinity_matrix, hostile_report, overlap_matrix, sample_report

ROOT = Path(__file__).parents[2]
LARGEST = 5_000_000
"""Bytes that a page of 617 tasks may have."""
SMALL = ("--dataset-option", "compounds=160", "--dataset-option", "tasks=4")
ENDLESS = (
    "x" * 3000,
    "a_" * 700,
    "CC(" + "C" * 900 + ")C",
    "\u0645\u0631\u062d\u0628\u0627" * 90,
    "漢" * 400,
)
"""Names that cannot be broken between words, one written from right to left."""


def command(*arguments: object, page: Path) -> None:
    """Let a command of mtl-audit write a page."""
    with redirect_stdout(StringIO()):
        code = run([*map(str, arguments), "--output", str(page), "--quiet"])
    assert code == 0, f"mtl-audit {arguments[0]} ended with {code}"


def overlap(page: Path) -> None:
    """Audit the overlap of a generated benchmark."""
    command("overlap", "synthetic", *SMALL, "--cache-dir", page.parent / "cache", page=page)


def recommendation(page: Path) -> None:
    """Plan which groups of tasks would be trained, and train none."""
    options = ("--encoder", "ecfp", "--budget", 6, "--dry-run", "--cache-dir", page.parent / "cache")
    command("recommend", "synthetic", *SMALL, *options, page=page)


def comparison(page: Path) -> None:
    """Hold two committed audits against each other."""
    command("compare", ROOT / "reports" / "tox21-gcn", ROOT / "reports" / "tox21-ecfp", page=page)


def sixty_tasks(page: Path) -> None:
    """Write matrices that are too large for a table and small enough for names at their edges."""
    page.write_bytes(export(_of_tasks(60)))


def all_toxcast_tasks(page: Path) -> None:
    """Write as many tasks as the largest published benchmark has."""
    data = export(_of_tasks(617))
    assert len(data) <= LARGEST
    page.write_bytes(data)


def every_block(page: Path) -> None:
    """Write an analysis with every kind of block, a warning and an error among its sections."""
    page.write_bytes(export(sample_report()))


def hostile(page: Path) -> None:
    """Write texts that try to be markup wherever a report has text."""
    page.write_bytes(export(hostile_report()))


def endless_names(page: Path) -> None:
    """Write very long names and foreign scripts wherever a report has text."""
    page.write_bytes(export(report_with((*ENDLESS, *HOSTILE))))


def empty(page: Path) -> None:
    """Write a report without any section."""
    page.write_bytes(export(empty_report()))


MADE: dict[str, Callable[[Path], None]] = {
    making.__name__.replace("_", "-"): making
    for making in (
        overlap,
        recommendation,
        comparison,
        every_block,
        sixty_tasks,
        all_toxcast_tasks,
        hostile,
        endless_names,
        empty,
    )
}
COMMITTED = {
    str(path.parent.relative_to(ROOT)): path for path in sorted((ROOT / "reports").rglob("report.html"))
}


def _of_tasks(count: int) -> Report:
    names = tuple(f"ASSAY_{number:03d}_a_long_enough_name" for number in range(count))
    rng = random.Random(count)
    rows = tuple((name, "classification", "", 3000 + place, 0.1) for place, name in enumerate(names))
    audited = KeyValues((("compounds", 8_086), ("tasks", count), ("names of all tasks", ", ".join(names))))
    x = tuple(rng.gauss(0, 0.3) for _ in range(20_000))
    cloud = Curve("", x, tuple(0.5 * a + rng.gauss(0, 0.2) for a in x), line=False)
    matrices: tuple[Matrix, ...] = (overlap_matrix(names), affinity_matrix(names))
    columns = ("task", "kind", "unit", "labels", "mean")
    return Report(
        f"Audit of {count} tasks",
        "Only some tasks share enough compounds.",
        "partial",
        (),
        (
            Section("What was audited", (audited, Table(columns, rows, "Tasks"))),
            Section("Matrices", matrices),
            Section("Agreement", (Chart((cloud,), "E", "affinity", "A point per pair", "They agree."),)),
            Section("Method", (Text("Pairs below the gate are left out."),)),
        ),
        {},
    )
