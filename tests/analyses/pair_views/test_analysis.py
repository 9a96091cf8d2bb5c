"""Which pairs an audit looks at closely, and that the document alone shows them again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import auditor
from auditor.api.audit import Audit
from auditor.errors import DataError, UsageError
from auditor.report.html.page import export
from auditor.report.sections.report import report_of

N, T = 120, 7


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """Seven tasks: t0 and t1 go together but for one compound, t3 and t4 surely, t5 against both."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N, T))
    values[:, 1] = values[:, 0] + 0.2 * values[:, 1]
    values[:, 4] = values[:, 3] + 0.4 * values[:, 4]
    values[:, 5] = -values[:, 3] + 0.4 * values[:, 5]
    values[5, :2] = [6.0, -6.0]
    table = pd.DataFrame(values.round(3), columns=[f"t{task}" for task in range(T)])
    table.insert(
        0,
        "smiles",
        [f"c1ccc({'C' * (n % 12 + 1)})cc1{'OSN'[n // 12 % 3]}{'C' * (n // 36)}" for n in range(N)],
    )
    return auditor.overlap(table, cache_dir=tmp_path_factory.mktemp("cache"), quiet=True)


def test_the_pairs_that_the_answers_name_come_first(audit: Audit) -> None:
    found = audit.findings["pair-views"]
    shown = [pair["tasks"] for pair in found.data["pairs"]]
    assert len(shown) == 15 == len({tuple(pair) for pair in shown})
    assert found.sentence.startswith("15 of 21 pairs")
    told = audit.answers["What goes together"] + audit.answers["What goes against each other"]
    named = [pair for pair in shown if f"{pair[0]} and {pair[1]} " in told]
    assert len(named) >= 2 and shown[: len(named)] == named


def test_a_pair_that_one_compound_decides_is_shown_with_that_compound(audit: Audit) -> None:
    shown = audit.findings["pair-views"].data["pairs"]
    pair = next(one for one in shown if one["tasks"] == ["t0", "t1"])
    assert pair["furthest"][0]["values"] == [6.0, -6.0] and pair["compounds"] == N
    fold = audit.findings["pair-views"].blocks[shown.index(pair)]
    assert any("One compound decides E" in block.get("text", "") for block in fold["blocks"])


def test_a_document_that_was_read_gives_the_same_page(audit: Audit) -> None:
    again = json.loads(json.dumps(audit.document))
    page = export(report_of(again))
    assert page == export(report_of(audit.document))
    assert page.count(b'<details class="fold"') == 15 and page.count(b'class="molecule"') >= 15


def test_the_pairs_that_are_asked_for_are_shown(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(39, 3)).round(3)
    table = pd.DataFrame(values, columns=["a", "b", "c"])
    table.insert(0, "smiles", ["C" * n + "O" for n in range(1, 40)])
    options = {"pair-views": {"pairs": "b:a"}}
    found = auditor.overlap(table, analysis_options=options, cache_dir=tmp_path, quiet=True)
    assert [pair["tasks"] for pair in found.findings["pair-views"].data["pairs"]] == [["a", "b"]]


def test_any_pair_is_shown_in_python(audit: Audit, tmp_path: Path) -> None:
    pair = audit.pair("t6", "t3")
    listed = pair.compounds
    assert list(listed.columns) == ["smiles", "t6", "t3", "apart"] and len(listed) == N
    assert listed["apart"].is_monotonic_decreasing
    page = pair.save(tmp_path / "pair.html").read_text()
    assert "t6 and t3: E " in page and 'class="molecule"' in page and "<iframe" in pair._repr_html_()


def test_a_pair_that_is_none_is_refused(audit: Audit, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no task 't9'"):
        audit.pair("t0", "t9")
    with pytest.raises(UsageError, match="twice"):
        audit.pair("t0", "t0")
    read = auditor.load(audit.save(tmp_path / "audit.json"))
    assert isinstance(read, Audit)
    with pytest.raises((UsageError, DataError), match="saved audit"):
        read.pair("t0", "t1")


def test_without_structures_neither_the_document_nor_a_page_of_a_pair_tells_one(tmp_path: Path) -> None:
    smiles = [
        f"c1ccc({'C' * (n % 12 + 1)})cc1C2CC{'ON'[n % 2]}CC2{'F' * (n % 2)}{'C' * (n // 24)}"
        for n in range(60)
    ]
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)).round(3), columns=["a", "b", "c"])
    table.insert(0, "smiles", smiles)
    for withheld in (False, True):
        audit = auditor.overlap(table, no_structures=withheld, cache_dir=tmp_path, quiet=True)
        view = json.dumps(next(one for one in audit.data["findings"] if one["name"] == "pair-views"))
        for text in (view, audit.pair("a", "c").page.decode()):
            assert any(one in text for one in smiles) != withheld
            assert ("c1ccc" in text) != withheld and ("c1ccc(C2CC" in text) != withheld
            assert ("scaffold 1" in text) == withheld and ("compound " in text) >= withheld
