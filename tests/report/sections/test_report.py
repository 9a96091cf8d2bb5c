"""From the document to the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.request import DataRequest
from auditor.document.blocks import Chart, Curve, Report, Section
from auditor.errors import DataError
from auditor.pipeline import audit_overlap
from auditor.plugin.loading import load_registry
from auditor.report import json as jsonfile
from auditor.report.html import page as html
from auditor.report.sections.report import report_of
from auditor.report.text import markdown, terminal


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("audit")
    rows = [
        f"{'C' * size}O,{size % 2},{int(size % 3 == 0)},{'' if size > 25 else size}"
        for size in range(1, 41)
    ]
    rows.append("nonsense((,1,0,1")
    path = folder / "mine.csv"
    path.write_text("smiles,zeta,alpha,mid\n" + "\n".join(rows))
    return audit_overlap(DataRequest(str(path), load_registry(), folder / "cache"))[1]


def test_a_saved_document_renders_as_the_fresh_one(document: dict[str, Any]) -> None:
    saved = json.loads(jsonfile.dump(document))
    for export in (html.export, markdown.export):
        assert export(report_of(saved)) == export(report_of(document))


def test_the_same_data_give_the_same_document_but_for_the_time(
    document: dict[str, Any], tmp_path: Path
) -> None:
    first, again = (
        jsonfile.dump(document["data"]),
        jsonfile.dump(json.loads(jsonfile.dump(document["data"]))),
    )
    assert first == again


def test_every_count_that_the_gate_makes_is_shown(document: dict[str, Any]) -> None:
    text = markdown.export(report_of(document)).decode()
    for name, count in document["data"]["verdict"]["counts"].items():
        assert f"| pairs {name} | {count} |" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema_version": 99}, "schema version 99"),
        ({"schema_version": "1"}, "schema version"),
        ({"data": None}, "lacks"),
        ({"schema_version": None}, "schema version"),
    ],
)
def test_a_document_of_another_version_or_kind_is_refused(
    document: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    broken = {**document, **change}
    if change.get("data", 0) is None:
        del broken["data"]
    with pytest.raises(DataError, match=says) as caught:
        report_of(broken)
    assert caught.value.hint


def test_something_else_is_not_taken_for_a_document() -> None:
    with pytest.raises(DataError, match="not an mtl-audit document"):
        report_of({"hello": "world"})


def test_many_scattered_points_are_told_in_words_where_nothing_can_be_drawn() -> None:
    curve = Curve("", tuple(map(float, range(80))), (0.125,) * 80, line=False)
    chart = Chart((curve,), "E", "affinity", "A against E", "80 pairs, r = 0.31.")
    report = Report("t", "v", "pass", (), (Section("s", (chart,)),), {})
    for text in (terminal.export(report).decode(), markdown.export(report).decode()):
        assert "80 pairs, r = 0.31." in text and "0.125" not in text
    page = html.export(report).decode()
    assert "<svg" in page and "numbers of this figure" not in page
