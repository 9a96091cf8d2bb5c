"""What is refused is said in the words of Python, with what to write instead."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import auditor
from auditor import console
from auditor.api.asking import in_python
from auditor.errors import AuditError, DataError, UsageError


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"reliable": 0.5}, "auditor.overlap has no option 'reliable'", "reliable_at"),
        ({"smiles_column": "x"}, "no option 'smiles_column'", "smiles"),
        ({"reliable_at": 2}, "reliable_at= does not take 2", "a number from 0 to 1"),
        ({"reliable_at": True}, "reliable_at= does not take True", "a number"),
        ({"min_support": 4.5}, "min_support= does not take 4.5", "a whole number from 4"),
        ({"measure": "jacard"}, "measure= does not take 'jacard'", "did you mean jaccard"),
        ({"borderline_at": 0.5}, "borderline_at= must not be above reliable_at=", "lower it"),
        ({"also": ["shft"]}, "no analysis named 'shft'", "shift"),
        ({"also": [1]}, "also= takes names, not 1", "also"),
        ({"identity": "inchi"}, "no identity named 'inchi'", 'auditor.components("identities")'),
        ({"dataset_options": {"widht": 3}}, "no option 'widht'", "it accepts"),
        ({"analysis_options": {"power": {"x": 1}}}, "no option 'x'", ""),
        ({"analysis_options": {"power": "x=1"}}, "takes the options of each analysis by name", "{"),
        ({"smiles": "drug"}, "smiles= applies to a file", "leave it out"),
    ],
)
def test_a_keyword_or_value_that_is_wrong_is_one_error(
    options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        auditor.overlap("synthetic", **options)
    assert message in refused.value.message and hint in refused.value.hint
    assert "--" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("benchmark", "kind"), [("synthetc", UsageError), ("no.csv", DataError), (3, UsageError)]
)
def test_what_is_no_benchmark_is_refused(benchmark: Any, kind: type[AuditError]) -> None:
    with pytest.raises(kind) as refused:
        auditor.overlap(benchmark)
    assert refused.value.hint


def test_a_column_that_is_missing_is_said_of_the_dataframe() -> None:
    with pytest.raises(UsageError) as refused:
        auditor.overlap(pd.DataFrame({"molecules": ["CCO"], "a": [1]}))
    assert refused.value.message == "DataFrame has no column named smiles; it has 'molecules', 'a'"
    assert refused.value.hint == "name the SMILES column with smiles="


def test_an_error_shows_its_hint_in_a_traceback_in_repr_and_in_a_notebook() -> None:
    with pytest.raises(UsageError) as refused:
        auditor.overlap("synthetic", idntity="parent")
    said, hint = "auditor.overlap has no option 'idntity'", "did you mean identity"
    shown = "".join(traceback.format_exception(refused.value))
    assert said in shown and f"hint: {hint}" in shown
    assert repr(refused.value).startswith(f'UsageError("{said}", hint=\'{hint}')
    lines = refused.value._render_traceback_()
    assert lines[0] == f"UsageError: {said}" and lines[1].startswith(f"  hint: {hint}") and len(lines) == 2


@pytest.mark.parametrize(
    ("typed", "python"),
    [
        ("or --ignore-gate goes on", "or ignore_gate=True goes on"),
        ("--affinity chemical-correlation needs none", 'affinities=["chemical-correlation"] needs none'),
        ("--analysis-option threshold.groups=2", 'analysis_options={"threshold": {"groups": "2"}}'),
        ("holds a part: --dataset-option subset=true", 'holds a part: dataset_options={"subset": "true"}'),
        ("those that do: --tasks A b,C; or", "those that do: tasks=['A b', 'C']; or"),
        ("name the tasks with --tasks", "name the tasks with tasks="),
        ("--budget 12", "budget=12"),
        ("--choice random", "choice='random'"),
        ("mtl-audit list encoders", 'auditor.components("encoders")'),
        ("point --mirror at a copy", "point mirror= at a copy"),
        ("pip install --upgrade mtl-audit", "pip install --upgrade mtl-audit"),
    ],
)
def test_options_of_the_command_line_become_keywords(typed: str, python: str) -> None:
    assert in_python(typed) == python


def test_quiet_says_nothing_and_leaves_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame({"smiles": ["CCO", "CCC"], "a": [1, 0], "note": ["x", "y"]})
    auditor.overlap(table, quiet=True)
    assert capsys.readouterr() == ("", "") and console.settings.level == 0
    auditor.overlap(table)
    assert "Left out: 'note' (text)" in capsys.readouterr().err
