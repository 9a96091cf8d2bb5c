"""The core's own components, registered through the same hooks as anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import (
        RegisterAffinities,
        RegisterAnalyses,
        RegisterExporters,
        RegisterIdentities,
    )

PAPER = "Cheng & Zhang 2026, arXiv 2604.07848"


@hookimpl
def register_identities(register: RegisterIdentities) -> None:
    """Register the six identity levels, finest first."""
    for name, attribute, summary in (
        ("as-written", "as_written", "the published text"),
        ("canonical", "canonical", "RDKit canonical SMILES, salts and charges kept"),
        ("parent", "parent", "canonical SMILES of the neutral largest fragment"),
        ("inchikey", "inchikey", "standard InChIKey of the parent (the default)"),
        ("skeleton", "skeleton", "first block of the InChIKey: no stereo, no isotopes"),
        ("scaffold", "scaffold", "Bemis-Murcko scaffold of the parent"),
    ):
        register(name, f"auditor.chemistry.levels:{attribute}", summary=summary)


@hookimpl
def register_affinities(register: RegisterAffinities) -> None:
    """Register the estimators: the paper's, its baseline, its peers, and one without shared compounds."""
    for name, target, measures, summary, reference in (
        (
            "gradient-cosine",
            "gradient.cosine:estimate",
            "gradients",
            "mean of per-batch cosines of task gradients, as in the paper",
            f"{PAPER}, equation 2",
        ),
        (
            "error-cosine",
            "gradient.cosine:estimate_of_errors",
            "errors",
            "mean of per-batch cosines of the tasks' errors, without a backward pass: the baseline",
            "",
        ),
        (
            "accumulated-cosine",
            "gradient.pooled:estimate_accumulated",
            "gradients",
            "cosine of gradients summed over an epoch's logged batches",
            "",
        ),
        (
            "split-half",
            "gradient.pooled:estimate_split_half",
            "gradients",
            "cosine of expected gradients, from batches without a compound in common",
            "",
        ),
        (
            "tag",
            "gradient.tag:estimate",
            "lookahead",
            "fall of one task's loss after a step for another",
            "Fifty et al. 2021, NeurIPS, equation 1",
        ),
        (
            "tag-linear",
            "gradient.tag:estimate_linear",
            "gradients",
            "first-order term of tag, which is also ETAP's affinity score",
            "Ayman et al. 2026, arXiv 2602.18591",
        ),
        (
            "task2vec",
            "probe.task2vec:estimate",
            "",
            "likeness of the tasks' Fisher information on the trained encoder",
            "Achille et al. 2019, arXiv 1902.03545",
        ),
        (
            "grad-tag",
            "probe.grad_tag:estimate",
            "",
            "what tasks gain from one another in linear refits of the trained network",
            "Li, Sharma & Zhang 2024, KDD",
        ),
    ):
        register(
            name,
            f"auditor.affinity.{target}",
            summary=summary,
            measures=measures,
            reference=reference,
        )
    register(
        "chemical-correlation",
        "auditor.affinity.chemical.estimator:estimate",
        summary="signed correlation over similar compounds; needs no shared compound and no training",
        needs_overlap=False,
        measures="",
        reference="Haseman & Elston 1972, Behav. Genet. 2:3; Golan, Lander & Rosset 2014, PNAS 111:E5272",
    )


