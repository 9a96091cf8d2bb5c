"""The HTML report, parsed."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import auditor
from auditor.document.blocks import Answer, Report, Section, Table, Tree
from auditor.report import palette
from auditor.report.html.page import export
from auditor.report.html.table import table_view
from auditor.report.html.tree import tree
from auditor.report.sections.headline import first_sentence
from tests.report.making import HOSTILE, affinity_matrix, overlap_matrix

VOID = {"meta", "br", "hr", "img", "input", "link", "col", "wbr", "path", "rect", "circle", "line"}

TEXT_CONTRAST = 4.5
"""WCAG 2.2 level AA for text."""


class Page(HTMLParser):
    """Collects tags, text and nesting errors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(sample: Report) -> str:
    return export(sample).decode()


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_is_well_formed_and_says_its_language(page: Page) -> None:
    assert page.wrong == [] and page.open == []
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1


def test_headings_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_nothing_is_loaded_and_nothing_runs(text: str, page: Page) -> None:
    for tag in ("link", "iframe", "object", "embed", "base", "form"):
        assert page.all(tag) == []
    assert "@import" not in text
    policy = next(
        m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None and "default-src 'none'" in policy
    (ours,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert (
        f"script-src 'sha256-{base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()}'" in policy
    )
    assert policy.count("script-src") == 1 and "unsafe-eval" not in policy
    assert all(script in ({}, {"type": "application/json", "id": "pairs"}) for script in page.all("script"))
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if value and re.match(r"\s*(https?:)?//", value) and not name.startswith("xmlns"):
                assert (tag, name) == ("a", "href")
            if name in ("src", "href", "xlink:href") and tag != "a":
                assert value is not None and value.startswith(("data:", "#"))


def test_every_table_has_a_caption_and_scoped_headers(page: Page) -> None:
    assert len(page.all("table")) >= 4
    assert all(th.get("scope") in ("row", "col") for th in page.all("th"))
    captions = len(page.all("caption"))
    assert captions >= len([t for t in page.all("table") if "facts" not in (t.get("class") or "")]) - 2


def test_every_drawing_has_words(text: str, page: Page) -> None:
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or svg.get("role") == "img", svg


def test_the_verdict_is_said_in_a_word_and_precedes_every_section(text: str, sample: Report) -> None:
    first = text.index("<h2")
    assert text.index(sample.verdict[:40]) < first
    assert re.search("fail", text[:first], re.IGNORECASE) and sample.stamps[0] in text[:first]


def test_hostile_text_stays_text(hostile: Report) -> None:
    text = export(hostile).decode()
    page = Page(text)
    assert page.all("script") == [{}] and page.wrong == []
    shown = "".join(page.words)
    assert HOSTILE[0] in shown and "{{ 7 * 7 }}" in shown
    assert "\x1b" not in text and "\u202e" not in text
    assert not [a for a in page.all("a") if (a.get("href") or "").startswith("javascript")]


def test_a_page_of_617_tasks_stays_below_5_megabytes() -> None:
    names = tuple(f"ASSAY_{i:03d}_a_long_enough_name" for i in range(617))
    matrices = (overlap_matrix(names), affinity_matrix(names))
    report = Report("t", "v", "partial", (), (Section("Matrices", matrices),), {})
    data = export(report)
    assert len(data) < 5_000_000
    assert Page(data.decode()).wrong == []


def test_text_on_every_step_of_both_scales_is_readable() -> None:
    for theme in (palette.LIGHT, palette.DARK):
        for scale in (theme.diverging, theme.sequential):
            for color in scale:
                assert palette.contrast(color, palette.ink(color)) >= TEXT_CONTRAST
        for color in (theme.ink, theme.soft, theme.accent, theme.passed, theme.partial, theme.failed):
            assert palette.contrast(color, theme.page) >= TEXT_CONTRAST


def test_the_neutral_step_is_at_zero_and_mirrored_values_differ() -> None:
    matrix = affinity_matrix(("a", "b"))
    assert palette.step(matrix, 0.0) == 3
    for value in (0.15, 0.4, 0.9):
        assert palette.step(matrix, value) == 6 - palette.step(matrix, -value) > 3


def test_what_was_found_stands_before_every_section_and_leads_to_it() -> None:
    found = [
        Section("Overlap", (), note="How to read it."),
        Section("Agreement", (), note="G agrees, r = 0.65. Noise limits it.", finding=True),
        Section("Broken", (), note="It failed.", status="error", finding=True),
    ]
    text = export(Report("t", "v", "pass", (), tuple(found), {})).decode()
    glance = text[text.index('class="glance"') : text.index('id="section-1"')]
    assert re.findall('href="#(section-.)"', glance) == ["section-2", "section-3"]
    assert "G agrees, r = 0.65." in glance and "Noise" not in glance and "error" in glance


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A fails. B does not.", "A fails."),
        ("It is r = 0.28, e.g. here. More.", "It is r = 0.28, e.g. here."),
        ("gradient-cosine flips (p = 0.01). error-cosine too.", "gradient-cosine flips (p = 0.01)."),
        ("No end", "No end"),
    ],
)
def test_a_sentence_ends_where_it_ends(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_texts_that_are_numbers_stand_at_the_right_like_numbers() -> None:
    rows = (("a", "0.0123", "0.1 to 0.2", 3), ("b", "< 1e-4", "–", 4), ("c", "", "0", 5))
    assert table_view(Table(("n", "p", "span", "k"), rows))["right"] == [False, False, False, True]
    rows = (("a", "0.0123", "-1", 3), ("b", "1e-04", "2,000", None), ("c", "", "50 %", 5))
    assert table_view(Table(("n", "p", "span", "k"), rows))["right"] == [False, True, True, True]


def test_leaves_of_a_tree_are_not_cut_off() -> None:
    names = ("short", "W" * 30, "a" * 80)
    drawing = tree(Tree(names, ((0.0, 1.0, 1.0, 2.0), (2.0, 3.0, 2.0, 3.0)), "c", "a"))
    leaves = re.findall(r'class="name" x="([\d.]+)" y="[\d.]+">([^<]+)<', drawing)
    assert len(leaves) == 3
    for x, name in leaves:
        assert float(x) + 8 * len(name) <= 720, name


def test_answers_stand_before_all_sections_and_lead_to_their_evidence(sample: Report) -> None:
    title = sample.sections[-1].title
    answers = (Answer("What goes <together>", "A and B.", title), Answer("What next", "C."))
    text = export(replace(sample, answers=answers)).decode()
    page = Page(text)
    assert page.wrong == [] and "What goes &lt;together&gt;" in text
    assert text.index("A and B.") < text.index("<section")
    places = {attrs.get("id") for tag, attrs in page.tags if tag == "section"}
    linked = [
        attrs["href"] for tag, attrs in page.tags if tag == "a" and attrs.get("href", "")[1:] in places
    ]
    evidence = re.search(r'<a href="#([\w-]+)">What goes', text)
    assert evidence and f"#{evidence[1]}" in linked
    assert re.search(rf'<h2 id="{evidence[1]}-title">\s*{re.escape(title)}', text)


def test_with_answers_every_section_is_folded_and_without_none(sample: Report) -> None:
    with_blocks = [section for section in sample.sections if section.blocks]
    text = export(replace(sample, answers=(Answer("What", "That."),))).decode()
    assert text.count('<details class="evidence">') >= len(with_blocks) - 1 > 0
    assert '<details class="evidence">' not in export(sample).decode()


def test_a_page_of_forty_tasks_stays_small_and_holds_every_part(tmp_path: Path) -> None:
    molecules = auditor.read("synthetic", cache_dir=tmp_path, quiet=True).index.get_level_values("smiles")
    rng = np.random.default_rng(0)
    labels = rng.normal(size=(300, 1)) + rng.normal(size=(300, 40))
    labels[rng.random(labels.shape) < 0.3] = np.nan
    table = pd.DataFrame(labels.round(3), columns=[f"an assay of some length {n}" for n in range(40)])
    table.insert(0, "smiles", list(molecules[:300]))
    page = auditor.overlap(table, cache_dir=tmp_path, quiet=True).save(tmp_path / "a.html").read_bytes()
    assert page.count(b'<details class="fold"') == 15 and page.count(b"<title>") > 1000
    assert page.count(b'class="molecule"') >= 60
    assert len(page) <= 1_500_000
