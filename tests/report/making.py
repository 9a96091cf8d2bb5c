"""A report as large and as awkward as real ones: 22 sparse tasks, 12 dense ones, every block."""

from __future__ import annotations

import random

from auditor.document.blocks import (
    Chart,
    Curve,
    KeyValues,
    Matrix,
    Molecules,
    Report,
    Section,
    Table,
    Text,
    Tree,
)

ADMET = (
    "caco2_wang", "hia_hou", "pgp_broccatelli", "bioavailability_ma", "lipophilicity_astrazeneca",
    "solubility_aqsoldb", "bbb_martins", "ppbr_az", "vdss_lombardo", "cyp2c9_veith", "cyp2d6_veith",
    "cyp3a4_veith", "cyp2c9_substrate_carbonmangels", "cyp2d6_substrate_carbonmangels",
    "cyp3a4_substrate_carbonmangels", "half_life_obach", "clearance_microsome_az",
    "clearance_hepatocyte_az", "herg", "ames", "dili", "ld50_zhu",
)  # fmt: skip
TOX21 = (
    "NR-AR", "NR-AR-LBD", "NR-AhR", "NR-Aromatase", "NR-ER", "NR-ER-LBD", "NR-PPAR-gamma",
    "SR-ARE", "SR-ATAD5", "SR-HSE", "SR-MMP", "SR-p53",
)  # fmt: skip


def overlap_matrix(names: tuple[str, ...], *, seed: int = 0) -> Matrix:
    """Return a symmetric matrix of mostly small overlaps with a few large ones."""
    rng = random.Random(seed)
    t = len(names)
    values = [[1.0 if i == j else 0.0 for j in range(t)] for i in range(t)]
    for i in range(t):
        for j in range(i):
            values[i][j] = values[j][i] = rng.random() ** 5 if rng.random() < 0.85 else 0.0
    rows = tuple(tuple(row) for row in values)
    return Matrix(names, names, rows, "Jaccard, |A∩B| / |A∪B|, 0 to 1")


def affinity_matrix(names: tuple[str, ...], *, seed: int = 1) -> Matrix:
    """Return a symmetric matrix of small signed values, some of them not estimable."""
    rng = random.Random(seed)
    t = len(names)
    values: list[list[float | None]] = [[1.0 if i == j else None for j in range(t)] for i in range(t)]
    for i in range(t):
        for j in range(i):
            found = None if rng.random() < 0.12 else max(-1.0, min(1.0, rng.gauss(0.08, 0.3)))
            values[i][j] = values[j][i] = found
    rows = tuple(tuple(row) for row in values)
    caption = "gradient-cosine, -1 to 1; rows and columns are tasks"
    return Matrix(names, names, rows, caption, scale="diverging", low=-1.0)


def _chart() -> Chart:
    rng = random.Random(2)
    x = tuple(float(p) for p in range(10, 101, 10))
    measured = (0.154, 0.221, 0.248, None, 0.696, 0.658, 0.677, 0.720, 0.807, 0.794)
    low = tuple(None if y is None else y - 0.2 for y in measured)
    high = tuple(None if y is None else min(1.0, y + 0.12) for y in measured)
    fitted = tuple(0.84 * a / (a + 40) for a in x)
    scatter_x = tuple(rng.uniform(5, 100) for _ in range(60))
    scatter_y = tuple(0.7 * a / (a + 30) + rng.gauss(0, 0.1) for a in scatter_x)
    return Chart(
        (
            Curve("measured, 95 % interval over tasks", x, measured, low, high),
            Curve("hyperbola, half maximum at 40 %", x, fitted),
            Curve("single draws", scatter_x, scatter_y, line=False),
        ),
        "labels kept (%)",
        "r(G, E)",
        "Agreement of affinity and label correlation as labels are removed",
        "Agreement rises from 0.15 at 10 % to about 0.8 at 90 %, without a sharp step.",
    )


def _tree() -> Tree:
    merges = (
        (0.0, 1.0, 0.21, 2.0), (4.0, 5.0, 0.26, 2.0), (7.0, 10.0, 0.48, 2.0), (8.0, 11.0, 0.55, 2.0),
        (2.0, 3.0, 0.61, 2.0), (14.0, 15.0, 0.70, 4.0), (12.0, 13.0, 0.74, 4.0), (9.0, 17.0, 0.79, 5.0),
        (6.0, 16.0, 0.83, 3.0), (18.0, 20.0, 0.92, 7.0), (19.0, 21.0, 1.04, 12.0),
    )  # fmt: skip
    return Tree(
        TOX21,
        merges,
        "Average linkage of 1 - affinity",
        "The androgen pair and the oestrogen pair join first; stress responses join later.",
    )


