"""The same audit anywhere on this machine gives the same bytes; what another machine may change."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.determinism import TINY, Place, elsewhere, older_processor, usual

OVERLAP = (
    "--identity", "all", "--also", "shift", "--also", "measurement-plan", "--format",
)  # fmt: skip
ANALYZE = (
    "analyze", *TINY, "--log-every", "2", "--skip", "controls",
    "--affinity", "gradient-cosine", "--affinity", "chemical-correlation", "--affinity", "tag-linear",
    "--also", "benefit", "--also", "grouping", "--also", "gain-prediction",
    "--analysis-option", "benefit.epochs=2", "--analysis-option", "benefit.seeds=1",
)  # fmt: skip
RECOMMEND = ("recommend", *TINY, "--budget", "6", "--seeds", "1", "--format", "json")
RENDERINGS = ("html", "markdown", "csv")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV of 40 compounds and three tasks, with repeated and unreadable rows."""
    rows = [f"{'C' * n}O,{n % 2},{int(n % 3 == 0)},{n / 10 if n < 30 else ''}" for n in range(1, 41)]
    path = tmp_path / "mine.csv"
    path.write_text(
        "\n".join(["smiles,alpha,beta,gamma", *rows, "OC,0,1,0.3", "CCO,1,,", "C#,1,1,1"]) + "\n"
    )
    return path


def test_an_overlap_audit_is_the_same_bytes_anywhere_and_rendered_again(
    table: Path, tmp_path: Path
) -> None:
    first, second = usual(tmp_path), elsewhere(tmp_path)
    first.run("overlap", table, *OVERLAP, "json", "--output", "audit.json")
    second.run("--no-progress", "overlap", table, *OVERLAP, "json", "--output", "other-name.json")
    document = (first.folder / "audit.json").read_bytes()
    assert (second.folder / "other-name.json").read_bytes() == document
    assert first.run("overlap", table, *OVERLAP, "json") == document, "from the cache"
    kept = first.folder / "audit.json"
    for name in RENDERINGS:
        rendered = first.run("report", kept, "--format", name)
        assert rendered == second.run("report", kept, "--format", name), name


@pytest.mark.slow
def test_an_analysis_is_the_same_bytes_with_more_workers_cold_and_warm(tmp_path: Path) -> None:
    first, second = usual(tmp_path), elsewhere(tmp_path)
    out = ("--format", "json", "--output")
    cold = first.run(*ANALYZE, *out, "a")
    assert second.run(*ANALYZE, "--analysis-option", "benefit.workers=2", *out, "b") == cold
    assert first.run(*ANALYZE, *out, "again") == cold, "from the cache"
    for name in ("audit.json", "report.html", "report.md"):
        told = (first.folder / "a" / name).read_bytes()
        assert told == (second.folder / "b" / name).read_bytes(), name
    compared = ("compare", first.folder / "a", first.folder / "again", "--format", "json")
    assert first.run(*compared) == second.run(*compared)


@pytest.mark.slow
def test_a_recommendation_is_the_same_bytes_with_more_workers_cold_and_warm(tmp_path: Path) -> None:
    first, second = usual(tmp_path), elsewhere(tmp_path)
    cold = first.run(*RECOMMEND)
    assert second.run(*RECOMMEND, "--workers", "2") == cold
    assert first.run(*RECOMMEND) == cold, "from the cache"


def test_the_order_of_rows_changes_no_count(table: Path, tmp_path: Path) -> None:
    place = usual(tmp_path)
    head, *rows = table.read_text().splitlines()
    random.Random(3).shuffle(rows)
    told = json.loads(place.run("overlap", table, "--format", "json"))["data"]
    table.write_text("\n".join([head, *rows]) + "\n")
    other = json.loads(place.run("overlap", table, "--format", "json"))["data"]
    for part in ("verdict", "overlap", "rejected_smiles"):
        assert told[part] == other[part], part
    for before, after in zip(told["tasks"], other["tasks"], strict=True):
        assert after == {**before, "mean": after["mean"], "sd": after["sd"]}
        assert (after["mean"], after["sd"]) == pytest.approx((before["mean"], before["sd"]), rel=1e-12)
    _close(told["label_correlation"], other["label_correlation"], 1e-12)


@pytest.mark.extras
def test_only_two_moments_depend_on_when_an_audit_runs(tmp_path: Path) -> None:
    made = ("overlap", *TINY[:5], "--format", "json")
    first, second = usual(tmp_path), elsewhere(tmp_path)
    fixed = json.loads(first.run(*made))
    later = Place(first.folder, first.cache, {**first.environment, "SOURCE_DATE_EPOCH": "1800000000"})
    free = Place(second.folder, second.cache, {**second.environment, "SOURCE_DATE_EPOCH": ""})
    for place in (later, free):
        told = json.loads(place.run(*made))
        assert {told["meta"].pop(name) > fixed["meta"][name] for name in ("started", "read_at")} == {True}
        assert told == {**fixed, "meta": {k: v for k, v in fixed["meta"].items() if k in told["meta"]}}


@pytest.mark.slow
def test_another_processor_changes_no_count_and_correlations_by_rounding_alone(tmp_path: Path) -> None:
    first = usual(tmp_path)
    second = older_processor(Place(tmp_path / "there", tmp_path / "its-cache", first.environment))
    command = ("analyze", *TINY, "--log-every", "2", "--only", "power", "--format", "json", "--output")
    affinities = ("--affinity", "gradient-cosine", "--affinity", "chemical-correlation")
    for place in (first, second):
        place.run(*command, place.folder / "a", *affinities)
    here, there = (
        json.loads((p.folder / "a" / "audit.json").read_bytes())["data"] for p in (first, second)
    )
    for part in ("benchmark", "overlap", "affinity_count"):
        exact = {k: v for k, v in here[part].items() if k not in ("detectable_correlation",)}
        assert exact == {k: there[part][k] for k in exact}, part
    assert here["verdict"] == there["verdict"]
    _close(here["label_correlation"], there["label_correlation"], 1e-12)
    _close(
        {"c": here["affinity"]["chemical-correlation"]},
        {"c": there["affinity"]["chemical-correlation"]},
        1e-6,
    )
    compared = json.loads(first.run("compare", first.folder / "a", second.folder / "a", "--format", "json"))
    assert compared["data"]["verdict"]["status"] == "pass"


def _close(one: dict[str, Any], other: dict[str, Any], most: float) -> None:
    for name, rows in one.items():
        a, b = (np.array(matrix, dtype=float) for matrix in (rows, other[name]))
        assert (np.isnan(a) == np.isnan(b)).all() and np.nanmax(np.abs(a - b)) <= most, name
