"""Make the reports of this folder again: `make reports`, with a mirror or a network.

Each entry is a folder and the command that fills it. The index is written from the documents, so that
no number in it is typed by hand. `python reports/build.py index` writes the index alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from index_page import index_page

HERE = Path(__file__).parent
MIRROR = Path(os.environ.get("MTL_AUDIT_MIRROR") or HERE.parent.parent / "shared" / "data").resolve()
KINASES = "kinase_panel19_derived.csv.gz"
OVERLAP = {
    "expansionrx": ("expansionrx", "--also", "transfer-gain"),
    "overlap/tdc-admet": ("tdc-admet", "--identity", "canonical"),
    "overlap/tdc-admet-inchikey": ("tdc-admet", "--identity", "all"),
    "overlap/tdc-21": ("tdc-21", "--identity", "canonical"),
    "overlap/moleculenet": ("moleculenet", "--identity", "canonical"),
    "overlap/moleculenet-inchikey": ("moleculenet", "--identity", "all"),
    "overlap/tox21": ("tox21", "--identity", "all"),
    "overlap/sider": ("sider",),
    "overlap/toxcast-17": ("toxcast-17",),
    "overlap/qm9-subset": ("qm9", "--dataset-option", "subset=true"),
    "overlap/tox21-adme": ("tox21-adme",),
    "overlap/kinase-19": (KINASES,),
}


def affinities(*names: str) -> tuple[str, ...]:
    """Return the options that ask for these estimators."""
    return tuple(part for name in names for part in ("--affinity", name))


SIGNED = affinities("gradient-cosine", "error-cosine", "chemical-correlation")
MEASURED = (
    *SIGNED,
    *affinities("tag-linear", "task2vec"),
    *("--also", "benefit", "--also", "grouping", "--also", "gain-prediction"),
    *("--analysis-option", "benefit.patience=10"),
)
SMALL_GCN = ("gcn", "--encoder-option", "layers=2", "--encoder-option", "width=128")
ANALYSES = {
    "tox21-gcn": ("tox21", "--encoder", "gcn"),
    "tox21-gat": ("tox21", "--encoder", "gat"),
    "tox21-cnn": ("tox21", "--encoder", "cnn"),
    "tox21-ecfp": ("tox21", "--encoder", "ecfp", *MEASURED),
    "tox21-gcn-small": (
        *("tox21", "--encoder", *SMALL_GCN, *MEASURED),
        *("--analysis-option", "benefit.batch_size=128"),
    ),
    "sider-gcn": ("sider", "--encoder", "gcn", *SIGNED),
    "toxcast-17-gcn": ("toxcast-17", "--encoder", "gcn", *SIGNED),
    "qm9-subset-gcn": ("qm9", "--dataset-option", "subset=true", "--encoder", "gcn", *SIGNED),
    "kinase-19": (KINASES, *affinities("chemical-correlation")),
    "tdc-admet": ("tdc-admet", *affinities("chemical-correlation")),
}
RENDERED = {"report.html": "html", "report.md": "markdown"}


def main(wanted: list[str]) -> None:
    """Make the reports named, or all, and the index."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "reports").symlink_to(HERE)
        (place / KINASES).symlink_to(MIRROR / "kinase" / KINASES)
        for name, arguments in OVERLAP.items():
            if not wanted or name in wanted:
                overlap(place, name, arguments)
        for name, arguments in ANALYSES.items():
            if not wanted or name in wanted:
                output = ("--threads", "1", "--output", f"reports/{name}", "--force")
                run(place, "analyze", *arguments, *output)
    (HERE / "index.md").write_text(index_page(HERE), encoding="utf-8")


def overlap(place: Path, name: str, arguments: tuple[str, ...]) -> None:
    """Audit once, then render the document."""
    folder = f"reports/{name}"
    (HERE / name).mkdir(parents=True, exist_ok=True)
    document = f"{folder}/audit.json"
    run(place, "overlap", *arguments, "--output", document, "--force")
    for file, style in RENDERED.items():
        run(place, "report", document, "--format", style, "--output", f"{folder}/{file}", "--force")


def run(place: Path, *arguments: str) -> None:
    """Run the command in a folder where only the tables and these reports are; stop where it fails."""
    print("mtl-audit", *arguments, flush=True)
    command = [sys.executable, "-m", "auditor", "-q", *arguments]
    subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
