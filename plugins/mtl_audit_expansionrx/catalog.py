"""The nine end points of ExpansionRx in the units that the challenge states, and what is known of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.source.rows import Task

CITATION = (
    "OpenADMET & Expansion Therapeutics 2025, ExpansionRx-OpenADMET blind challenge, training part, "
    "openadmet/openadmet-expansionrx-challenge-data"
)
LICENCE = "CC BY 4.0"
BINDING, CACO = "% unbound", "Caco-2 permeability"


@dataclass(frozen=True)
class EndPoint:
    """One column of the file: its name, what it measures, and the bounds of what is plausible in it."""

    column: str
    name: str
    unit: str
    description: str
    high: float
    logged: bool = True
    assay: str = ""

    def task(self, *, published: bool) -> Task:
        """Return the task of the column, with its values as published or on the scale of the challenge."""
        if not self.logged:
            return Task(self.name, "regression", self.unit, self.description, -6, self.high)
        unit = self.unit if published else f"log10(1 + {self.unit})"
        high = self.high if published else math.log10(1 + self.high)
        return Task(self.name, "regression", unit, self.description, 0, high, self.assay)


END_POINTS = (
    EndPoint("LogD", "LogD", "log D", "octanol-water distribution at pH 7.4", 10, logged=False),
    EndPoint("KSOL", "KSOL", "µM", "kinetic solubility", 10_000),
    EndPoint("HLM CLint", "HLM CLint", "mL/min/kg", "intrinsic clearance, human liver microsomes", 1e5),
    EndPoint("MLM CLint", "MLM CLint", "mL/min/kg", "intrinsic clearance, mouse liver microsomes", 1e5),
    EndPoint(
        "Caco-2 Permeability Papp A>B", "Caco-2 Papp", "10⁻⁶ cm/s", "permeability of Caco-2 cell layers",
        1_000, assay=CACO,
    ),
    EndPoint(
        "Caco-2 Permeability Efflux", "Caco-2 efflux", "ratio", "efflux from Caco-2 cell layers", 10_000,
        assay=CACO,
    ),
    EndPoint("MPPB", "MPPB", BINDING, "mouse plasma protein binding", 100),
    EndPoint("MBPB", "MBPB", BINDING, "mouse brain protein binding", 100),
    EndPoint("MGMB", "MGMB", BINDING, "mouse gastrocnemius muscle binding", 100),
)  # fmt: skip

LOGGED = "Labels are log10(1 + value), all but those of LogD."
DEFECTS = (
    "KSOL ends at 325 µM, and most compounds lie below 60 or above 220: the soluble ones are hardly told "
    "apart.",
    "0 stands for what an assay could not see: 164 values of HLM CLint, 147 of MLM CLint.",
    "The names of the molecules rise with time; the later ones, the challenge's test part, are not here.",
)
