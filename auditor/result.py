"""The JSON document of an audit: the product, of which every report is a rendering."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import __version__
from auditor.affinity import upper
from auditor.empirical import detectable_correlation
from auditor.gate import Pair
from auditor.hookspecs import API_VERSION
from auditor.moment import VARIABLE, now_text
from auditor.overlap import MEASURES
from auditor.privacy import discreet
from auditor.report.blocks import to_json
from auditor.store import sha256_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.context import AuditContext, Finding
    from auditor.gate import Gate
    from auditor.joining import Joined
    from auditor.overlap import Overlap
    from auditor.registry import Registry

SCHEMA_VERSION = 1
LIBRARIES = ("numpy", "scipy", "pandas", "rdkit", "torch", "torch-geometric", "deepchem", "PyTDC")
MAX_REJECTS = 200
"""Rejected SMILES that the document lists; their number is always told."""


def overlap_document(context: AuditContext) -> dict[str, Any]:
    """Return the document of an overlap audit."""
    joined, overlap, gate, empirical = context.joined, context.overlap, context.gate, context.empirical
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "overlap",
        "meta": audit_meta(context),
        "data": {
            "benchmark": _benchmark(joined),
            "verdict": verdict(gate, overlap),
            "tasks": _tasks(joined),
            "overlap": _overlap(overlap, gate),
            "label_correlation": {
                "correlation": empirical.values,
                "low": empirical.low,
                "high": empirical.high,
            },
            "rejects": [
                {"smiles": smiles, "reason": reason, "rows": rows}
                for smiles, reason, rows in joined.rejects[:MAX_REJECTS]
            ],
            "rejected_smiles": len(joined.rejects),
            "findings": [_finding(found) for found in context.findings.values()],
        },
    }


def analysis_document(context: AuditContext, training: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a full audit, which holds the overlap audit it began with."""
    overlap = overlap_document(context)
    affinities = context.affinities
    data = {
        **overlap["data"],
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
        "training": discreet(training),
        "gate_ignored": bool(context.ignore_gate and context.gate.status == "fail"),
    }
    return {**overlap, "kind": "analysis", "data": data}


def verdict(gate: Gate, overlap: Overlap) -> dict[str, Any]:
    """Return the gate's answer with the sentence that every report begins with."""
    limits = gate.thresholds
    pairs = sum(gate.counts.values())
    fraction = upper(overlap.measure(limits.measure))
    median = float(np.median(fraction)) if len(fraction) else float("nan")
    opening = {
        "pass": "The tasks share enough compounds for gradient affinity",
        "partial": "Only some tasks share enough compounds for gradient affinity",
        "fail": "These tasks share too few compounds for gradient affinity",
    }[gate.status]
    return {
        "status": gate.status,
        "sentence": (
            f"{opening}: {gate.counts[Pair.RELIABLE.text]} of {pairs} pairs reach "
            f"{limits.measure} {limits.reliable:.2f} (median {median:.3f})."
        ),
        "measure": limits.measure,
        "thresholds": asdict(limits),
        "pairs": pairs,
        "counts": gate.counts,
        "reliable_subset": [overlap.tasks[i] for i in gate.subset],
        "reliable_subset_compounds": gate.subset_compounds,
        "reliable_subset_exact": gate.subset_exact,
        "reliable_subset_bound": gate.subset_bound,
    }


def _overlap(overlap: Overlap, gate: Gate) -> dict[str, Any]:
    codes = {int(code): code.text for code in Pair}
    limits = (gate.thresholds.borderline, gate.thresholds.reliable)
    return {
        **{name: overlap.measure(name) for name in MEASURES},
        "support": overlap.support,
        "retention_equivalent": overlap.retention,
        "pair_verdict": [
            [None if i == j else codes[int(code)] for j, code in enumerate(row)]
            for i, row in enumerate(gate.pairs)
        ],
        "detectable_correlation": detectable_correlation(overlap.support),
        "summary": {
            **{name: _summary(overlap.measure(name), limits) for name in MEASURES},
            "retention_equivalent": _summary(overlap.retention, ()),
            "support": _summary(overlap.support.astype(float), ()),
        },
    }


def _summary(matrix: NDArray[np.float64], limits: tuple[float, ...]) -> dict[str, Any]:
    values = upper(matrix)
    if not len(values):
        return {"pairs": 0}
    return {
        "pairs": len(values),
        "median": float(np.median(values)),
        "mean": float(values.mean()),
        "min": float(values.min()),
        "max": float(values.max()),
        **{f"above_{limit:.2f}": int((values > limit).sum()) for limit in limits},
    }


def _tasks(joined: Joined) -> list[dict[str, Any]]:
    labels = joined.benchmark.labels
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


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "name": found.name,
        "status": found.status,
        "sentence": discreet(found.sentence),
        "data": discreet(found.data),
        "citation": found.citation,
        "blocks": discreet([to_json(block) for block in found.blocks]),
    }


def leakage_document(
    found: Finding, registry: Registry, command: str, files: Sequence[Path]
) -> dict[str, Any]:
    """Return the document of a comparison of a training and a test file."""
    whole = any(leak["leaked"] for leak in found.data["leaks"] if leak["level"] == found.data["judged_by"])
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "leakage",
        "meta": meta(registry, command, found.data["judged_by"]),
        "data": {
            "benchmark": {
                "name": " and ".join(path.name for path in files),
                "notes": [],
                "stamps": [],
                "files": [published(path) for path in files],
            },
            "verdict": {"status": "fail" if whole else "pass", "sentence": found.sentence},
            "findings": [_finding(found)],
        },
    }


def published(path: Path) -> dict[str, Any]:
    """Return what a report tells of a file that the user gave."""
    return {"name": path.name, "url": "", "sha256": sha256_file(path), "bytes": path.stat().st_size}


def audit_meta(context: AuditContext) -> dict[str, Any]:
    """Return what the document of an audit tells of its making, with when its source was read."""
    benchmark = context.benchmark
    told = meta(context.request.registry, context.request.command, benchmark.identity)
    read_at = benchmark.provenance.get("read_at")
    if read_at is not None:
        told["read_at"] = now_text() if VARIABLE in os.environ else read_at
    return told


def meta(registry: Registry, command: str, identity: str) -> dict[str, Any]:
    """Return what every document tells of its making."""
    return {
        "mtl_audit": __version__,
        "api_version": API_VERSION,
        "command": discreet(command),
        "started": now_text(),
        "python": platform.python_version(),
        "libraries": _versions(),
        "plugins": [str(plugin.owner) for plugin in registry.plugins],
        "plugin_problems": discreet([problem.line() for problem in registry.problems]),
        "identity_owner": str(registry.get("identity", identity).owner),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
