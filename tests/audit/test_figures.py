"""Figures of an analysis, made when its document is, and added to older documents when they are read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auditor.audit import figures
from auditor.document.blocks import Chart, Curve
from auditor.report.sections.report import report_of

AUDITS = Path(__file__).parents[2] / "reports"


def small(t: int, *, orientation: str = "symmetric", count: int = 10_000_000) -> dict[str, Any]:
    """Return the parts of a document that figures are drawn from; nothing is known of the last task."""

    def value(i: int, j: int) -> float | None:
        return None if t - 1 in (i, j) else (i + 1) * (j + 1) / t**2

    matrix = [[value(i, j) for j in range(t)] for i in range(t)]
    return {
        "tasks": [{"name": str(i)} for i in range(t)],
        "label_correlation": {"correlation": matrix},
        "affinity": {"a": matrix},
        "affinity_about": {"a": {"orientation": orientation}},
        "affinity_standard_error": {"a": [[0.1] * t] * t},
        "affinity_count": {"a": [[count] * t] * t},
    }


def drawn(chart: Chart | None) -> Curve:
    assert chart is not None
    (curve,) = chart.curves
    return curve


@pytest.mark.parametrize(("orientation", "pairs"), [("symmetric", 6), ("source-to-recipient", 12)])
def test_an_affinity_has_a_point_for_every_estimable_pair(orientation: str, pairs: int) -> None:
    chart = figures.affinity_chart(small(5, orientation=orientation), "a")
    curve = drawn(chart)
    assert len(curve.x) == pairs and curve.x == curve.y
    assert chart is not None and "r = 1.00" in chart.alt
    for y, low, high in zip(curve.y, curve.low, curve.high, strict=True):
        assert y is not None and low == pytest.approx(y - 0.196, abs=1e-4)
        assert high == pytest.approx(y + 0.196, abs=1e-4)


@pytest.mark.parametrize(("count", "t"), [(2, 12.706), (3, 4.303), (20, 2.093)])
def test_a_bar_is_as_wide_as_students_t_of_its_observations(count: int, t: float) -> None:
    chart = figures.affinity_chart(small(5, count=count), "a")
    curve = drawn(chart)
    assert chart is not None and "Student's t" in chart.caption
    assert curve.high[0] is not None and curve.y[0] is not None
    assert curve.high[0] - curve.y[0] == pytest.approx(0.1 * t, abs=1e-4)


def test_one_observation_has_no_bar() -> None:
    chart = figures.affinity_chart(small(5, count=1), "a")
    assert drawn(chart).low == () and chart is not None and "bars" not in chart.caption


def test_an_error_over_fewer_pieces_than_observations_has_their_degrees_of_freedom() -> None:
    data = small(5, count=500)
    data["affinity_about"]["a"]["standard_error_over"] = 2
    curve = drawn(figures.affinity_chart(data, "a"))
    assert curve.high[0] is not None and curve.y[0] is not None
    assert curve.high[0] - curve.y[0] == pytest.approx(1.2706, abs=1e-4)


def test_intervals_are_left_out_where_they_would_hide_the_points() -> None:
    assert drawn(figures.affinity_chart(small(21), "a")).low != ()
    assert drawn(figures.affinity_chart(small(22), "a")).low == ()


def test_two_points_are_no_figure() -> None:
    assert figures.affinity_chart(small(3), "a") is None


def test_the_estimators_own_interval_is_preferred() -> None:
    data = small(5)
    data["affinity_about"]["a"] |= {"low": [[-1.0] * 5] * 5, "high": [[1.0] * 5] * 5}
    curve = drawn(figures.affinity_chart(data, "a"))
    assert set(curve.low) == {-1.0} and set(curve.high) == {1.0}
    chart = figures.affinity_chart(data, "a")
    assert chart is not None and "Student" not in chart.caption


@pytest.mark.parametrize("name", ["tox21-gcn", "tox21-ecfp"])
def test_a_figure_tells_the_same_correlation_as_the_analysis(name: str) -> None:
    document = json.loads((AUDITS / name / "audit.json").read_text(encoding="utf-8"))
    agreement = next(f for f in document["data"]["findings"] if f["name"] == "agreement")
    table = agreement["blocks"][0]
    expected = {row[0]: row[2] for row in reversed(table["rows"]) if row[1] == "E"}
    told = {
        section.title.removeprefix("Affinity: "): block.alt
        for section in report_of(document).sections
        for block in section.blocks
        if isinstance(block, Chart) and section.title.startswith("Affinity: ")
    }
    symmetric = {estimator: alt for estimator, alt in told.items() if "ordered" not in alt}
    assert len(symmetric) >= 2
    for estimator, alt in symmetric.items():
        assert alt == f"66 pairs, r = {expected[estimator]:.2f}."


def test_a_measured_benefit_is_shown_against_every_symmetric_affinity() -> None:
    data = small(5)
    found = {"data": {"pair_benefit": data["affinity"]["a"]}}
    assert [chart.x_label for chart in figures.benefit_charts(found, data)] == ["E", "a"]
    assert figures.benefit_charts({"data": {}}, data) == []


def test_a_document_with_its_figures_reads_like_an_older_one_without() -> None:
    older = json.loads((AUDITS / "tox21-gcn" / "audit.json").read_text(encoding="utf-8"))
    newer = json.loads(json.dumps({**older, "data": figures.with_figures(older)}))
    assert "figures" not in older["data"] and len(newer["data"]["figures"]["affinity"]) >= 2
    assert report_of(newer).sections == report_of(older).sections


def test_a_document_with_its_figures_is_drawn_as_it_stands_and_without_scipy(tmp_path: Path) -> None:
    older = json.loads((AUDITS / "tox21-gcn" / "audit.json").read_text(encoding="utf-8"))
    newer = {**older, "data": figures.with_figures(older)}
    newer["data"]["figures"]["affinity"]["gradient-cosine"]["alt"] = "as it stands"
    (tmp_path / "audit.json").write_text(json.dumps(newer), encoding="utf-8")
    code = (
        "import json, pathlib, sys; from auditor.report.html.page import export; "
        "from auditor.report.sections.report import report_of; "
        f"page = export(report_of(json.loads(pathlib.Path({str(tmp_path / 'audit.json')!r}).read_text()))); "
        "sys.exit('scipy' in sys.modules or b'as it stands' not in page)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
