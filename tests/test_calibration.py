"""The calibration page: its numbers hold in a fast version, and it is of the sections that there are."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.calibration.measured import Measured, Section, counted
from benchmarks.calibration.page import PLACE, page
from benchmarks.calibration.printed import PRINTED
from benchmarks.support import MIRROR

PAPERS = ("paper", "etap")
"""Reports on claims, whose headings are those of the papers: their intervals are the audits' own."""
REPORTS = sorted(
    path
    for path in (Path(__file__).parents[1] / "reports").rglob("report.md")
    if not {*path.parts} & {*PAPERS}
)
LENIENT = 4.0
"""Monte-Carlo errors that so few draws are allowed: of some four hundred numbers one in thousands is beyond."""


FAST = [section for section in calibration.SECTIONS if section.fast]


@pytest.mark.parametrize("section", FAST, ids=lambda section: section.title)
def test_intervals_tests_and_power_do_what_they_claim(section: Section) -> None:
    if section.needs_mirror and not MIRROR.is_dir():
        pytest.skip(f"no mirror of published files at {MIRROR}")
    found = calibration.measured(section, section.fast)
    assert found and [one for one in found if one.verdict(errors=LENIENT) == "fails"] == []


def test_the_page_holds_every_section_with_its_truths_and_none_fails() -> None:
    text = PLACE.read_text(encoding="utf-8")
    assert text.count("**fails**") == 1  # the legend
    for section in calibration.SECTIONS:
        assert f"## {section.title}\n\n{section.about} {section.draws:,} draws." in text
        if section.needs_mirror:
            continue
        first = next(section.measure(2, np.random.default_rng(0)))
        assert f"\n| {first.case} |" in text and f" {first.column} |" in text


def test_every_interval_p_and_ceiling_of_the_published_reports_is_on_the_page() -> None:
    listed = {one.section for one in PRINTED}
    found = {
        heading for report in REPORTS for heading in headings_of_uncertainty(report.read_text("utf-8"))
    }
    assert len(found) >= 8 and found - listed == set()
    measured = {title for one in PRINTED for title in one.measured}
    assert measured == {section.title for section in calibration.SECTIONS}
    assert all(one.measured or one.elsewhere for one in PRINTED)
    text = PLACE.read_text(encoding="utf-8")
    assert all(f"| {one.section} | {one.number} |" in text for one in PRINTED)


def test_a_table_with_an_interval_under_a_new_heading_is_seen() -> None:
    text = "## Known\n\n| a | b |\n\n## New: thing\n\n| task | 95 % interval |\n|---|---|\n"
    assert headings_of_uncertainty(text) == {"New"}


def headings_of_uncertainty(text: str) -> set[str]:
    """Return the headings of a report, up to a colon, under which a table has an interval, p or ceiling."""
    heading, found = "", set()
    for line in text.splitlines():
        named = re.match(r"#+ (.*)|<summary>(?:<b>)?(.*?)(?:</b>)?</summary>", line)
        if named:
            heading = (named.group(1) or named.group(2)).split(":")[0].strip()
        cells = [cell.strip() for cell in line.strip("| ").split("|")] if line.startswith("|") else []
        if any(len(cell) < 40 and re.search(r"\bp\b(?! =)|interval|ceiling", cell) for cell in cells):
            found.add(heading)
    return found


def test_a_number_below_its_goal_fails_unless_it_is_marked() -> None:
    low = counted("case", "column", "holds the truth", np.arange(1000) < 850)
    assert low.verdict() == "fails" and low.share == 0.85
    assert Measured("case", "column", "holds the truth", 850, 1000, marked=0.9).verdict() == "marked"
    assert Measured("case", "column", "holds the truth", 950, 1000).verdict() == ""
    assert Measured("case", "column", "holds the truth", 1000, 1000).verdict() == "wide"
    assert Measured("case", "column", "calls chance", 90, 1000).verdict() == "fails"
    assert Measured("case", "column", "is found", 700, 1000).verdict() == "fails"


def test_a_cell_says_its_share_its_error_and_its_verdict() -> None:
    section = Section("A title", "About it.", lambda draws, rng: iter(()), 1000)
    other = Section("Another", "As before.", lambda draws, rng: iter(()), 10)
    found = [Measured("n 5", "called", "calls chance", 90, 1000)]
    before = "# Old\n\n## A title\n\nOld.\n\n## Another\n\nAs before. 10 draws.\n"
    text = page([section, other], [(section, found)], before)
    assert "Old" not in text and text.endswith("|\n\n## Another\n\nAs before. 10 draws.\n")
    assert "| n 5 | 9.0 % ± 0.9 % **fails** |" in text and "0 of 1 numbers keep their goal, 1 fails" in text
