"""The JSON document of an audit: the product, of which every report is a rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.audit.account import read_of
from auditor.audit.answer.card import answers_of
from auditor.audit.figures import figures_of
from auditor.audit.making import audit_meta, meta
from auditor.audit.withheld import without_structures
from auditor.benchmark.fingerprint import label_digests
from auditor.document.blocks import to_json
from auditor.document.examples import words_for
from auditor.document.jsonable import plain_data
from auditor.gate.facts import overlap_facts, verdict
from auditor.privacy import discreet
from auditor.source.files import published

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.results import Finding
    from auditor.benchmark.joining import Joined
    from auditor.plugin.registry import Registry

SCHEMA_VERSION = 1
MAX_REJECTS = 200
"""Rejected SMILES that the document lists; their number is always told."""


def document_of(
    kind: str, about: Mapping[str, Any], data: Mapping[str, Any], read: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a document: what every kind of it has, and nothing that JSON cannot hold.

    Parameters
    ----------
    kind
        ``overlap``, ``analysis``, ``recommendation``, ``forecast``, ``leakage`` or ``comparison``.
    about
        What it tells of its own making.
    data
        What was found: ``benchmark``, ``verdict`` and ``findings`` at least.
    read
        What was read, where the document is of one benchmark.
    """
    told = {} if read is None else {"read": read}
    document: dict[str, Any] = plain_data(
        {"schema_version": SCHEMA_VERSION, "kind": kind, "meta": about, "data": data, **told}
    )
    return document


def document_for(context: AuditContext, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of the audit of one benchmark, without structures if the user wants none."""
    document = document_of(kind, audit_meta(context), data, read_of(context.joined))
    if not context.request.structures:
        document = without_structures(document, context.joined)
    return _worded(document)


def overlap_document(context: AuditContext) -> dict[str, Any]:
    """Return the document of an overlap audit."""
    return _answering(document_for(context, "overlap", _overlap(context)))


def analysis_document(context: AuditContext) -> dict[str, Any]:
    """Return the document of a full audit, which holds the overlap audit it began with."""
    data = {**_overlap(context), **_affinities(context)}
    data["figures"] = figures_of(data)
    return _answering(document_for(context, "analysis", data))


def _answering(document: dict[str, Any]) -> dict[str, Any]:
    document["data"]["answers"] = answers_of(document["data"])
    return _worded(document)


def _worded(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document in the words of what its examples are: compounds, or others."""
    return {**document, "data": words_for(document)(document["data"])}


def recommendation_document(context: AuditContext, found: Finding) -> dict[str, Any]:
    """Return the document of a recommendation, or of what one would train, and of what else was found."""
    return _of_one_finding("recommendation", context, found)


def forecast_document(context: AuditContext, found: Finding) -> dict[str, Any]:
    """Return the document of what an analysis would train."""
    return _of_one_finding("forecast", context, found)


def _of_one_finding(kind: str, context: AuditContext, found: Finding) -> dict[str, Any]:
    benchmark = context.benchmark
    data = {
        "benchmark": {
            "name": benchmark.name,
            "compounds": benchmark.n,
            "tasks": benchmark.t,
            "notes": discreet(benchmark.notes),
            "stamps": discreet(benchmark.stamps),
            **published_facts(benchmark.provenance),
        },
        "overlap_verdict": verdict(context.gate, context.overlap),
        "verdict": {"status": found.verdict, "sentence": discreet(found.sentence)},
        "findings": [finding_facts(one) for one in (found, *context.findings.values())],
    }
    return document_for(context, kind, data)


def _overlap(context: AuditContext) -> dict[str, Any]:
    joined, overlap, gate, empirical = context.joined, context.overlap, context.gate, context.empirical
    return {
        "benchmark": _benchmark(joined),
        "verdict": verdict(gate, overlap),
        "tasks": _tasks(joined),
        "overlap": overlap_facts(overlap, gate, empirical),
        "label_correlation": {
            "correlation": empirical.values,
            "low": empirical.intervals.low,
            "high": empirical.intervals.high,
            "p": empirical.intervals.p,
        },
        "rejects": [
            {"smiles": smiles, "reason": reason, "rows": rows}
            for smiles, reason, rows in joined.rejects[:MAX_REJECTS]
        ],
        "rejected_smiles": len(joined.rejects),
        "findings": [finding_facts(found) for found in context.findings.values()],
    }


def _affinities(context: AuditContext) -> dict[str, Any]:
    affinities = context.affinities
    return {
        "affinity": {name: found.values for name, found in affinities.items()},
        "affinity_standard_error": {n: found.standard_error for n, found in affinities.items()},
        "affinity_count": {name: found.count for name, found in affinities.items()},
        "affinity_about": {
            name: {
                "orientation": found.orientation,
                "value_range": list(found.value_range),
                "signed": found.signed,
                "meaning": found.meaning,
                **discreet(found.about),
            }
            for name, found in affinities.items()
        },
        "training": discreet(context.training_facts()),
        "gate_ignored": bool(context.ignore_gate and context.gate.status == "fail"),
    }


def _tasks(joined: Joined) -> list[dict[str, Any]]:
    labels, digests = joined.benchmark.labels, label_digests(joined.benchmark)
    out = []
    for place, (task, counts) in enumerate(zip(joined.benchmark.tasks, joined.counts, strict=True)):
        values = labels.column(place)[1]
        facts: dict[str, Any] = {
            "name": task.name,
            "kind": task.kind,
            "unit": task.unit,
            "description": task.description,
            **asdict(counts),
            "mean": float(values.mean()),
            "sd": float(values.std()),
            "constant": bool(np.ptp(values) == 0),
            "labels_sha256": digests[place],
        }
        out.append(facts)
    return out


def _benchmark(joined: Joined) -> dict[str, Any]:
    benchmark = joined.benchmark
    return {
        "name": benchmark.name,
        "identity": benchmark.identity,
        "compounds": benchmark.n,
        "tasks": benchmark.t,
        "labels": int(benchmark.labels.sizes.sum()),
        "density": float(benchmark.labels.sizes.sum() / (benchmark.n * benchmark.t)),
        "notes": discreet(benchmark.notes),
        "stamps": discreet(benchmark.stamps),
        **published_facts(benchmark.provenance),
    }


def published_facts(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a source tells of its data, without what another reading of it would tell otherwise."""
    return {key: value for key, value in provenance.items() if key not in ("counts", "read_at")}


def finding_facts(found: Finding) -> dict[str, Any]:
    """Return a finding as a document holds it, without what no document tells."""
    return {
        "name": found.name,
        "status": found.status,
        "sentence": discreet(found.sentence),
        "data": discreet(found.data),
        "citation": found.citation,
        "blocks": discreet([to_json(block) for block in found.blocks]),
    }


def leakage_document(
    found: Finding,
    registry: Registry,
    command: str,
    files: Sequence[Path],
    *,
    judged_by: str,
    leaked: bool,
) -> dict[str, Any]:
    """Return the document of a comparison of a training and a test file.

    Parameters
    ----------
    judged_by, leaked
        An identity level, and whether training has seen a test compound at it.
    """
    data = {
        "benchmark": {
            "name": " and ".join(path.name for path in files),
            "notes": [],
            "stamps": [],
            "files": [published(path) for path in files],
        },
        "verdict": {"status": "fail" if leaked else "pass", "sentence": discreet(found.sentence)},
        "findings": [finding_facts(found)],
    }
    return document_of("leakage", meta(registry, command, judged_by), data)
