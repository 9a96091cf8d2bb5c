"""The checks themselves: each notices a page that is broken in its way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import contrast, opened, violations
from tests.browser.printed import is_light, words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
BROKEN = """<!doctype html><html><head><title>broken</title><style>
html { background: #222 } p { color: #2a2a2a } .half { color: #fff; opacity: .2 }
.hatched { color: #888; background: repeating-linear-gradient(45deg, #fff 0 4px, #777 4px 5px) }
svg text { fill: #333 } .fine { color: #eee }
</style></head><body><img src="http://example.invalid/a.png"><p>faint</p><p class="half">half</p>
<p class="hatched">hatched</p><svg role="img" aria-label="a"><text y="20">drawn</text></svg>
<p class="fine">fine</p><script>console.error("complaint")</script></body></html>"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.html"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def test_a_faint_text_is_noticed_wherever_it_stands(browser: Browser, broken: Path) -> None:
    with opened(browser, broken) as report:
        assert [line.rsplit(" ", 1)[1] for line in contrast(report)] == [
            "faint",
            "half",
            "hatched",
            "drawn",
        ]


def test_a_request_and_a_complaint_are_noticed(browser: Browser, broken: Path) -> None:
    with opened(browser, broken) as report:
        assert report.requests == ["http://example.invalid/a.png"]
        assert "complaint" in report.complaints


def test_a_missing_language_is_noticed(browser: Browser, broken: Path, axe: str) -> None:
    with opened(browser, broken) as report:
        assert "html-has-lang" in " ".join(violations(report, axe))


def test_dark_paper_is_noticed(browser: Browser, broken: Path) -> None:
    with opened(browser, broken) as report:
        paper = report.paper()
    assert not is_light(paper)
    assert words("faint fine") <= paper.words


def test_what_lies_beyond_the_edge_of_the_paper_is_noticed(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "wide.html"
    path.write_text('<p>within<p style="width: 9000px; text-align: right">beyond', encoding="utf-8")
    with opened(browser, path) as report:
        assert report.paper().words == {"within"}
