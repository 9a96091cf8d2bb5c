"""Overlap: all pairs of ToxCast against Python sets, a million compounds, identity, a second audit."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.audit.request import DataRequest
from auditor.benchmark.labels import Labels
from auditor.overlap.label_correlation import empirical_correlation
from auditor.overlap.overlap import MEASURES, overlap_of
from auditor.plugin.loading import load_registry
from benchmarks.support import MIRROR, has_mirror, in_process, median_s, medians, table

if TYPE_CHECKING:
    from auditor.benchmark.joining import Joined

PAIRS_OF_SETS = 4_000
MOLECULES = 2_900
WHOLE = ("-m", "auditor", "-q", "overlap", "--format", "markdown")
JUDGED = ("-c", "import sys; from benchmarks.overlap import judge; judge(sys.argv[1])")


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
    from auditor.audit.reading import read_benchmark

    joined = read_benchmark(request("toxcast", cache))
    measured, names = joined.measured, joined.benchmark.task_names
    sets = [set(measured.column(task)[0].tolist()) for task in range(measured.t)]
    pairs = list(itertools.combinations(range(measured.t), 2))
    chosen = [pairs[i] for i in np.random.default_rng(0).choice(len(pairs), PAIRS_OF_SETS, replace=False)]
    ours, plain = medians(lambda: all_measures(measured, names), lambda: measures_of_sets(sets, chosen))
    plain *= len(pairs) / len(chosen)
    whole = median_s(lambda: rejoined(joined, cache))
    sure = median_s(lambda: empirical_correlation(joined.benchmark.labels).intervals, repeats=3)
    table(
        (f"ToxCast, 617 tasks, {len(pairs):,} pairs, support and {len(MEASURES)} measures", "median s"),
        [
            ("from the joined labels", f"{ours:.3f}"),
            ("from the published rows: names from the cache, join, overlap", f"{whole:.2f}"),
            ("E with its interval and p", f"{sure:.2f}"),
            (f"Python sets, pair by pair ({len(chosen):,} pairs at random, scaled to all)", f"{plain:.1f}"),
            ("ratio of sets to ours", f"{plain / ours:.0f}"),
        ],
    )
    print()


def all_measures(measured: Labels, names: tuple[str, ...]) -> list[object]:
    """Return the support and every measure of all pairs."""
    found = overlap_of(measured, names)
    return [found.support, *(found.measure(name) for name in MEASURES)]


def measures_of_sets(sets: list[set[int]], pairs: list[tuple[int, int]]) -> list[tuple[float, ...]]:
    """Return the same for some pairs, as one would write it with Python's sets."""
    out = []
    for i, j in pairs:
        first, second = len(sets[i]), len(sets[j])
        shared = len(sets[i] & sets[j])
        out.append(
            (
                shared,
                shared / (first + second - shared),
                shared / min(first, second),
                2 * shared / (first + second),
                shared / math.sqrt(first * second),
            )
        )
    return out


def rejoined(joined: Joined, cache: Path) -> list[object]:
    """Name, join and measure published rows whose identities are cached."""
    from auditor.benchmark.joining import join
    from auditor.chemistry.naming import identify

    texts = [text for rows in joined.data.tables for text in rows.smiles]
    level = load_registry().get("identity", joined.benchmark.identity)
    again = join("again", joined.data, identify(texts, level, cache=cache), identity=level.name)
    return all_measures(again.measured, again.benchmark.task_names)


def identity(cache: Path) -> None:
    """Naming molecules against the RDKit calls alone, in one process; target: at most 1.2 times.

    Longer texts go to a worker process, whose start is no cost per molecule: they are left out.
    """
    from auditor.audit.reading import read_benchmark
    from auditor.chemistry.naming import HARMLESS, identify

    published = read_benchmark(request("tox21", cache)).benchmark.smiles
    texts = [text for text in published if len(text) <= HARMLESS][:MOLECULES]
    level = load_registry().get("identity", "parent-inchikey")

    def ours() -> None:
        with tempfile.TemporaryDirectory() as empty:
            identify(texts, level, cache=Path(empty), workers=1)

    found, alone = medians(ours, lambda: rdkit_alone(texts))
    rows = [
        ("parse, parent and InChIKey by RDKit", f"{1e3 * alone / len(texts):.3f}"),
        ("the same named, its errors caught, and stored on disk", f"{1e3 * found / len(texts):.3f}"),
        ("ratio", f"{found / alone:.2f}"),
    ]
    table((f"identity, {len(texts):,} molecules of Tox21, one process", "median ms per molecule"), rows)
    print()


def rdkit_alone(texts: Sequence[str]) -> list[str]:
    """Return the InChIKeys of the parents by nothing but the RDKit calls that it takes."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.MolStandardize import rdMolStandardize

    chooser, uncharger = rdMolStandardize.LargestFragmentChooser(), rdMolStandardize.Uncharger()
    keys = []
    with rdBase.BlockLogs():
        for text in texts:
            mol = Chem.MolFromSmiles(text)
            if len(Chem.GetMolFrags(mol)) > 1:
                mol = chooser.choose(mol)
            if any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
                mol = uncharger.uncharge(mol)
            keys.append(Chem.MolToInchiKey(mol))
    return keys


def second_audit(cache: Path) -> None:
    """The command again on the same data; target: it starts, with every pair judged, in below 2 s."""
    names = ("tox21", "tdc-admet", "toxcast")
    for name in names:
        run_command(name, cache, JUDGED)
    rows = [
        (
            name,
            f"{median_s(lambda: run_command(name, cache, JUDGED), repeats=3):.2f}",  # noqa: B023
            f"{median_s(lambda: run_command(name, cache, WHOLE), repeats=3):.2f}",  # noqa: B023
        )
        for name in names
    ]
    table(("second audit, a new process", "s until every pair is judged", "s to the whole report"), rows)


def run_command(name: str, cache: Path, arguments: Sequence[str]) -> None:
    """Run the command in a process of its own."""
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(cache), "MTL_AUDIT_MIRROR": str(MIRROR)}
    command = [sys.executable, *arguments, name]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def judge(name: str) -> None:
    """Audit as the command does, up to the verdict on every pair and the findings about the data."""
    from auditor.pipeline import open_audit

    open_audit(request(name, Path(os.environ["MTL_AUDIT_CACHE_DIR"])))


def request(name: str, cache: Path) -> DataRequest:
    """Return a request for a published benchmark."""
    return DataRequest(name, load_registry(), cache, mirror=str(MIRROR))
