"""Whether the intervals, p-values and powers that a report prints are right, by simulated truths.

To add numbers to the page: a function that takes the number of draws and a generator and yields
`Measured`, in a `Section` of a module of this package, and that module's ``SECTIONS`` below.

    python -m benchmarks calibration
    python -m benchmarks calibration --only "Mantel p"
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np

from auditor.seeding import derive
from benchmarks.calibration import (
    association,
    benefit,
    chemical_correlation,
    curved,
    directed,
    gain_prediction,
    grouping,
    label_correlation,
    null_panels,
    recommendation,
    reliability,
    same_substructures,
    shift,
    sweeps,
)
from benchmarks.calibration.measured import Measured, Section
from benchmarks.calibration.page import PLACE, page

SECTIONS: tuple[Section, ...] = (
    *label_correlation.SECTIONS,
    *curved.SECTIONS,
    *association.SECTIONS,
    *directed.SECTIONS,
    *reliability.SECTIONS,
    *chemical_correlation.SECTIONS,
    *same_substructures.SECTIONS,
    *benefit.SECTIONS,
    *gain_prediction.SECTIONS,
    *grouping.SECTIONS,
    *recommendation.SECTIONS,
    *shift.SECTIONS,
    *sweeps.SECTIONS,
    *null_panels.SECTIONS,
)


def main(options: Sequence[str] = ()) -> None:
    """Measure everything, or after ``--only`` the sections named, and write the page."""
    wanted = [word for word in options if word != "--only"] or [section.title for section in SECTIONS]
    unknown = set(wanted) - {section.title for section in SECTIONS}
    if unknown:
        sys.exit(f"no section named {', '.join(sorted(unknown))}")
    tables = []
    for section in SECTIONS:
        if section.title not in wanted:
            continue
        started = time.perf_counter()
        tables.append((section, measured(section, section.draws)))
        print(f"{section.title}: {time.perf_counter() - started:.0f} s", flush=True)
    before = PLACE.read_text(encoding="utf-8")
    PLACE.write_text(page(SECTIONS, tables, before), encoding="utf-8")
    failed = [one for _, found in tables for one in found if one.verdict() == "fails"]
    print(f"\n{PLACE}: {len(failed)} numbers fail")
    for one in failed:
        print(f"- {one.case}, {one.column}: {one.share:.1%}")


def measured(section: Section, draws: int) -> list[Measured]:
    """Return the numbers of a section, the same whenever they are made."""
    return list(section.measure(draws, np.random.default_rng(derive(0, "calibration", section.title))))
