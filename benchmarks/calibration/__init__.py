"""Whether the intervals, p-values and powers that a report prints are right, by simulated truths.

To add numbers to the page: a function that takes the number of draws and a generator and yields
`Measured`, in a `Section` of a module of this package, and that module's ``SECTIONS`` below.

    python -m benchmarks calibration
"""

from __future__ import annotations

import time

import numpy as np

from auditor.seeding import derive
from benchmarks.calibration import (
    association,
    benefit,
    chemical_correlation,
    curved,
    gain_prediction,
    label_correlation,
    null_panels,
)
from benchmarks.calibration.measured import Measured, Section
from benchmarks.calibration.page import PLACE, page

SECTIONS: tuple[Section, ...] = (
    *label_correlation.SECTIONS,
    *curved.SECTIONS,
    *association.SECTIONS,
    *chemical_correlation.SECTIONS,
    *benefit.SECTIONS,
    *gain_prediction.SECTIONS,
    *null_panels.SECTIONS,
)


def main() -> None:
    """Measure everything, and write the page."""
    tables = []
    for section in SECTIONS:
        started = time.perf_counter()
        tables.append((section, measured(section, section.draws)))
        print(f"{section.title}: {time.perf_counter() - started:.0f} s", flush=True)
    PLACE.write_text(page(tables), encoding="utf-8")
    failed = [one for _, found in tables for one in found if one.verdict() == "fails"]
    print(f"\n{PLACE}: {len(failed)} numbers fail")
    for one in failed:
        print(f"- {one.case}, {one.column}: {one.share:.1%}")


def measured(section: Section, draws: int) -> list[Measured]:
    """Return the numbers of a section, the same whenever they are made."""
    return list(section.measure(draws, np.random.default_rng(derive(0, "calibration", section.title))))
