"""The core's own components, registered through the same hooks as anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.builtin_analyses import ANALYSES, PAPER
from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import (
        RegisterAffinities,
        RegisterAnalyses,
        RegisterExporters,
        RegisterIdentities,
    )


@hookimpl
def register_identities(register: RegisterIdentities) -> None:
    """Register the six identity levels, finest first."""
    for name, attribute, summary in (
        ("as-written", "as_written", "the published text"),
        ("canonical", "canonical", "RDKit canonical SMILES, salts and charges kept"),
        ("parent", "parent", "canonical SMILES of the parent: no counter-ions, solvents and charges"),
        ("parent-inchikey", "parent_inchikey", "standard InChIKey of the parent (the default)"),
        ("skeleton", "skeleton", "first block of the parent's InChIKey: no stereo, no isotopes"),
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
        needs_molecules=True,
        reference="Haseman & Elston 1972, Behav. Genet. 2:3; Golan, Lander & Rosset 2014, PNAS 111:E5272",
    )


@hookimpl
def register_analyses(register: RegisterAnalyses) -> None:
    """Register the analyses: of the data first, then of affinity."""
    for one in ANALYSES:
        register(
            one.name,
            f"auditor.analyses.{one.module}:analyse",
            summary=one.summary,
            stage=one.stage,
            default=one.default,
            after=one.after,
            reference=one.reference,
            needs_molecules=one.needs_molecules,
            trains=one.trains,
        )


@hookimpl
def register_exporters(register: RegisterExporters) -> None:
    """Register the output formats."""
    for name, module, suffix, media_type, summary in (
        ("terminal", "text.terminal", ".txt", "text/plain", "tables and heat maps for a terminal"),
        ("html", "html.page", ".html", "text/html", "one self-contained page"),
        ("markdown", "text.markdown", ".md", "text/markdown", "for a pull request or a wiki"),
        ("csv", "csv", ".csv", "text/csv", "the matrices, one row per pair"),
        ("sarif", "sarif", ".sarif", "application/sarif+json", "what is wrong, for code hosts"),
        ("json", "json", ".json", "application/json", "the document that all others are made from"),
    ):
        register(
            name,
            f"auditor.report.{module}:export",
            summary=summary,
            suffix=suffix,
            media_type=media_type,
        )
