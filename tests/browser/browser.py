"""A Chromium of this machine, driven without any network, and a page opened in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tests.browser.printed import Paper, printed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOR_RULES = ("color-contrast", "link-in-text-block")
"""The rules that the colour scheme has a say in."""
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass
class Opened:
    """A report in a browser, and whatever it tried to load or had to complain of."""

    path: Path
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _paper: Paper | None = None

    def ask(self, script: str, argument: Any = None) -> Any:
        """Return what a script says of the page."""
        return self.page.evaluate(script, argument)

    def show(self, scheme: Scheme, *, width: int) -> None:
        """Take a colour scheme and a width of the window."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 900})

    def unfold(self) -> None:
        """Open everything that can be opened."""
        self.ask("document.querySelectorAll('details').forEach(d => { d.open = true })")

    def paper(self) -> Paper:
        """Return what is printed of the page in the dark scheme with everything closed."""
        if self._paper is None:
            self.show("dark", width=1000)
            self.ask("document.querySelectorAll('details').forEach(d => { d.open = false })")
            self._paper = printed(self.page.pdf(prefer_css_page_size=True, print_background=True))
        return self._paper


def chromium_path() -> Path:
    """Return the program; raises AssertionError with what to install."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "no Chromium found: apt-get install chromium"
    return Path(found)


def axe_source() -> str:
    """Return the accessibility rules; raises AssertionError with what to install."""
    assert AXE.is_file(), "axe-core is not installed: npm ci --prefix tests/browser"
    return AXE.read_text(encoding="utf-8")


@contextmanager
def started() -> Iterator[Browser]:
    """Run a Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, path: Path, *, scripts: bool = True, within: Path | None = None
) -> Iterator[Opened]:
    """Open a page; every request but the one for itself, or for files of a folder, is recorded and refused."""
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1000, "height": 900})
    found = Opened(path, context.new_page())

    def its_own(request: Request) -> bool:
        inside = within is not None and request.url.startswith(f"{within.as_uri()}/")
        return inside or request.url.split("#")[0] == path.as_uri()

    def route(route: Route, request: Request) -> None:
        if its_own(request):
            route.continue_()
        else:
            route.abort()

    def asked(request: Request) -> None:
        if not its_own(request) and not request.url.startswith("data:"):
            found.requests.append(request.url)

    page = found.page
    page.on("request", asked)
    page.on("websocket", lambda socket: found.requests.append(socket.url))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    context.route("**/*", route)
    page.goto(path.as_uri())
    try:
        yield found
    finally:
        context.close()


def contrast(report: Opened) -> list[str]:
    """Return the texts that are too faint (below 4.5:1, large ones below 3:1), a line each."""
    found = report.ask((HERE / "walk.js").read_text(encoding="utf-8"))
    assert found["walked"], "the page has no text"
    faint: list[str] = found["faint"]
    return faint


def violations(report: Opened, source: str, *, only_colors: bool = False) -> list[str]:
    """Return what axe-core finds wrong with a page, one line per rule."""
    if not report.ask("typeof axe === 'object'"):
        report.ask(source)
    run = (
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(r => r.violations)"
    )
    rules = list(COLOR_RULES if only_colors else RULES)
    return [
        f"{found['id']}: {found['help']} ({len(found['nodes'])}, e.g. {_first(found)})"
        for found in report.ask(run, rules)
    ]


def _first(found: dict[str, Any]) -> str:
    node = found["nodes"][0]
    return json.dumps([node["target"], node["html"][:120]], ensure_ascii=False)
