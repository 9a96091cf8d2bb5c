"""Overlap: all pairs of ToxCast against Python sets, a million compounds, identity, a second audit."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from auditor.benchmark import Labels
from auditor.overlap import MEASURES, overlap_of
from auditor.registry import load_registry
from auditor.request import DataRequest
from benchmarks.support import MIRROR, has_mirror, in_process, median_s, table

PAIRS_OF_SETS = 4_000


def main() -> None:
    """Print the tables."""
    generated()
    if has_mirror():
        with tempfile.TemporaryDirectory() as cache:
            toxcast(Path(cache))
            identity(Path(cache))
            second_audit(Path(cache))


def generated() -> None:
    """A thousand tasks at 1 % density; target: a million compounds below 15 s and 3 GB."""
    rows = []
    for compounds in (250_000, 500_000, 1_000_000):
        (seconds, labels), peak = in_process(count_generated, compounds, 1_000, 0.01)
        rows.append(
            (
                f"{compounds:,}",
                f"{labels:,}",
                f"{seconds:.2f}",
                f"{1e9 * seconds / labels:.0f}",
                f"{peak:.2f}",
            )
        )
    table(("compounds", "labels", "s, all pairs of 1,000 tasks", "ns per label", "peak GB"), rows)
    print()


def count_generated(compounds: int, tasks: int, density: float) -> tuple[float, int]:
    """Return the seconds that all pairwise counts of a generated table take, and its labels."""
    labels = generate(compounds, tasks, density)
    started = time.perf_counter()
    overlap_of(labels, tuple(map(str, range(tasks))))
    return time.perf_counter() - started, len(labels.rows)


def generate(compounds: int, tasks: int, density: float) -> Labels:
    """Return random labels: each task has ``density * compounds`` of the compounds."""
    rng = np.random.default_rng(0)
    each = round(compounds * density)
    rows = [np.sort(rng.choice(compounds, each, replace=False)) for _ in range(tasks)]
    starts = np.arange(tasks + 1, dtype=np.int64) * each
    return Labels(compounds, starts, np.concatenate(rows), np.zeros(tasks * each))


def toxcast(cache: Path) -> None:
    """All measures of 190,036 pairs; target: below 1 s, and 100 times faster than pairwise sets."""
    from auditor.reading import read_benchmark

    joined = read_benchmark(request("toxcast", cache))
    measured, names = joined.measured, joined.benchmark.task_names

    def ours() -> None:
        found = overlap_of(measured, names)
        for name in MEASURES:
            found.measure(name)

    seconds = median_s(ours)
    sets = [set(measured.column(task)[0].tolist()) for task in range(measured.t)]
    pairs = list(itertools.combinations(range(measured.t), 2))
    chosen = [pairs[i] for i in np.random.default_rng(0).choice(len(pairs), PAIRS_OF_SETS, replace=False)]
    plain = median_s(lambda: [len(sets[i] & sets[j]) for i, j in chosen]) * len(pairs) / PAIRS_OF_SETS
    table(
        ("ToxCast, 617 tasks", "s"),
        [
            (f"all measures, {len(pairs):,} pairs", f"{seconds:.3f}"),
            (f"intersections of Python sets ({PAIRS_OF_SETS:,} pairs, scaled)", f"{plain:.1f}"),
            ("ratio", f"{plain / seconds:.0f}"),
        ],
    )
    print()


def identity(cache: Path) -> None:
    """Naming molecules against the RDKit calls alone, in one process; target: at most 1.2 times."""
    from rdkit import Chem, rdBase

    from auditor.compounds import inchikey
    from auditor.identity import name_all
    from auditor.reading import read_benchmark

    texts = read_benchmark(request("tox21", cache)).benchmark.smiles[:1_500]
    level = load_registry().get("identity", "inchikey")

    def bare() -> None:
        with rdBase.BlockLogs():
            for text in texts:
                inchikey(text, Chem.MolFromSmiles(text))

    ratios = []
    for _ in range(5):
        alone, ours = median_s(bare, repeats=1), median_s(lambda: name_all(texts, level), repeats=1)
        ratios.append((ours / alone, ours))
    ratio, seconds = sorted(ratios)[2]
    rows = [
        ("InChIKey, ms per molecule", f"{1e3 * seconds / len(texts):.2f}"),
        ("ratio to RDKit alone", f"{ratio:.2f}"),
    ]
    table(("identity, 1,500 molecules of Tox21", ""), rows)
    print()


def second_audit(cache: Path) -> None:
    """A whole second run of the command; target: below 2 s."""
    command = [sys.executable, "-m", "auditor", "-q", "overlap"]
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(cache), "MTL_AUDIT_MIRROR": str(MIRROR)}
    rows = []
    for name in ("tox21", "tdc-admet"):
        arguments = [*command, name, "--format", "json"]
        seconds = median_s(
            lambda: subprocess.run(arguments, env=env, check=True, stdout=subprocess.DEVNULL),  # noqa: B023
            repeats=3,
        )
        rows.append((name, f"{seconds:.2f}"))
    table(("second audit, whole command", "s"), rows)


def request(name: str, cache: Path) -> DataRequest:
    """Return a request for a published benchmark."""
    return DataRequest(name, load_registry(), cache, mirror=str(MIRROR))
