"""One browser for all tests of pages; every page is made and opened once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import Opened, axe_source, opened, started
from tests.browser.making import COMMITTED, MADE

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine."""
    with started() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core."""
    return axe_source()


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that gives the page of a name, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("pages")

    def make(name: str) -> Path:
        if name in COMMITTED:
            return COMMITTED[name]
        page = folder / f"{name}.html"
        if not page.is_file():
            MADE[name](page)
        return page

    return make


@pytest.fixture(scope="module", params=[*MADE, *COMMITTED])
def report(
    request: pytest.FixtureRequest, browser: Browser, page_of: Callable[[str], Path]
) -> Iterator[Opened]:
    """Each page in turn; the tests of one page follow each other."""
    with opened(browser, page_of(request.param)) as found:
        yield found
