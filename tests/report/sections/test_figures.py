"""Figures and molecules that a report draws from its document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.document.blocks import Chart, Curve, Molecules, Report, Section
from auditor.report.html.molecules import draw
from auditor.report.html.page import export as html
from auditor.report.sections import examples, figures
from auditor.report.sections.report import report_of
from auditor.report.text.markdown import export as markdown
from auditor.report.text.terminal import export as terminal

AUDITS = Path(__file__).parents[3] / "reports"


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


def test_many_scattered_points_are_told_in_words_where_nothing_can_be_drawn() -> None:
    curve = Curve("", tuple(map(float, range(80))), (0.125,) * 80, line=False)
    chart = Chart((curve,), "E", "affinity", "A against E", "80 pairs, r = 0.31.")
    report = Report("t", "v", "pass", (), (Section("s", (chart,)),), {})
    for text in (terminal(report).decode(), markdown(report).decode()):
        assert "80 pairs, r = 0.31." in text and "0.125" not in text
    page = html(report).decode()
    assert "<svg" in page and "numbers of this figure" not in page


def test_rejected_texts_of_the_most_rows_are_drawn_first() -> None:
    rejects = [{"smiles": f"N{'C' * n}", "reason": "r", "rows": n + 1} for n in range(12)]
    found = examples.rejected({"rejects": rejects, "rejected_smiles": 30})
    assert isinstance(found, Molecules) and len(found.items) == examples.SHOWN
    assert found.items[0] == ("NCCCCCCCCCCC", "r (12 rows)") and found.caption.endswith("8 of 30")
    assert examples.rejected({"rejects": []}) is None


def test_a_plan_draws_the_compounds_of_the_most_tasks() -> None:
    rows = [{"smiles": s, "task": t} for s, t in (("CCO", "a"), ("CCN", "a"), ("CCN", "b"))]
    found = examples.planned({"data": {"measurements": rows}})
    assert found is not None and found.items[0] == ("CCN", "to measure in a, b")
    assert examples.planned({"data": {"measurements": None}}) is None


@pytest.mark.parametrize("smiles", ["CN(C)(C)(C)C", "c1cccc1", "[Na+].[Na+].F[Si--](F)(F)(F)(F)F"])
def test_a_molecule_with_impossible_valences_is_drawn_as_written(smiles: str) -> None:
    drawing = draw(smiles)
    assert drawing is not None and "<path" in drawing


@pytest.mark.parametrize("text", ["FAIL", "C1CC(", "", "  "])
def test_what_is_no_smiles_is_not_drawn(text: str) -> None:
    assert draw(text) is None
