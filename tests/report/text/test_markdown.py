"""The Markdown report."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.document.blocks import Answer, Matrix, Report, Section
from auditor.report.text.markdown import escape, export
from tests.report.making import affinity_matrix


def test_the_verdict_is_the_first_thing_after_the_title(sample: Report) -> None:
    lines = [line for line in export(sample).decode().splitlines() if line]
    assert lines[0].startswith("# ") and "FAIL" in lines[1] and sample.verdict[:30] in lines[1]
    assert lines[2].startswith("> ") and "ignored" in lines[2]


def test_every_table_row_has_as_many_cells_as_its_header(sample: Report, hostile: Report) -> None:
    for report in (sample, hostile):
        cells = 0
        for line in export(report).decode().splitlines():
            if not line.startswith("|"):
                cells = 0
                continue
            found = len(re.findall(r"(?<!\\)\|", line))
            assert cells in (0, found), line
            cells = found


def test_hostile_text_is_shown_not_obeyed(hostile: Report) -> None:
    text = export(hostile).decode()
    assert "\x1b" not in text and "\u202e" not in text
    assert not re.search(r"(?<!\\)<script", text)
    assert not re.search(r"(?<!\\)\]\(http", text)
    assert "http:" not in text and not re.search(r"(?<!\\)@everyone", text)
    assert all(not line.startswith("# ") for line in text.splitlines()[1:])


def test_escaping_leaves_plain_numbers_and_words_alone() -> None:
    assert escape("0.617 to 0.87 (66 pairs), p = 0.0001") == "0.617 to 0.87 (66 pairs), p = 0.0001"
    assert escape("- item") == "\\- item" and escape("1. item") == "1\\. item"


def test_strong_entries_are_bold_and_signed_and_absent_ones_a_dash() -> None:
    names = ("a", "b")
    matrix = Matrix(names, names, ((1.0, -0.37), (0.05, None)), "c", scale="diverging", low=-1)
    text = export(Report("t", "v", "pass", (), (Section("s", (matrix,)),), {})).decode()
    assert "**-0.37**" in text and "| +0.05 | – |" in text


def test_a_large_matrix_is_its_strongest_pairs() -> None:
    matrix = affinity_matrix(tuple(f"task-{i}" for i in range(30)))
    text = export(Report("t", "v", "pass", (), (Section("s", (matrix,)),), {})).decode()
    assert "strongest 20 of" in text and len(text.splitlines()) < 40


def test_a_comment_shows_the_answers_in_twelve_lines_and_folds_the_rest(sample: Report) -> None:
    answers = tuple(Answer(f"Question {number}", "So <it> is.") for number in range(6))
    shown, _, folded = export(replace(sample, answers=answers)).decode().partition("<details>")
    assert len([line for line in shown.splitlines() if line]) <= 12
    assert all(f"- **Question {number}:** So \\<it\\> is." in shown for number in range(6))
    assert all(f"## {escape(section.title)}" in folded for section in sample.sections)
    assert folded.rstrip().endswith("</details>") and folded.count("</details>") == 1
