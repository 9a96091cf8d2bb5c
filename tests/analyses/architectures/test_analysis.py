"""The analysis of architectures."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.architectures.analysis import PAPER, analyse
from auditor.errors import UsageError
from tests.auditing import audited


@pytest.mark.slow
def test_two_encoders_are_compared_and_each_is_trained_once(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"labels_per_task": "100", "tasks": "6"})
    found = analyse(context, encoders="ecfp,cnn")
    assert [pair["encoders"] for pair in found.data["pairs_of_encoders"]] == [("ecfp", "cnn")]
    assert found.data["pairs_of_encoders"][0]["pairs"] == 15
    assert found.data["reliability_from"] == "split halves of one training"
    assert "between encoders" in found.sentence and found.data["paper"] is None
    own = context.vary(encoder="ecfp", repeats=1)
    own.traces()
    assert own.trainings is not None and own.trainings.reused == [0]


@pytest.mark.slow
def test_an_unknown_encoder_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"labels_per_task": "100", "tasks": "5"})
    with pytest.raises(UsageError, match="grover"):
        analyse(context, encoders="ecfp,grover")
    with pytest.raises(UsageError, match="fewer than two"):
        analyse(context, encoders="ecfp")


def test_the_papers_table_has_every_pair_of_its_four_encoders() -> None:
    assert len({frozenset(names) for names in PAPER}) == len(PAPER) == 6
