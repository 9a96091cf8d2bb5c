"""Make the reports of this folder again: `make reports`, with a mirror or a network.

Each line of `REPORTS` is a folder and the command that fills it. The index is written from the
documents, so no number in it is typed by hand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OVERLAP = {
    "tdc-admet": ("tdc-admet", "--identity", "canonical"),
    "tdc-admet-inchikey": ("tdc-admet", "--identity", "all"),
    "tdc-21": ("tdc-21", "--identity", "canonical"),
    "moleculenet": ("moleculenet", "--identity", "canonical"),
    "moleculenet-inchikey": ("moleculenet", "--identity", "all"),
    "tox21": ("tox21", "--identity", "all"),
    "sider": ("sider",),
    "toxcast-17": ("toxcast-17",),
    "qm9-subset": ("qm9", "--dataset-option", "subset=true"),
    "tox21-adme": ("tox21-adme",),
}
ENCODERS = ("gcn", "gat", "cnn", "ecfp")
ANALYSES = {f"tox21-{name}": ("tox21", "--encoder", name, "--threads", "1") for name in ENCODERS}
for _option, _values in {
    "--affinity": ("gradient-cosine", "error-cosine", "chemical-correlation", "tag-linear", "task2vec"),
    "--also": ("benefit", "grouping", "gain-prediction"),
    "--analysis-option": ("benefit.patience=10",),
}.items():
    for _value in _values:
        ANALYSES["tox21-ecfp"] += (_option, _value)
RENDERED = {"report.html": "html", "report.md": "markdown"}


def main(wanted: list[str]) -> None:
    """Make the reports named, or all, and the index."""
    for name, arguments in OVERLAP.items():
        if not wanted or name in wanted:
            overlap(Path("reports/overlap") / name, arguments)
    for name, arguments in ANALYSES.items():
        if not wanted or name in wanted:
            run("analyze", *arguments, "--output", f"reports/{name}", "--force")
    (HERE / "index.md").write_text(index(), encoding="utf-8")


def overlap(folder: Path, arguments: tuple[str, ...]) -> None:
    """Audit once, then render the document."""
    document = folder / "audit.json"
    run("overlap", *arguments, "--output", str(document), "--force")
    for name, style in RENDERED.items():
        run("report", str(document), "--format", style, "--output", str(folder / name), "--force")


def run(*arguments: str) -> None:
    """Run the command, and stop where it fails."""
    print("mtl-audit", *arguments, flush=True)
    subprocess.run([sys.executable, "-m", "auditor", "-q", *arguments], check=True, cwd=HERE.parent)


def index() -> str:
    """Return the index page, from the documents that are there."""
    lines = ["# Audits of published benchmarks", "", "Made by `make reports`.", "", "## Overlap", ""]
    lines += [
        "| report | compounds | tasks | pairs | median Jaccard | median containment | mean containment "
        "| pairs over 0.30 (Jaccard, containment) | verdict |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for path in sorted(HERE.glob("overlap/*/audit.json")):
        lines.append(overlap_row(path))
    lines += ["", "## Affinity", ""]
    lines += [
        "| report | r(G, E), final 20 % of logs | interval over tasks | Mantel p | logs | reliability "
        "| r, all logs | reliability, all logs |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for path in sorted(HERE.glob("*/audit.json")):
        lines.append(affinity_row(path))
    return "\n".join(lines) + "\n"


def overlap_row(path: Path) -> str:
    """Return one row of the overlap table."""
    data = read(path)["data"]
    jaccard, containment = (data["overlap"]["summary"][name] for name in ("jaccard", "containment"))
    facts = data["benchmark"]
    name = path.parent.relative_to(HERE)
    return (
        f"| [{name.name}]({name}/report.md) ({facts['identity']}) "
        f"| {facts['compounds']:,} | {facts['tasks']} | {jaccard['pairs']} | {jaccard['median']:.3f} "
        f"| {containment['median']:.3f} "
        f"| {containment['mean']:.3f} | {jaccard['above_0.30']}, {containment['above_0.30']} "
        f"| {data['verdict']['status']} |"
    )


def affinity_row(path: Path) -> str:
    """Return one row of the affinity table."""
    data = read(path)["data"]
    found = next(f for f in data["findings"] if f["name"] == "agreement")["data"]["gradient-cosine"]
    about = data["affinity_about"]["gradient-cosine"]
    name = path.parent.relative_to(HERE)
    return (
        f"| [{name}]({name}/report.md) | {found['pearson']:.3f} "
        f"| {found['low']:.2f} to {found['high']:.2f} | {found['mantel_p']:.4f} | {about['logs']} "
        f"| {about['reliability']:.2f} "
        f"| {found['all_logs']['pearson']:.3f} | {about['reliability_of_all_logs']:.2f} |"
    )


def read(path: Path) -> dict[str, Any]:
    """Return a document."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    main(sys.argv[1:])
