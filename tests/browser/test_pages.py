"""Every report, held against what a browser makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import SCHEMES, Opened, Scheme, contrast, opened, violations
from tests.browser.making import MADE
from tests.browser.printed import A4, is_light, words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
WIDTHS = (320, 400, 1000, 1600)
MOST_TABS = 400
"""Stops of the Tab key that are followed at most."""


def test_no_rule_of_accessibility_is_broken(report: Opened, axe: str) -> None:
    report.show("light", width=1000)
    report.unfold()
    assert violations(report, axe) == []


@pytest.mark.parametrize("report", MADE, indirect=True, scope="module")
def test_no_rule_on_colours_is_broken_in_the_dark(report: Opened, axe: str) -> None:
    report.show("dark", width=1000)
    report.unfold()
    assert violations(report, axe, only_colors=True) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_what_lies_behind_it(report: Opened, scheme: Scheme) -> None:
    report.show(scheme, width=1000)
    report.unfold()
    assert contrast(report) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_never_wider_than_the_window(report: Opened, width: int) -> None:
    report.show("light", width=width)
    page, window = report.ask(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert page <= window == width


@pytest.mark.parametrize("report", MADE, indirect=True, scope="module")
def test_a_fact_has_most_of_the_width_of_a_narrow_window(report: Opened) -> None:
    report.show("light", width=400)
    shares = report.ask(
        """() => [...document.querySelectorAll(".facts")].map(t => [t.rows[0].cells, t.offsetWidth])
             .map(([cells, width]) => cells[1].offsetWidth / width)"""
    )
    assert all(share > 0.55 for share in shares)


def test_whatever_scrolls_can_be_reached_and_has_a_name(report: Opened) -> None:
    report.show("light", width=400)
    report.unfold()
    unreachable = report.ask(
        """() => [...document.querySelectorAll("body *")].filter(e =>
             e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX)
             && !(e.tabIndex === 0 && e.getAttribute("role") && e.getAttribute("aria-label"))
           ).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert unreachable == []


def test_the_tab_key_reaches_every_stop_and_shows_where_it_is(report: Opened) -> None:
    report.show("light", width=1000)
    report.unfold()  # what is folded away has no stop
    stops = report.ask("[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].length")
    report.ask("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    seen = [_next_stop(report) for _ in range(min(stops, MOST_TABS))]
    assert seen[0]["text"] == "Skip to the report" and seen[0]["visible"]
    assert all(stop["outlined"] for stop in seen), [stop for stop in seen if not stop["outlined"]][:3]
    assert len({stop["place"] for stop in seen}) == len(seen)


def _next_stop(report: Opened) -> dict[str, object]:
    report.page.keyboard.press("Tab")
    found: dict[str, object] = report.ask(
        """() => {
             const e = document.activeElement, box = e.getBoundingClientRect(), s = getComputedStyle(e);
             return {
               text: e.textContent.trim().slice(0, 40),
               place: [...document.querySelectorAll("*")].indexOf(e),
               visible: box.top >= 0 && box.bottom <= innerHeight && box.width > 0,
               outlined: e !== document.body && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
             };
           }"""
    )
    return found


def test_the_skip_link_leads_past_the_contents(report: Opened) -> None:
    report.show("light", width=1000)
    report.page.locator("a.skip").focus()
    report.page.keyboard.press("Enter")
    assert report.ask("document.activeElement.localName") == "main"


def test_paper_is_a4_and_light_and_holds_what_stands_in_closed_details(report: Opened) -> None:
    report.unfold()
    texts = " ".join(report.ask("[...document.querySelectorAll('details')].map(d => d.innerText)"))
    folded = words(re.sub(r"\b[0-9a-f]{64}\b", "", texts))  # a digest goes over two lines of paper
    summaries = words(
        " ".join(report.ask("[...document.querySelectorAll('summary, .live')].map(d => d.innerText)"))
    )
    paper = report.paper()
    assert all(size in (A4, A4[::-1]) for size in paper.sizes)
    assert is_light(paper)
    plain = {word for word in folded if word.isalpha() or not re.search("[a-z]", word)}  # SMILES are broken
    assert plain - summaries <= paper.words


def test_paper_cuts_off_no_number(report: Opened) -> None:
    numbers = report.ask("[...document.querySelectorAll('.data td.n, .heat td')].map(d => d.textContent)")
    assert words(" ".join(numbers)) <= report.paper().words


def test_the_page_says_the_same_without_scripts(report: Opened, browser: Browser) -> None:
    said = report.ask(
        """() => { const page = document.body.cloneNode(true);
             for (const live of page.querySelectorAll(".live, script")) live.remove();
             return page.textContent.replace(/\\s+/g, " "); }"""
    )
    with opened(browser, report.path, scripts=False) as quiet:
        plain = quiet.page.locator("body").evaluate(
            """page => { for (const script of page.querySelectorAll("script")) script.remove();
                 return page.textContent.replace(/\\s+/g, " "); }"""
        )
        assert plain == said
        assert quiet.complaints == []


def test_nothing_was_loaded_and_nothing_was_complained_of(report: Opened) -> None:
    assert report.page.title()
    assert report.requests == []
    assert report.complaints == []


@pytest.mark.parametrize("name", ["hostile", "endless-names"])
def test_hostile_text_adds_no_element_and_runs_nothing(
    name: str, browser: Browser, page_of: Callable[[str], Path]
) -> None:
    assert name in MADE
    with opened(browser, page_of(name)) as report:
        assert report.ask("document.querySelectorAll('img, iframe, object').length") == 0
        kinds = report.ask("[...document.querySelectorAll('script')].map(script => script.type)")
        assert kinds in ([""], ["application/json", ""])
        assert report.ask("typeof window.hurt") == "undefined"
        assert "<script>alert(1)</script>" in report.ask("document.body.textContent")
