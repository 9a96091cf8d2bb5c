"""The terminal report."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from auditor.document.blocks import Answer, Matrix, Report, Section
from auditor.report.text.terminal import export, render
from tests.report.making import HOSTILE, affinity_matrix, overlap_matrix

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [40, 57, 80, 120, 200])
def test_no_line_is_longer_than_the_terminal(sample: Report, width: int, color: bool) -> None:
    text = ESCAPE.sub("", render(sample, width=width, color=color, unicode=True))
    assert max(map(len, text.splitlines())) <= width


def test_the_verdict_comes_first_and_stamps_follow_it(sample: Report) -> None:
    lines = render(sample, width=100, color=False, unicode=True).splitlines()
    assert lines[0] == sample.title
    assert "FAIL" in lines[2] and sample.verdict[:40] in lines[2]
    assert any(sample.stamps[0] in line for line in lines[3:6])


def test_colour_changes_no_character(sample: Report) -> None:
    plain = render(sample, width=90, color=False, unicode=True)
    colored = render(sample, width=90, color=True, unicode=True)
    assert "\x1b" not in plain and "\x1b" in colored
    strip = [line.rstrip() for line in ESCAPE.sub("", colored).splitlines()]
    assert strip == plain.splitlines()


def test_without_unicode_every_character_is_ascii(sample: Report, hostile: Report) -> None:
    for report in (sample, hostile):
        assert render(report, width=80, color=False, unicode=False).isascii()


def test_hostile_text_obeys_nobody(hostile: Report) -> None:
    text = export(hostile).decode()
    assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text
    assert "[red]bold[/red]" in text and "<script>" in text and ":tada:" in text
    assert HOSTILE[0] in text


def one(matrix: Matrix) -> Report:
    return Report("t", "v", "pass", (), (Section("s", (matrix,)),), {})


def test_a_matrix_shows_its_numbers_where_they_fit_and_tenths_where_not() -> None:
    names = ("first", "second")
    matrix = Matrix(names, names, ((1.0, -0.37), (-0.37, None)), "c", scale="diverging", low=-1)
    wide = render(one(matrix), width=80, color=False, unicode=True)
    assert "-0.37" in wide and "+1.00" in wide and "–" in wide
    many = overlap_matrix(tuple(f"t{i}" for i in range(12)))
    narrow = render(one(many), width=60, color=False, unicode=True)
    assert "tenths" in narrow and "t11" in narrow


def test_a_matrix_too_large_for_the_terminal_names_its_strongest_pairs() -> None:
    matrix = affinity_matrix(tuple(f"task-{i}" for i in range(60)))
    text = render(one(matrix), width=80, color=False, unicode=True)
    assert "strongest 10 of" in text and len(text.splitlines()) < 30


def test_a_short_report_is_its_findings_and_then_its_answers(sample: Report) -> None:
    report = replace(sample, answers=(Answer("What goes together", "A and B."), Answer("What next", "C.")))
    short = render(report, width=80, color=False, unicode=True, full=False).splitlines()
    whole = render(report, width=80, color=False, unicode=True).splitlines()
    assert len(short) < len(whole)
    for lines in (short, whole):
        places = [lines.index(text) for text in ("What goes together", "  A and B.", "What next", "  C.")]
        assert places == sorted(places) and len(lines) - places[0] < 15
    assert "--full" in short[-1] and "--full" not in whole[-1]


def test_a_report_without_answers_is_never_short(sample: Report) -> None:
    shown = [render(sample, width=80, color=False, unicode=True, full=full) for full in (True, False)]
    assert shown[0] == shown[1]
