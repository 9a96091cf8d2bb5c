"""A small plan of a third party, with a claim of every verdict, and the plugin that offers it."""

from __future__ import annotations

import textwrap
from pathlib import Path

PLAN = '''
import os
import time
from pathlib import Path

from auditor import hookimpl
from auditor.reproduction.plan import Claim, Computation, Measured, Plan, PlannedAudit
from auditor.reproduction.reading import exactly, one_pair, over_pairs, share_above

SMALL = {"compounds": 120, "tasks": 5, "overlap": 0.5}


@hookimpl
def register_plans(register):
    register("tiny-2026", "mtl_audit_tiny:plan", summary="a paper of five tasks", reference="nobody")
    register("broken-2026", "mtl_audit_tiny:broken", summary="a plan that names what is not there")
    register("odd-2026", "mtl_audit_tiny:odd", summary="no plan at all")


def waits():
    """Say that it began, and wait for leave to end."""
    place = os.environ.get("TINY_WAITS")
    if place:
        Path(place, "began").touch()
        while not Path(place, "leave").exists():
            time.sleep(0.02)
    return {"answer": 42}


def works():
    return (
        PlannedAudit("first", "synthetic", 0.02, options={"dataset_options": SMALL}),
        PlannedAudit("second", "synthetic", 0.03, options={"dataset_options": {**SMALL, "seed": 1}}),
        Computation("last", "mtl_audit_tiny:waits", 0.05),
        PlannedAudit("elsewhere", "kinase/nowhere.csv", 0.04, table=True, smaller="a stand-in"),
        PlannedAudit("dear", "synthetic", 6000.0, full_hours=900.0),
    )


def claims():
    same = lambda documents: Measured(0.5, 0.4, 0.6, seeds=3, pairs=10)
    wide = lambda documents: Measured(0.5, -0.9, 0.95, seeds=1, pairs=10)
    of_labels = lambda documents: Measured(0.5, note="E alone")
    tasks = exactly("first", lambda data: data["benchmark"]["tasks"])
    return (
        Claim("tasks", "Table 1", "There are 5 tasks", 5, works=("first",), measure=tasks, digits=0),
        Claim("many", "Table 1", "There are 9 tasks", 9, works=("first",), measure=tasks, digits=0),
        Claim("r", "Table 1", "r is 0.5", 0.5, within=0.15, works=("second",), measure=same),
        Claim("wide", "Table 1", "r is 0.6", 0.6, within=0.15, works=("second",), measure=wide),
        Claim("outside", "Table 1", "r is 0.9", 0.9, within=0.15, works=("second",), measure=same),
        Claim(
            "labels", "Table 2", "ARI is 0.5", 0.5, within=0.15, works=("first",), measure=same,
            labels_alone=of_labels,
        ),
        Claim("lost", "Table 2", "A figure without its runs", 0.7, reason="No log was released."),
        Claim(
            "later", "Table 2", "Too dear", 0.7, works=("dear",), measure=same,
        ),
        Claim("nowhere", "Table 2", "Its data are not here", 0.7, works=("elsewhere",), measure=same),
        Claim("untold", "Table 2", "The audit does not hold it", 0.7, works=("first",),
              measure=lambda documents: documents["first"]["no such part"]),
        Claim("answer", "Table 2", "The answer is 42", 42, works=("last",), digits=0,
              measure=exactly("last", lambda data: data["answer"])),
        Claim(
            "share", "Table 2", "At least half of the pairs have a positive E", 0.5, "at least",
            works=("second",), measure=over_pairs("second", share_above(0), of="E"),
        ),
    )


def plan():
    return Plan("Tiny 2026", "nobody", "tiny", claims(), works())


def broken():
    claim = Claim("x", "Table 1", "r is 0.5", 0.5, works=("nothing",), measure=lambda documents: None)
    return Plan("Broken", "nobody", "broken", (claim,))


def odd():
    return 7
'''
VERDICTS = {
    "tasks": "reproduced",
    "many": "not reproduced",
    "r": "reproduced",
    "wide": "cannot be told",
    "outside": "not reproduced",
    "labels": "follows from labels alone",
    "lost": "not testable",
    "later": "not measured yet",
    "nowhere": "not measured yet",
    "untold": "cannot be told",
    "answer": "reproduced",
}
"""Of the claims whose verdict is designed."""


def install(folder: Path) -> None:
    """Put the plugin into a folder that is to be on the path."""
    (folder / "mtl_audit_tiny.py").write_text(textwrap.dedent(PLAN))
    info = folder / "mtl_audit_tiny-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mtl-audit-tiny\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\ntiny = mtl_audit_tiny\n")
