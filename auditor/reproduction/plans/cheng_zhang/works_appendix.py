"""The audits that answer the appendices, as small as two cores can pay for; what that costs is said."""

from __future__ import annotations

from auditor.reproduction.plan import Computation, PlannedAudit, Work
from auditor.reproduction.plans.cheng_zhang.works import HERE, PAIR, SIGNED

MEASURED = {
    "affinities": (*SIGNED, "tag-linear", "task2vec"),
    "also": ("benefit", "grouping", "gain-prediction"),
}


def _threshold(name: str, minutes: float, hours: float, smaller: str, **options: str) -> PlannedAudit:
    encoder = {"encoder": "ecfp", "encoder_options": {"width": 128}}
    return PlannedAudit(
        name,
        "tox21",
        minutes,
        "analyze",
        {
            **encoder,
            "epochs": 5,
            "affinities": ("gradient-cosine",),
            "only": ("threshold",),
            "analysis_options": {"threshold": options},
        },
        smaller=smaller,
        full_hours=hours,
    )


APPENDIX: tuple[Work, ...] = (
    PlannedAudit(
        "tox21-task2vec-full",
        "tox21",
        7.0,
        "analyze",
        {
            "affinities": ("gradient-cosine", "task2vec"),
            "only": ("agreement",),
            "affinity_options": {"task2vec": {"fisher": "full"}},
        },
        smaller="one network for all tasks, which is the method; the paper has no code for it",
    ),
    _threshold(
        "tox21-retention",
        2.2,
        2.5,
        "fingerprints for a GCN of two layers, 3 epochs of 30; two seeds (the paper: one)",
        protocol="retention",
        steps="1,0.9,0.8,0.75,0.7,0.6,0.5,0.4,0.3,0.25,0.2,0.1",
        epochs="3",
        logs="30",
        seeds="2",
    ),
    _threshold(
        "tox21-matched",
        2.0,
        2.5,
        "labels per task held fixed, which the paper did not; fingerprints, 5 epochs, two seeds",
        protocol="matched",
        epochs="5",
        logs="30",
        seeds="2",
        assignment="random",
    ),
    _threshold(
        "tox21-batch-size",
        2.5,
        2.5,
        "fingerprints, 5 epochs, two seeds, three batch sizes, five overlaps",
        protocol="matched",
        steps="1,0.5,0.3,0.1,0",
        epochs="5",
        logs="30",
        seeds="2",
        assignment="random",
        batches="16,64,256",
    ),
    PlannedAudit(
        "tox21-sparse",
        "tox21",
        4.0,
        "analyze",
        {
            "encoder": "ecfp",
            "encoder_options": {"width": 128},
            "epochs": 5,
            "affinities": ("gradient-cosine",),
            "only": ("sparse-settings",),
            "analysis_options": {"sparse-settings": {"epochs": "5", "logs": "30"}},
        },
        smaller="fingerprints, 5 epochs, two seeds",
        full_hours=2.0,
    ),
    PlannedAudit(
        "tox21-ecfp",
        "tox21",
        150.0,
        "analyze",
        {"encoder": "ecfp", **MEASURED, "analysis_options": {"benefit": {"patience": 10}}},
        smaller="fingerprints; three seeds, 237 trainings of at most 30 epochs",
        full_hours=5.0,
    ),
    PlannedAudit(
        "tox21-gcn-small",
        "tox21",
        240.0,
        "analyze",
        {
            "encoder": "gcn",
            "encoder_options": {"layers": 2, "width": 128},
            **MEASURED,
            "analysis_options": {"benefit": {"patience": 10, "batch_size": 128}},
        },
        smaller="two layers of 128 for three of 256, batches of 128; three seeds, 237 trainings",
        full_hours=14.0,
    ),
    PlannedAudit(
        "synthetic-molecules",
        "synthetic",
        2.0,
        "analyze",
        {
            "affinities": PAIR,
            "only": ("agreement", "synthetic-truth"),
            "dataset_options": {"compounds": 1200, "kind": "regression", "noise": 0.5},
        },
        smaller="the same designed correlation on 1,200 generated molecules",
    ),
    Computation(
        "synthetic-own-design",
        f"{HERE}.synthetic:measure",
        3.0,
        smaller="the paper's own design; five seeds of data and network, where its log has five of masks",
    ),
)
