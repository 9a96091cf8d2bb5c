"""Every encoder on Tox21: what r(G, E) it gives, what a step costs, and how far the encoders agree.

``python -m benchmarks encoders`` with ``MTL_AUDIT_MIRROR`` set; an encoder that is not installed is named
and left out. The vectors of ``embeddings`` are computed here: counts of Morgan fingerprints of radius 2,
log(1 + count), on their 128 largest principal components. They stand for those of any other model, and
say nothing of foundation models.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.agreement.analysis import analyse as agreement
from auditor.analyses.architectures.encoders import Replicates, compare, replicates_of
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.errors import MissingExtra
from auditor.pipeline import open_analysis, open_audit
from auditor.plugin.loading import load_registry
from auditor.statistics.resampling import told
from benchmarks.support import MIRROR, table

if TYPE_CHECKING:
    from auditor.analyses.agreement.evidence import Evidence
    from auditor.audit.context import AuditContext
    from auditor.training.trace import Trace

EPOCHS, SIZE = 3, 128
COLUMNS = (
    "encoder", "shared parameters", "r(G, E), 95 % over tasks", "Mantel p", "reliability",
    "ms of processor time per step", "lowest validation loss",
)  # fmt: skip
NAMES = ("gcn", "gat", "cnn", "ecfp", "embeddings", "transformer", "chemprop")


@dataclass(frozen=True)
class Measured:
    """What one encoder gave: its training, its agreement with E, and seconds of processor time."""

    trace: Trace
    evidence: Evidence
    reliability: float
    seconds: float


def main() -> None:
    """Print what each encoder measures and costs, and the agreement of every two."""
    found: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        context = _context(Path(folder))
        print(f"Tox21, {context.benchmark.n:,} compounds, {EPOCHS} epochs, one seed, one thread.\n")
        table(COLUMNS, _rows(context, Path(folder), found))
        _print_pairs(context, found)


def _rows(context: AuditContext, folder: Path, found: dict[str, Measured]) -> Iterator[tuple[str, ...]]:
    """Yield the row of each encoder as soon as it is measured, and keep what was found."""
    options = {"embeddings": {"file": str(_vectors(context, folder))}}
    for name in NAMES:
        try:
            found[name] = _measure(context, name, options.get(name, {}))
        except MissingExtra as error:
            print(f"{error.message}; {error.hint}", file=sys.stderr)
            continue
        yield name, *_cells(found[name])


def _context(cache: Path) -> AuditContext:
    data = DataRequest(
        "tox21", load_registry(), cache, mirror=str(MIRROR), only=("agreement",), reader="own"
    )
    request = AnalysisRequest(data, overrides={"epochs": EPOCHS}, device="cpu")
    return open_analysis(open_audit(data), request)


def _vectors(context: AuditContext, folder: Path) -> Path:
    """Write the vectors of all compounds; return the file."""
    from rdkit import Chem
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    generator = GetMorganGenerator(radius=2, fpSize=2048)
    mols = [Chem.MolFromSmiles(text) for text in context.benchmark.smiles]
    counts = np.log1p([generator.GetCountFingerprintAsNumPy(mol) for mol in mols])
    centred = counts - counts.mean(axis=0)
    directions = np.linalg.eigh(centred.T @ centred)[1][:, -SIZE:]
    path = folder / "vectors.npz"
    smiles = np.array([Chem.MolToSmiles(mol) for mol in mols])
    np.savez(path, smiles=smiles, vectors=centred @ directions)
    return path


def _measure(context: AuditContext, name: str, options: dict[str, str]) -> Measured:
    varied = context.vary(encoder=name, encoder_options=options)
    assert varied.trainings is not None
    _ = varied.trainings.content  # reads files, which is no part of a training
    begun = time.process_time()
    trace = varied.traces()[0]
    seconds = time.process_time() - begun
    varied.affinities["gradient-cosine"] = varied.estimate("gradient-cosine")
    found = agreement(varied).result["gradient-cosine"]
    return Measured(trace, found, varied.affinities["gradient-cosine"].reliability, seconds)


def _cells(one: Measured) -> tuple[str, ...]:
    said = one.evidence
    return (
        f"{one.trace.parameters:,}",
        told(said.pearson, said.low, said.high),
        f"{said.mantel_p:.4f}",
        f"{one.reliability:.2f}",
        f"{1000 * one.seconds / one.trace.total_steps:.0f}",
        f"{min(one.trace.validation_loss):.3f}",
    )


def _print_pairs(context: AuditContext, found: dict[str, Measured]) -> None:
    print(f"\nr of two encoders' affinities over {int(np.triu(context.usable, 1).sum())} pairs\n")
    affinities: dict[str, Replicates] = {
        name: replicates_of([one.trace], context.window) for name, one in found.items()
    }
    compared = compare(affinities, context.usable, seed=0)
    rows = [
        (
            *pair.encoders,
            told(pair.r.value, pair.r.low, pair.r.high),
            told(pair.without_noise.value, pair.without_noise.low, pair.without_noise.high),
        )
        for pair in compared.pairs
    ]
    table(("encoder", "encoder", "r, 95 % over tasks", "r without noise"), rows)
