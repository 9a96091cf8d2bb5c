"""Every figure of a published benchmark in the README, and the whole index, is that of a committed document."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "reports"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALL, FINGERPRINTS = "tox21-gcn-small", "tox21-ecfp"
ROWS = {
    "Tox21, GCN": "tox21-gcn",
    "Tox21, GAT": "tox21-gat",
    "Tox21, CNN": "tox21-cnn",
    "Tox21, ECFP": FINGERPRINTS,
    "SIDER, GCN": "sider-gcn",
    "ToxCast, 17 tasks, GCN": "toxcast-17-gcn",
    "QM9, subset, GCN": "qm9-subset-gcn",
}


@cache
def data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPORTS / name / "audit.json").read_text(encoding="utf-8"))["data"]
    return found


def finding(name: str, analysis: str) -> dict[str, Any]:
    return next(f["data"] for f in data(name)["findings"] if f["name"] == analysis)


def cells(start: str) -> list[str]:
    """Return the cells of the one row of the README that starts so, with plain minus signs."""
    (row,) = re.findall(rf"^\| {re.escape(start)}.*$", README, flags=re.MULTILINE)
    return [cell.strip().replace("−", "-") for cell in row.strip("|").split("|")]


def overlap(name: str, measure: str) -> dict[str, Any]:
    found: dict[str, Any] = data(f"overlap/{name}")["overlap"]["summary"][measure]
    return found


def short(value: float) -> str:
    """Return two digits without the 0 before the point; a whole number as such."""
    told = f"{value:.2f}".replace("0.", ".")
    return told.removesuffix(".00") if told in ("1.00",) else told


def of(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}"


def test_the_index_is_written_from_the_documents() -> None:
    spec = importlib.util.spec_from_file_location("index_page", REPORTS / "index_page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.index_page(REPORTS) == (REPORTS / "index.md").read_text(encoding="utf-8")


def test_the_overlaps_are_those_of_the_audits() -> None:
    jaccard, containment = (overlap("tdc-21", measure) for measure in ("jaccard", "containment"))
    assert cells("overlap of 21 TDC sets")[1:3] == [
        f"mean {containment['mean']:.1%}, median {containment['median']:.1%}, {containment['above_0.30']} of "
        f"{containment['pairs']} pairs over 30 %".replace("%,", " %,"),
        f"the same, as *containment*; as Jaccard (its equation 4) mean {jaccard['mean']:.1%}, median "
        f"{jaccard['median']:.1%}, {jaccard['above_0.30']} pairs".replace("%,", " %,"),
    ]
    jaccard, containment = (overlap("moleculenet", measure) for measure in ("jaccard", "containment"))
    assert cells("overlap of MoleculeNet")[2] == (
        f"Jaccard of nine sets: median {jaccard['median'] * 100:.1f} %, highest {jaccard['max'] * 100:.0f} %; "
        f"containment: median {containment['median'] * 100:.1f} %, highest {containment['max'] * 100:.0f} %"
    )
    tox21, sider = overlap("tox21", "jaccard"), overlap("sider", "jaccard")
    assert cells("overlap of Tox21")[2] == (
        f"Jaccard {of(tox21['min'])} to {of(tox21['max'])}, median {of(tox21['median'])}"
    )
    assert cells("overlap of SIDER")[2] == f"{of(sider['min'])} for all {sider['pairs']} pairs"
    both = [overlap("toxcast-17", measure)["median"] for measure in ("jaccard", "containment")]
    assert cells("overlap of 17 ToxCast tasks")[2] == (
        f"Jaccard: median {of(both[0])}; containment: median {of(both[1])}"
    )


def test_the_agreement_on_tox21_is_that_of_the_audit() -> None:
    found = finding("tox21-gcn", "agreement")["gradient-cosine"]
    unseen = found["unseen"]
    assert cells("r(G, E) on Tox21")[2] == (
        f"{of(found['pearson'])} over the final 20 % of logs, {of(found['low'])} to {of(found['high'])} over "
        f"tasks, Mantel p {of(found['mantel_p'], 4)}, {found['pairs']} pairs, one seed; "
        f"{of(unseen['pearson'])} with E of validation and test compounds"
    )
    assert f"r = {of(unseen['pearson'])} (p = {of(unseen['mantel_p'], 4)})" in README
    assert f"label correlation of {unseen['compounds']:,} compounds" in README


def test_clusters_stand_beside_clusters_by_the_same_linkage() -> None:
    found = finding("tox21-gcn", "clusters")
    levels = found["affinities"]["gradient-cosine"]["levels"].values()

    def told(linkage: str, side: str, number: str) -> str:
        of_levels = [level["linkages"][linkage][side]["ari"][number] for level in levels]
        return ", ".join(map(short if number == "value" else _p, of_levels))

    assert found["paper"]["linkage"] == "ward"
    assert cells("clusters of G match")[1:3] == [
        f"ARI {', '.join(short(score['ari']) for score in found['paper']['scores'].values())}, by Ward",
        f"by Ward {told('ward', 'affinity', 'value')} (p {told('ward', 'affinity', 'p')}), E alone "
        f"{told('ward', 'E', 'value')}; by average linkage {told('average', 'affinity', 'value')} "
        f"(p {told('average', 'affinity', 'p')})",
    ]


def _p(value: float) -> str:
    told = f"{value:.2f}" if value >= 0.01 else f"{value:.3f}"
    return "1" if value == 1 else told.removeprefix("0")


@pytest.mark.parametrize(("title", "folder"), ROWS.items())
def test_the_published_protocol_elsewhere_is_that_of_the_audits(title: str, folder: str) -> None:
    found, about = finding(folder, "agreement"), data(folder)["affinity_about"]["gradient-cosine"]
    gradient, error = found["gradient-cosine"], found["error-cosine"]
    assert cells(f"{title} |") == [
        title,
        of(gradient["pearson"], 3),
        of(gradient["spearman"]),
        str(gradient["pairs"]),
        f"{of(gradient['low'])} to {of(gradient['high'])}",
        of(gradient["mantel_p"], 4),
        of(gradient["unseen"]["pearson"]),
        f"{of(error['pearson'])}, {of(error['unseen']['pearson'])}",
        str(about["logs"]),
        of(about["reliability"]),
        of(gradient["all_logs"]["pearson"], 3),
    ]


def test_what_the_positive_rates_of_sider_reach_is_that_of_the_audit() -> None:
    told = next(f["sentence"] for f in data("sider-gcn")["findings"] if f["name"] == "baselines")
    found = re.search(r"prevalence likeness alone reaches (r = [0-9.]+) with E", told)
    assert found is not None
    assert f"positive rates are reaches {found[1]} by itself" in " ".join(README.split())


def test_measured_benefits_are_those_of_the_trainings() -> None:
    both = [finding(name, "benefit") for name in (FINGERPRINTS, SMALL)]
    first, second = (
        [next(row for row in found["by_metric"] if row["metrics"] == [metric]) for found in both]
        for metric in ("auroc", "auprc")
    )
    size = first[0]["size"]
    assert cells("mean benefit of a pair, AUROC")[1:] == [
        f"{size['mean']:+.3f} ({of(size['low'], 3)} to {of(size['high'], 3)} over tasks)", _mean(first[1]["size"])
    ]  # fmt: skip
    assert cells("the same trainings by AUPRC")[1:] == [_mean(row["size"]) for row in second]
    assert cells("pairs that gain, lose")[1:] == [
        f"{row['size']['beyond']['gain']}, {row['size']['beyond']['loss']}" for row in first
    ]
    assert cells("reliability of a pair over seeds")[1:] == [of(row["reliability"]) for row in first]
    for title, name in (
        ("r with the benefit: E without test compounds", "E, no test compounds"),
        ("error-cosine", "error-cosine"),
        ("chemical-correlation", "chemical-correlation"),
    ):
        with_benefit = [row["foretold"][name] for row in first]
        told = cells(f"{title} |")[1:]
        assert told[0] == of(with_benefit[0]["pearson"])
        assert told[1] == f"{of(with_benefit[1]['pearson'])} (p {of(with_benefit[1]['mantel_p'])})"
    for found in both:
        (whole,) = found["groups"]
        assert len(whole["tasks"]) == 12
        flat = " ".join(README.split())
        assert f"{whole['mean']:+.4f} (standard error {whole['standard_error']:.4f})" in flat or (
            f"{whole['mean']:+.4f} ({whole['standard_error']:.4f})" in flat
        )


def _mean(size: dict[str, Any]) -> str:
    return f"{size['mean']:+.3f} ({of(size['low'], 3)} to {of(size['high'], 3)})"


def test_what_foretells_a_benefit_and_what_grouping_gains_is_that_of_the_trainings() -> None:
    views = [
        finding(name, "benefit")["foretold"]["gradient-cosine"]["pairs"] for name in (FINGERPRINTS, SMALL)
    ]
    by_auprc = [
        next(row for row in finding(name, "benefit")["by_metric"] if row["metrics"] == ["auprc"])
        for name in (FINGERPRINTS, SMALL)
    ]
    ends = [f"{of(view['low'])} to {of(view['high'])}" for view in views]
    last = [of(row["foretold"]["gradient-cosine"]["pearson"]) for row in by_auprc]
    assert cells("r(G, benefit of training pairs together), Tox21")[2] == (
        f"fingerprints: {of(views[0]['pearson'])} ({ends[0]} over tasks), Mantel p {of(views[0]['mantel_p'])}, "
        f"under a noise ceiling of {of(views[0]['ceiling'])}; small GCN: {of(views[1]['pearson'])} ({ends[1]}), "
        f"p {of(views[1]['mantel_p'])}, ceiling {of(views[1]['ceiling'])}; by AUPRC {last[0]} and {last[1]}"
    )
    told = []
    for name in (FINGERPRINTS, SMALL):
        rows = [
            row["judged"]
            for row in sorted(finding(name, "grouping")["groupings"], key=lambda row: row["most"])
            if (row["by"], row["way"]) == ("gradient-cosine", "average linkage")
        ]
        gains = ", ".join(f"{row['value'] - row['mean']:+.4f}" for row in rows)
        told.append(f"{gains} (p {', '.join(of(row['p']) for row in rows)})")
    assert cells("grouping by G against random groups")[2] == (
        f"AUROC above random groups of the same sizes; fingerprints: {told[0]}; small GCN: {told[1]}"
    )
    counted = []
    for name in (FINGERPRINTS, SMALL):
        judged = [
            row["judged"]["p"]
            for row in finding(name, "grouping")["groupings"]
            if row["judged"]["p"] is not None
        ]
        counted.append(f"{sum(p <= 0.05 for p in judged)} of {len(judged)}")
    assert cells("groupings by any of six estimates")[1:] == counted
