"""The analysis of dynamics."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.dynamics.analysis import PAPER, analyse, epochs_of
from auditor.document.blocks import Chart, Table, from_json, to_json
from auditor.document.jsonable import plain_data
from auditor.errors import UsageError
from tests.auditing import audited


@pytest.mark.parametrize("text", ["", "0,5", "one", "1.5"])
def test_marks_that_are_no_epochs_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="list of epochs"):
        epochs_of(text)


def test_the_papers_row_stands_as_printed() -> None:
    assert PAPER == {1: 0.63, 5: 0.68, 10: 0.71, 20: 0.73, 50: 0.89}


@pytest.mark.slow
def test_a_real_training_is_followed_to_its_end(tmp_path: Path) -> None:
    context = audited(
        tmp_path, options={"labels_per_task": "120", "tasks": "6"}, overrides={"epochs": 8, "patience": 8}
    )
    found = analyse(context, marks="1,2,5")
    assert [stage["epoch"] for stage in found.data["stages"]] == [1, 2, 5, 6] * 2
    assert found.data["paper"] is None, "the reference is the paper's Tox21 only"
    assert "epochs" in found.sentence
    assert any(isinstance(block, Chart) for block in found.blocks)
    assert [from_json(to_json(block)) for block in found.blocks] == list(found.blocks)
    total = sum(len(trace.gram) for trace in context.traces())
    most = max(stage["logs"] for stage in found.data["stages"])
    assert most + found.data["final_logs"] <= total
    assert plain_data(found.data)["pairs"] == 15
    assert isinstance(found.blocks[0], Table)


@pytest.mark.slow
def test_nothing_is_compared_where_only_the_end_was_logged(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"labels_per_task": "100", "tasks": "5"}, overrides={"epochs": 1})
    assert analyse(context).status == "not applicable"
