"""`chemical-correlation` on published labels: disjoint compounds against E, time and memory."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from auditor import console
from auditor.affinity.chemical.jackknife import scaffold_groups
from auditor.affinity.chemical.products import Columns
from auditor.affinity.chemical.relation import OWN_Z, Relation, columns_of, relate, values_of
from auditor.affinity.chemical.similarity import Compounds, fit_ridge, in_use
from auditor.benchmark.labels import Labels, from_columns
from auditor.chemistry.fingerprints import morgan_bits
from auditor.chemistry.levels import parse, scaffold
from auditor.overlap.label_correlation import empirical_correlation
from benchmarks.support import MIRROR, has_mirror, in_process, table

KERNELS = ("ridge", "tanimoto")
SPLITS = 3
QM9 = ("mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0", "u298", "h298", "g298", "cv")
FILES = {
    "tox21": "tox21.csv.gz",
    "sider": "sider.csv.gz",
    "toxcast": "toxcast_data.csv.gz",
    "qm9": "qm9_subset14862.csv",
}


@dataclass(frozen=True)
class Panel:
    """Fingerprints, scaffolds, and a table of labels (n, t), NaN = not measured."""

    packed: NDArray[np.uint8]
    scaffolds: NDArray[np.str_]
    labels: NDArray[np.float64]

    def part(self, compounds: NDArray[np.int64], labels: NDArray[np.float64]) -> Panel:
        """Return some compounds with other labels."""
        return Panel(self.packed[compounds], self.scaffolds[compounds], labels)


def main() -> None:
    """Print what the estimate is worth on published labels, and what it costs."""
    console.settings.level = -1
    if has_mirror():
        published()
        cost()


def published() -> None:
    """Compare estimates from disjoint halves of the compounds with E of the full table."""
    print(
        "Every pair on disjoint compounds, compared with E of the whole published table over the pairs "
        f"estimated. Means of {SPLITS} splits. A task's relation with itself across the halves is 1.\n"
    )
    rows = []
    for name, most in (("tox21", 4_000), ("tox21", 7_831), ("sider", 1_427), ("qm9", 4_000)):
        panel, full = published_panel(name, most)
        for kernel in KERNELS:
            for split in ("random", "scaffold"):
                runs = [_halves(panel, full, kernel, split, seed) for seed in range(SPLITS)]
                rows.append((name, f"{len(panel.labels):,}", kernel, split, *means(runs)))
    columns = (
        "table", "compounds", "kernel", "halves", "pairs estimated", "r with E", "95 % interval ± (median)",
        "task with itself", "seconds",
    )  # fmt: skip
    table(columns, rows)


def _halves(panel: Panel, full: NDArray[np.float64], kernel: str, split: str, seed: int) -> list[float]:
    t = panel.labels.shape[1]
    rng = np.random.default_rng(seed)
    series, number = np.unique(panel.scaffolds, return_inverse=True)
    first = rng.random(len(number)) < 0.5
    if split == "scaffold":
        first = (rng.random(len(series)) < 0.5)[number]
    sides = [np.where(side[:, None], panel.labels, np.nan) for side in (first, ~first)]
    started = time.perf_counter()
    found = related(replace(panel, labels=np.hstack(sides)), kernel, seed=seed)
    spent = time.perf_counter() - started
    value, low, high = (matrix[:t, t:] for matrix in (found.correlation, found.low, found.high))
    pairs = ~np.eye(t, dtype=bool)
    known = pairs & np.isfinite(value)
    r = float(np.corrcoef(value[known], full[known])[0, 1])
    width = float(np.median(high[known] - low[known]) / 2)
    return [known.sum() / pairs.sum(), r, width, float(np.nanmean(np.diag(value))), spent]


def cost() -> None:
    """Measure time and peak memory, and what 100,000 compounds would need."""
    print("\nTime and peak memory; fingerprints are made before\n")
    rows: list[tuple[object, ...]] = []
    for kernel in KERNELS:
        spent = {}
        for n in (4_000, 8_000, 16_000):
            (spent[n], _), peak = in_process(_time_random, kernel, n)
            rows.append((kernel, f"{n:,}", 12, f"{spent[n]:.1f} s", f"{peak:.2f} GB"))
        grown_s = spent[16_000] * (100_000 / 16_000) ** 2
        rows.append((kernel, "100,000", 12, f"{grown_s / 60:.0f} min by n²", "not run"))
    (spent_s, refused), peak = in_process(_time_toxcast)
    rows.append(("ridge", "8,595 (ToxCast)", 617, f"{spent_s:.1f} s; {refused} refused", f"{peak:.2f} GB"))
    table(("kernel", "compounds", "tasks", "time", "peak memory"), rows)


def _time_random(kernel: str, n: int) -> tuple[float, int]:
    """Time random labels of 12 tasks on random bits as dense as those of drug-like molecules."""
    rng = np.random.default_rng(0)
    packed = np.packbits(rng.random((n, 2_048)) < 0.02, axis=1, bitorder="little")
    groups = rng.integers(0, 30, n).astype(str)
    return _timed(Panel(packed, groups, rng.standard_normal((n, 12))), kernel)


def _time_toxcast() -> tuple[float, int]:
    return _timed(published_panel("toxcast", 8_615)[0], "ridge")


def _timed(panel: Panel, kernel: str) -> tuple[float, int]:
    console.settings.level = -1  # the process is a new one
    started = time.perf_counter()
    found = related(panel, kernel)
    return time.perf_counter() - started, int((~(found.own_z >= OWN_Z)).sum())


def related(panel: Panel, kernel: str, *, seed: int = 0) -> Relation:
    """Return the estimate for a panel."""
    return relate(*_arranged(panel, kernel, np.arange(len(panel.labels)), seed))


def apart(panel: Panel, kernel: str, *, seed: int = 0) -> NDArray[np.float64]:
    """Return the correlation without pairs of compounds of one scaffold (t, t)."""
    families = np.unique(panel.scaffolds, return_inverse=True)[1].astype(np.int64)
    return values_of(*_arranged(panel, kernel, families, seed))


def _arranged(
    panel: Panel, kernel: str, families: NDArray[np.int64], seed: int
) -> tuple[Compounds, Columns]:
    groups = scaffold_groups(list(panel.scaffolds), families, seed=seed)
    order = np.lexsort((families, groups))
    packed = panel.packed[order]
    ridge = fit_ridge(packed) if kernel == "ridge" else None
    return Compounds(packed, ridge=ridge), columns_of(labels_of(panel.labels), order, families, groups)


def labels_of(dense: NDArray[np.float64]) -> Labels:
    """Return sparse labels of a dense table (n, t)."""
    rows = [np.flatnonzero(np.isfinite(column)) for column in dense.T]
    return from_columns(len(dense), [(at, dense[at, task]) for task, at in enumerate(rows)])


def panel_of(smiles: Sequence[str], labels: NDArray[np.float64]) -> Panel:
    """Return molecules as a panel."""
    from rdkit import rdBase

    with rdBase.BlockLogs():
        scaffolds = np.array([scaffold(text, parse(text)) for text in smiles])
    return Panel(in_use(morgan_bits(smiles)), scaffolds, labels)


def published_panel(name: str, most: int) -> tuple[Panel, NDArray[np.float64]]:
    """Return a published table, cut to some compounds at random, and E of all of it."""
    data = (MIRROR / "moleculenet" / FILES[name]).read_bytes()
    text = (gzip.decompress(data) if FILES[name].endswith(".gz") else data).decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if readable(row["smiles"])]
    tasks = QM9 if name == "qm9" else [key for key in rows[0] if key not in ("smiles", "mol_id")]
    labels = np.array([[float(row[task] or "nan") for task in tasks] for row in rows])
    chosen = np.sort(np.random.default_rng(0).permutation(len(rows))[:most])
    panel = panel_of([rows[i]["smiles"] for i in chosen], labels[chosen])
    return panel, empirical_correlation(labels_of(labels)).values


def readable(text: str) -> bool:
    """Tell whether RDKit can read a molecule."""
    from rdkit import rdBase

    try:
        with rdBase.BlockLogs():
            parse(text)
    except ValueError:
        return False
    return True


def means(runs: Sequence[Sequence[float]], *, digits: int = 2) -> list[str]:
    """Return the means of what some runs measured, NaN left out."""
    found = np.nanmean(np.array(runs, dtype=float), axis=0)
    return [f"{mean:.{digits}f}" for mean in found]
