"""The audits that answer the paper, each as small as two cores can pay for; what that leaves out is said.

Minutes are of one core, measured or guessed from the number of optimiser steps.
"""

from __future__ import annotations

from auditor.reproduction.plan import Computation, PlannedAudit, Work

HERE = "auditor.reproduction.plans.cheng_zhang"

KINASES = "kinase/kinase_panel19_derived.csv.gz"
JAK = ("JAK1", "JAK2", "JAK3", "TYK2")
PAIR = ("gradient-cosine", "error-cosine")
ONLY_R = {"affinities": PAIR, "only": ("agreement", "baselines")}
QUICK = "30 epochs, at most, of 100; one seed, like the paper"
OTHER_KINASES = (
    "19 kinases of a published panel (Papyrus, 24,747 compounds), not the paper's download, of which five "
    "columns are other proteins"
)
SIGNED = (*PAIR, "chemical-correlation")
EVERY_PAIR = {"min_support": 4, "reliable_at": 0.0, "borderline_at": 0.0, "ignore_gate": True}
BRIEF = {"encoder": "ecfp", "epochs": 10, "batch_size": 64, "split": "random"}
SMALL_KINASES = f"{OTHER_KINASES}; fingerprints for graphs, 10 epochs of 30"

DATA: tuple[Work, ...] = (
    PlannedAudit("tox21-rows", "tox21", 0.2, options={"identity": "as-written"}),
    PlannedAudit("tox21-overlap", "tox21", 0.3),
    PlannedAudit("toxcast-17-overlap", "toxcast-17", 0.2),
    Computation("toxcast-rows", f"{HERE}.counting:compounds", 0.1, ("moleculenet/toxcast_data.csv.gz",)),
    PlannedAudit("sider-rows", "sider", 0.1, options={"identity": "as-written"}),
    PlannedAudit("sider-overlap", "sider", 0.1),
    PlannedAudit(
        "qm9-rows",
        "qm9",
        0.2,
        options={"dataset_options": {"subset": "true"}, "identity": "as-written"},
    ),
    PlannedAudit("qm9-overlap", "qm9", 0.2, options={"dataset_options": {"subset": "true"}}),
    PlannedAudit(
        "tox21-adme-panel",
        "tox21-adme",
        0.6,
        options={"dataset_options": {"paper_filter": "true"}, "identity": "canonical"},
    ),
    PlannedAudit("moleculenet-overlap", "moleculenet", 0.8, options={"identity": "canonical"}),
    PlannedAudit("tdc-21-overlap", "tdc-21", 0.9, options={"identity": "canonical"}),
)

AGREEMENT: tuple[Work, ...] = (
    PlannedAudit(
        "sider-gcn", "sider", 1.5, "analyze", {"encoder": "gcn", "affinities": SIGNED}, smaller=QUICK,
        full_hours=0.05,
    ),
    PlannedAudit("tox21-gcn", "tox21", 6.0, "analyze", {"encoder": "gcn"}, smaller=QUICK, full_hours=0.3),
    PlannedAudit("tox21-gat", "tox21", 9.0, "analyze", {"encoder": "gat"}, smaller=QUICK, full_hours=0.5),
    PlannedAudit("tox21-cnn", "tox21", 7.0, "analyze", {"encoder": "cnn"}, smaller=QUICK, full_hours=0.4),
    PlannedAudit(
        "toxcast-17-gcn", "toxcast-17", 4.0, "analyze", {"encoder": "gcn", "affinities": SIGNED},
        smaller=QUICK, full_hours=0.2,
    ),
    PlannedAudit(
        "qm9-gcn",
        "qm9",
        5.0,
        "analyze",
        {"dataset_options": {"subset": "true"}, "encoder": "gcn", "affinities": SIGNED},
        smaller="one seed; 30 epochs at most (the paper: 20); its own 5,000 compounds are not known",
    ),
    PlannedAudit(
        "tox21-adme-gcn",
        "tox21-adme",
        3.5,
        "analyze",
        {
            "affinities": PAIR,
            "only": ("agreement", "baselines", "domains"),
            "dataset_options": {"paper_filter": "true"},
            "ignore_gate": True,
        },
        smaller="30 epochs at most, one seed, like the paper (18 epochs by its log)",
    ),
    PlannedAudit(
        "kinase-ecfp", KINASES, 3.0, "analyze", {**ONLY_R, **EVERY_PAIR, **BRIEF}, table=True,
        smaller=SMALL_KINASES, full_hours=1.0,
    ),
    PlannedAudit(
        "jak-ecfp", KINASES, 1.0, "analyze", {**ONLY_R, "tasks": JAK, **EVERY_PAIR, **BRIEF}, table=True,
        smaller=SMALL_KINASES, full_hours=0.3,
    ),
)  # fmt: skip
