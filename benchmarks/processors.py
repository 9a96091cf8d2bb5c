"""How far the answer of another processor is from this one's: gradient cosines, and their r with E.

Tox21 (``MTL_AUDIT_MIRROR``, default ``../shared/data``), every third compound, small encoders, few epochs:
each training is made three times, as this processor does it, as one without vector instructions would
(emulated), and with two threads; the last column is how far seeds differ from one another.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.golden import MIRROR

ENCODERS = ("gcn", "gat", "cnn", "ecfp")
SEEDS = 3
EMULATED = {
    "ATEN_CPU_CAPABILITY": "default",
    "OPENBLAS_CORETYPE": "Nehalem",
    "MKL_CBWR": "COMPATIBLE",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
}
PLACES: Mapping[str, tuple[Mapping[str, str], int]] = {
    "here": ({}, 1),
    "another processor": (EMULATED, 1),
    "two threads": ({}, 2),
}
TRAINING = (
    "--encoder-option", "width=64", "--epochs", "4", "--log-every", "2", "--split", "random",
    "--affinity", "gradient-cosine", "--only", "agreement", "--offline", "--format", "json", "-q",
)  # fmt: skip


def main() -> None:
    """Print the table."""
    print("| encoder | where | a cosine differs by up to | r(G, E) by up to | r(G, E) over seeds |")
    print("|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "tox21-third.csv"
        rows = gzip.decompress((MIRROR / "moleculenet" / "tox21.csv.gz").read_bytes()).decode().splitlines()
        table.write_text("\n".join([rows[0], *rows[1::3]]) + "\n")
        for encoder in ENCODERS:
            _rows_of(encoder, table, Path(folder))


def _rows_of(encoder: str, table: Path, folder: Path) -> None:
    found = {
        place: [trained(encoder, seed, table, folder / place, place) for seed in range(SEEDS)]
        for place in PLACES
    }
    here = found.pop("here")
    spread = f"{min(r for _, r in here):.3f} to {max(r for _, r in here):.3f}"
    for place, there in found.items():
        cosines = max(float(np.nanmax(np.abs(a - b))) for (a, _), (b, _) in zip(here, there, strict=True))
        apart = max(abs(a - b) for (_, a), (_, b) in zip(here, there, strict=True))
        print(f"| {encoder} | {place} | {cosines:.4f} | {apart:.4f} | {spread} |", flush=True)


def trained(
    encoder: str, seed: int, table: Path, folder: Path, place: str
) -> tuple[NDArray[np.float64], float]:
    """Return the gradient cosines (t, t) of one training at a place, and their r with E."""
    environment, threads = PLACES[place]
    run = folder / f"{encoder}-{seed}"
    command = (
        sys.executable, "-m", "auditor", "analyze", str(table), "--encoder", encoder, *TRAINING,
        "--seed", str(seed), "--threads", str(threads), "--output", str(run),
    )  # fmt: skip
    env = {**os.environ, **environment, "MTL_AUDIT_CACHE_DIR": str(folder / "cache")}
    env["OMP_NUM_THREADS"] = env["MKL_NUM_THREADS"] = str(threads)
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    data = json.loads((run / "audit.json").read_text())["data"]
    cosines = np.array(data["affinity"]["gradient-cosine"], dtype=float)
    labels = np.array(data["label_correlation"]["correlation"], dtype=float)
    pairs = np.triu_indices(len(labels), 1)
    return cosines, float(np.corrcoef(cosines[pairs], labels[pairs])[0, 1])