@hookimpl
def register_analyses(register: RegisterAnalyses) -> None:
    """Register the analyses: of the data first, then of affinity."""
    for name, module, default, summary in (
        (
            "data-quality",
            "data_quality.analysis",
            True,
            "repeats, conflicts, rejects, constant tasks, undefined stereo",
        ),
        (
            "duplicate-tasks",
            "duplicate_tasks.analysis",
            True,
            "tasks with the same labels, and read-outs of one assay",
        ),
        (
            "label-correlation",
            "label_correlation",
            True,
            "E per pair, with its interval; φ / φ max, tetrachoric or rank correlation",
        ),
        ("power", "power", True, "the smallest correlation that each pair's shared compounds can show"),
        (
            "measurement-plan",
            "measurement_plan.analysis",
            False,
            "the fewest new measurements that make pairs reliable (--plan FILE)",
        ),
        ("shift", "shift.analysis", False, "whether tasks with few shared compounds lie in one chemistry"),
        (
            "identity-levels",
            "identity_levels",
            False,
            "the overlap at every identity level (--identity all)",
        ),
    ):
        register(name, f"auditor.analyses.{module}:analyse", summary=summary, stage="data", default=default)
    register(
        "agreement",
        "auditor.analyses.agreement.analysis:analyse",
        summary="do gradients say what the labels say: r, ρ, Mantel p, interval",
        reference=f"{PAPER}, equation 8",
    )
    for name, module, default, summary, reference in (
        (
            "baselines",
            "baselines",
            True,
            "what predictors without a gradient reach: overlap, prevalence, support",
            "",
        ),
        (
            "clusters",
            "clusters.analysis",
            True,
            "do clusters of tasks match their annotation, against chance",
            f"{PAPER}, C.2",
        ),
        (
            "domains",
            "domains.analysis",
            True,
            "affinity within and across domains, for panels that join sources",
            "",
        ),
        (
            "dynamics",
            "dynamics.analysis",
            True,
            "from which epoch on the affinity no longer changes",
            f"{PAPER}, C.4",
        ),
        (
            "architectures",
            "architectures.analysis",
            False,
            "affinity across encoders, noise taken out",
            f"{PAPER}, C.5",
        ),
        (
            "threshold",
            "threshold.analysis",
            False,
            "overlap degraded on purpose: where each estimator fails",
            f"{PAPER}, C.3",
        ),
        (
            "sparse-settings",
            "sparse_settings.analysis",
            False,
            "what helps at 5 to 20 % overlap, measured",
            f"{PAPER}, appendix D",
        ),
    ):
        register(
            name,
            f"auditor.analyses.{module}:analyse",
            summary=summary,
            default=default,
            reference=reference,
        )
    register(
        "controls",
        "auditor.analyses.controls.analysis:analyse",
        summary="what every estimator says of flipped, shuffled and disjoint twins of the tasks",
    )
    register(
        "benefit",
        "auditor.analyses.benefit.analysis:analyse",
        summary="what training tasks together wins on test compounds, and which affinity foretold it",
        default=False,
        reference=f"{PAPER}, F.1 and G.3",
    )
    register(
        "grouping",
        "auditor.analyses.grouping:analyse",
        summary="which tasks to train together, beside random groups of the same sizes",
        default=False,
        after=("benefit",),
        reference=f"{PAPER}, F.2",
    )
    register(
        "gain-prediction",
        "auditor.analyses.gain_prediction:analyse",
        summary="can a group's gain be told before training it, and which to train next",
        default=False,
        after=("benefit",),
        reference="Ayman et al. 2026, arXiv 2602.18591",
    )
    register(
        "recommendation",
        "auditor.analyses.recommendation.analysis:analyse",
        summary="which tasks to train together: some groups trained, the others predicted",
        default=False,
        reference="Standley et al. 2020, ICML 119:9120",
    )
    register(
        "synthetic-truth",
        "auditor.analyses.truth:analyse",
        summary="recovery of the designed correlation of a generated benchmark",
        reference=f"{PAPER}, G.2",
    )


@hookimpl
def register_exporters(register: RegisterExporters) -> None:
    """Register the output formats."""
    for name, module, suffix, media_type, summary in (
        ("terminal", "text.terminal", ".txt", "text/plain", "tables and heat maps for a terminal"),
        ("html", "html.page", ".html", "text/html", "one self-contained page"),
        ("markdown", "text.markdown", ".md", "text/markdown", "for a pull request or a wiki"),
        ("csv", "csv", ".csv", "text/csv", "the matrices, one row per pair"),
        ("json", "json", ".json", "application/json", "the document that all others are made from"),
    ):
        register(
            name,
            f"auditor.report.{module}:export",
            summary=summary,
            suffix=suffix,
            media_type=media_type,
        )
