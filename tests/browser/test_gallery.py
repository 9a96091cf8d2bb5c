"""The index of published audits: sorted and searched, and read without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import auditor
from auditor.report.gallery.site import files_of
from tests.browser.browser import opened, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
TASKS = "[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).map(r => r.cells[3].innerText)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three audits with different numbers of tasks."""
    folder, cache = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("cache")
    documents = [
        auditor.overlap(
            "synthetic",
            dataset_options={"tasks": tasks, "labels_per_task": "120"},
            cache_dir=cache,
            quiet=True,
        ).document
        for tasks in ("10", "3", "4")
    ]
    for name, content in files_of(documents, title="Audits"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_the_index_is_sorted_and_searched(site: Path, browser: Browser, axe: str) -> None:
    with opened(browser, site / "index.html", within=site) as page:
        page.page.get_by_role("button", name="tasks").click()
        assert page.ask(TASKS) == ["3", "4", "10"]
        page.page.get_by_role("button", name="tasks").click()
        assert page.ask(TASKS) == ["10", "4", "3"]
        page.page.get_by_label("Filter").fill("nothing like this")
        assert page.ask(TASKS) == []
        page.page.get_by_label("Filter").fill("synthetic")
        assert len(page.ask(TASKS)) == 3
        assert page.complaints == [] and page.requests == []
        assert violations(page, axe) == []


def test_the_index_reads_without_scripts(site: Path, browser: Browser) -> None:
    with opened(browser, site / "index.html", scripts=False, within=site) as quiet:
        assert quiet.page.locator("tbody tr").count() == 3
        assert quiet.page.locator("input, button").count() == 0
