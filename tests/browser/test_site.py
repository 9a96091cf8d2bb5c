"""The site of the documentation, as `make site` builds it, opened in a browser."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import auditor
from tests.browser.browser import Opened, opened, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
PAGES = ["docs/index", "docs/install", "docs/reference", "docs/analyses/label-correlation", "README"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built by the command of the Makefile; a warning fails it."""
    folder = tmp_path_factory.mktemp("site")
    recipe = re.search(r"^site:.*\n\t\$\(BIN\)/python (.*) site$", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    done = subprocess.run(
        [sys.executable, *recipe[1].split(), str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_of_the_documentation_is_in_the_side_bar(site: Path, browser: Browser) -> None:
    with opened(browser, site / "docs/index.html", within=site) as page:
        linked = page.ask("[...document.querySelectorAll('.sidebar-tree a')].map(link => link.href)")
    names = {Path(link).name for link in linked}
    assert {f"{page.stem}.html" for page in (ROOT / "docs").rglob("*.md")} - names <= {"index.html"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_a_complaint_and_asks_for_nothing_from_outside(
    site: Path, browser: Browser, axe: str, name: str
) -> None:
    with opened(browser, site / f"{name}.html", within=site) as page:
        assert page.complaints == []
        assert page.requests == []
        assert page.ask("document.querySelector('h1').innerText.length") > 3
        assert violations(page, axe, only_colors=True) == []


def test_the_first_page_leads_to_the_documentation(site: Path, browser: Browser) -> None:
    with opened(browser, site / "index.html", within=site) as page:
        page.page.wait_for_url("**/docs/index.html")
        assert "Documentation" in _words(page)


def test_the_reference_shows_every_call_with_its_keywords(site: Path, browser: Browser) -> None:
    with opened(browser, site / "docs/reference.html", within=site) as page:
        shown = page.ask("[...document.querySelectorAll('dl.py > dt')].map(name => name.innerText)")
        said = _words(page)
    public = {*auditor.__all__, "overlap"} - {"__version__", "hookimpl"}
    assert {
        name for name in public if not any(re.match(rf"(class )?{name}\(", text) for text in shown)
    } == set()
    assert "min_support" in said and "raises" in said.lower()


def _words(page: Opened) -> str:
    return str(page.ask("document.body.innerText"))
