"""The figures of the published benchmarks by 0.1.0 and by this version, and those that are not the same.

``python -m benchmarks published_figures`` audits every registered dataset and every published table that
the mirror holds, and prints them beside `benchmarks/published_figures.json`, which holds those of 0.1.0.
That file is made by ``python -m benchmarks.published_figures --write FOLDER``, with a folder where
``pip install --target FOLDER`` has put that version.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.support import MIRROR, has_mirror, table

KEPT = Path(__file__).with_suffix(".json")
GENERATED = ("synthetic",)
SMILES = {
    "moleculenet/bace.csv": "mol",
    "openadmet/expansion_data_train.csv": "SMILES",
}
"""Column with the SMILES, where the reader does not find it alone."""
TABLES = ("moleculenet/*.csv", "moleculenet/*.csv.gz", "tdc/*.tab", "openadmet/*.csv", "kinase/*.csv.gz")
Figures = dict[str, Any]
COLUMNS = ("tasks", "compounds", "typical Jaccard", "pairs over the threshold")


def main() -> None:
    """Print the figures that both versions give, or those of 0.1.0, an arrow and those of this version."""
    if not has_mirror():
        return
    before = json.loads(KEPT.read_text())
    with tempfile.TemporaryDirectory() as cache:
        now = dict(figures(Path(cache)))
    rows = [
        (name, *cells(before.get(name, {}), found))
        for name, found in now.items()
        if held(before.get(name, found))
    ]
    table(("dataset or file", *COLUMNS), rows)


def figures(cache: Path, root: Path | None = None) -> Iterator[tuple[str, Figures]]:
    """Yield every name with its figures, by this version or by the one that a folder holds."""
    for name in names(cache, root):
        yield name, audited(name, cache, root)


def names(cache: Path, root: Path | None) -> list[str]:
    """Return the registered datasets, then the published tables by their place in the mirror."""
    listed = _run(["list", "datasets"], cache, root).stdout.splitlines()
    datasets = [line.split()[0] for line in listed if line.strip()]
    files = [str(path.relative_to(MIRROR)) for pattern in TABLES for path in sorted(MIRROR.glob(pattern))]
    return [*(name for name in datasets if name not in GENERATED), *files]


def audited(name: str, cache: Path, root: Path | None = None) -> Figures:
    """Return the figures of one audit, or the one line that refuses it."""
    arguments = ["overlap", str(MIRROR / name) if "/" in name else name, "--format", "json", "--offline"]
    if name in SMILES:
        arguments += ["--smiles-column", SMILES[name]]
    done = _run(arguments, cache, root)
    if done.returncode:
        message = json.loads(done.stderr.strip().splitlines()[-1])["error"]["message"]
        return {"refused": message.replace(f"{MIRROR}/", "").replace(f" {MIRROR}", "")}
    return figures_of(json.loads(done.stdout)["data"])


def figures_of(data: dict[str, Any]) -> Figures:
    """Return the figures of the data of a document."""
    t, jaccard = data["benchmark"]["tasks"], data["overlap"]["jaccard"]
    pairs = sorted(jaccard[i][j] for i in range(t) for j in range(i + 1, t) if jaccard[i][j] is not None)
    middle = (pairs[(len(pairs) - 1) // 2] + pairs[len(pairs) // 2]) / 2 if pairs else None
    return {
        "tasks": t,
        "compounds": data["benchmark"]["compounds"],
        "typical Jaccard": None if middle is None else round(middle, 3),
        "pairs over the threshold": data["verdict"]["counts"]["reliable"],
        "pairs": data["verdict"]["pairs"],
    }


def held(found: Figures) -> bool:
    """Return whether the mirror holds the files of a dataset."""
    return "--offline was given" not in found.get("refused", "")


def cells(before: Figures, now: Figures) -> Iterator[str]:
    """Yield a cell a figure: one number where both versions agree, else both."""
    for column in COLUMNS:
        old, new = (_text(found, column) for found in (before, now))
        yield new if old == new else f"{old} → {new}"


def _text(found: Figures, column: str) -> str:
    if "refused" in found:
        return "refused"
    value = found.get(column)
    of = f" of {found['pairs']:,}" if column == "pairs over the threshold" and found else ""
    return "–" if value is None else f"{value:,}{of}"


def _run(arguments: list[str], cache: Path, root: Path | None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, by the version that a folder holds or by this one."""
    environment = {
        **os.environ,
        "MTL_AUDIT_CACHE_DIR": str(cache),
        "MTL_AUDIT_MIRROR": str(MIRROR),
        "OMP_NUM_THREADS": "1",
        **({"PYTHONPATH": str(root)} if root else {}),
    }
    command = [sys.executable, "-m", "auditor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        kept = dict(figures(Path(folder), Path(sys.argv[sys.argv.index("--write") + 1]).absolute()))
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