def _sections() -> tuple[Section, ...]:
    audited = KeyValues(
        (
            ("compounds", 94_213), ("tasks", 22), ("labels", 118_870),
            ("share of the table that is measured", 0.0574), ("compound identity", "parent-inchikey"),
            ("pairs of tasks", 231), ("pairs reliable", 8), ("pairs borderline", 17),
            ("pairs unreliable", 162), ("pairs not estimable", 44),
            ("tasks whose pairs are all reliable", "cyp2c9_veith, cyp2d6_veith, cyp3a4_veith"),
        )
    )  # fmt: skip
    tasks = Table(
        ("task", "kind", "unit", "labels", "mean", "sd", "conflicting"),
        tuple(
            (name, "regression" if n % 2 else "classification", "log(mol/L)" if n % 2 else "",
             400 * n + 475, 0.31 * n - 1.5, 1.07 if n != 4 else None, n * n % 13)
            for n, name in enumerate(ADMET)
        ),
        caption="Tasks; the mean of a 0/1 task is its positive rate",
    )  # fmt: skip
    agreement = Table(
        ("estimator", "r", "95 % interval", "ρ", "Mantel p", "pairs"),
        (("gradient-cosine", 0.646, "0.41 to 0.83", 0.501, 0.0001, 66),
         ("gradient-cosine, all logs", 0.812, "0.66 to 0.91", 0.78, 0.00004, 66),
         ("permuted labels", -0.031, "not estimable", None, 0.71, 66)),
        caption="r and ρ of each affinity with E",
    )  # fmt: skip
    molecules = Molecules(
        (
            ("CC(=O)Oc1ccccc1C(=O)O", "ames: 3 replicates disagree (0, 1, 1)"),
            ("CN1CCC[C@H]1c1cccnc1", "herg: 2 replicates disagree (0, 1)"),
            ("O=S(=O)(Nc1ncccn1)c1ccc(Br)cc1", "dili: 2 replicates disagree (0, 1)"),
            ("Clc1ccc(cc1)C(c1ccc(Cl)cc1)C(Cl)(Cl)Cl", "ld50_zhu: 2.1 and 4.9 log(1/(mol/kg))"),
            ("C1CC(N(C)(C)(C)C", "rejected: unclosed ring"),
        ),
        "Compounds to look at",
    )
    provenance = KeyValues(
        (
            ("command", "mtl-audit analyze tdc-admet --encoder gat --ignore-gate"),
            ("libraries", "numpy 1.26.4, rdkit 2023.9.6, torch 2.13.0"),
            ("labels, SHA-256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ("citation", "Huang et al. 2021, arXiv:2102.09548, doi:10.1038/s41589-022-01131-2"),
        )
    )
    return (
        Section("What was audited", (audited, tasks)),
        Section(
            "Overlap",
            (overlap_matrix(ADMET),),
            note="A pair is reliable from jaccard 0.40, borderline from 0.30, and not estimable below "
            "20 shared compounds. The thresholds are the claim of Cheng & Zhang 2026.",
        ),
        Section("Affinity: gradient-cosine", (affinity_matrix(TOX21),), note="Mean over logged steps."),
        Section("Agreement", (agreement, _chart()), note="Gradients say what the labels say: r = 0.65."),
        Section("Groups", (_tree(),)),
        Section("Data problems", (molecules, Text("12 rows were rejected.")), status="warning"),
        Section("Transfer gain", (Text("The run of task 'herg' ended early."),), status="error"),
        Section(
            "Method",
            (
                Text(
                    "Compounds are the same where their InChIKeys are equal (https://www.inchi-trust.org/)."
                ),
                KeyValues((("Jaccard", "shared compounds divided by those of either task"),), "Terms"),
            ),
        ),
        Section("Provenance", (provenance,)),
    )


def sample_report() -> Report:
    """A failed and forced audit with every kind of block."""
    counts = {"reliable": 8, "borderline": 17, "unreliable": 162, "not estimable": 44}
    return Report(
        "Affinity audit of tdc-admet",
        "These tasks share too few compounds for gradient affinity: 8 of 231 pairs reach jaccard 0.40 "
        "(median 0.017).",
        "fail",
        ("The gate failed and was ignored on request.",),
        _sections(),
        {"schema_version": 1, "kind": "analysis", "meta": {}, "data": {"verdict": {"counts": counts}}},
    )


HOSTILE = (
    "<script>alert(1)</script>",
    "a|b`c*d_e[f](http://evil.example)",
    "[red]bold[/red]",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe",
    "=cmd|'/c calc'!A1",
    "two\nlines\r\n# heading",
    "{{ 7 * 7 }}{% raw %}",
    "@everyone #1 :tada: $x$",
)


def hostile_report() -> Report:
    """A report whose every text tries to be more than text."""
    ones = tuple((1.0,) * len(HOSTILE) for _ in HOSTILE)
    everything = " ".join(HOSTILE)
    return Report(
        everything,
        everything,
        "fail",
        HOSTILE,
        (
            Section(
                everything,
                (
                    *(Text(text) for text in HOSTILE),
                    KeyValues(tuple((text, text) for text in HOSTILE), everything),
                    Table(HOSTILE, (HOSTILE,) * 30, everything),
                    Matrix(HOSTILE, HOSTILE, ones, everything),
                    Chart(
                        tuple(Curve(text, (1.0, 2.0), (0.5, None)) for text in HOSTILE),
                        everything, everything, everything, everything,
                    ),
                    Tree(HOSTILE[:3], ((0.0, 1.0, 1.0, 2.0), (2.0, 3.0, 2.0, 3.0)), everything, everything),
                    Molecules(tuple((text, text) for text in HOSTILE), everything),
                ),
                note=everything,
                status="warning",
            ),
        ),
        {"title": everything, "names": list(HOSTILE)},
    )  # fmt: skip
