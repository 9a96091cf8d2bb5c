"""The twelve targets of QM9, in the units of the published table, and what is known to be wrong."""

from __future__ import annotations

from auditor.source.rows import Task

ROWS = 133_885
CITATION = (
    "Ramakrishnan, Dral, Rupp & von Lilienfeld 2014, Quantum chemistry structures and properties of "
    "134 kilo molecules, Sci. Data 1, 140022; Wu et al. 2018, MoleculeNet, Chem. Sci. 9, 513"
)
LICENCE = "CC0 1.0"
ORBITALS, ENERGY = "orbital energies", "total energy"

TARGETS = (
    Task("mu", "regression", "D", "dipole moment", 0, 60),
    Task("alpha", "regression", "a0^3", "isotropic polarizability", 0, 500),
    Task("homo", "regression", "Ha", "energy of the highest occupied orbital", -1, 0, ORBITALS),
    Task("lumo", "regression", "Ha", "energy of the lowest empty orbital", -0.5, 0.5, ORBITALS),
    Task("gap", "regression", "Ha", "lumo - homo", 0, 1.5, ORBITALS),
    Task("r2", "regression", "a0^2", "electronic spatial extent", 0, 10_000),
    Task("zpve", "regression", "Ha", "zero-point vibrational energy", 0, 1),
    Task("u0", "regression", "Ha", "internal energy at 0 K", -1_000, 0, ENERGY),
    Task("u298", "regression", "Ha", "internal energy at 298.15 K", -1_000, 0, ENERGY),
    Task("h298", "regression", "Ha", "enthalpy at 298.15 K", -1_000, 0, ENERGY),
    Task("g298", "regression", "Ha", "free energy at 298.15 K", -1_000, 0, ENERGY),
    Task("cv", "regression", "cal/(mol K)", "heat capacity at 298.15 K", 0, 200),
)
"""Order of the paper's y columns 0 to 11. Energies are Hartree here; PyTorch Geometric turns them to eV."""

DEFECTS = (
    "gap is lumo - homo in every row.",
    "u0, u298, h298 and g298 are total energies: they count atoms, and are one quantity for correlations.",
    "3,054 of the published molecules fail the authors' own check of consistency and are kept here.",
)
