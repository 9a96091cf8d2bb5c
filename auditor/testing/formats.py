"""What an output format is relied on for. The component is ``(report) -> bytes``.

``media_type=`` is the one it registers with; it decides what counts as escaped.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

from auditor.document.blocks import Report
from auditor.errors import AuditError
from auditor.faults import line_of
from auditor.testing.check import NotSupported, require
from auditor.testing.reports import HOSTILE, blocks_of, empty_report, report_with

Exporter = Callable[[Report], bytes]
PLAIN = ("solubility", "toxicity", "binding")
FORMULA = ("=", "+", "@")
OPENED = re.compile(r"(?<!\\)<(script>alert|img src=x)")


def gives_bytes(export: Exporter, *, media_type: str = "") -> None:
    """A report becomes bytes, and not none."""
    data = export(report_with(PLAIN))
    require(isinstance(data, bytes), f"it returns {type(data).__name__}, not bytes")
    require(bool(data), "it returns nothing")


def renders_every_block(export: Exporter, *, media_type: str = "") -> None:
    """Every type of block can be rendered on its own, or is refused with an error that says what to do."""
    whole = report_with(PLAIN)
    for block in blocks_of(PLAIN):
        section = type(whole.sections[0])("Section", (block,))
        report = Report(whole.title, whole.verdict, "pass", (), (section,), whole.document)
        _render_or_refuse(export, report, f"a {type(block).__name__}")


def renders_a_report_without_sections(export: Exporter, *, media_type: str = "") -> None:
    """A report of which nothing is known yet can be rendered, or is refused likewise."""
    _render_or_refuse(export, empty_report(), "a report without sections")


def renders_the_same_again(export: Exporter, *, media_type: str = "") -> None:
    """The same report gives the same bytes: no clock, no random names."""
    require(export(report_with(PLAIN)) == export(report_with(PLAIN)), "two renderings differ")


def terminals_obey_nothing(export: Exporter, *, media_type: str = "") -> None:
    """No control character of a task's name reaches a terminal, no direction mark a reader."""
    text = _text(export(report_with(HOSTILE)), media_type)
    for character, name in (("\x1b", "an escape character"), ("\u202e", "a mark that reverses text")):
        require(character not in text, f"{name} passes through: use auditor.text.plain")


def browsers_run_nothing(export: Exporter, *, media_type: str = "") -> None:
    """In HTML and Markdown, a task's name opens no element."""
    if media_type not in ("text/html", "text/markdown"):
        raise NotSupported(f"a browser does not read {media_type or 'a format without media_type='}")
    text = _text(export(report_with(HOSTILE)), media_type)
    require(not OPENED.search(text), "the markup in a name passes through unescaped")
    if media_type == "text/html":
        found, its_own = _Tags.of(text), _Tags.of(_text(export(report_with(PLAIN)), media_type))
        require(not found.handlers, f"the page has {', '.join(sorted(found.handlers))}")
        require(found.scripts == its_own.scripts, "the page has a script that other names do not give it")


def spreadsheets_compute_nothing(export: Exporter, *, media_type: str = "") -> None:
    """In CSV, no cell begins like a formula."""
    if media_type != "text/csv":
        raise NotSupported(f"a spreadsheet does not read {media_type or 'a format without media_type='}")
    text = _text(export(report_with(HOSTILE)), media_type)
    for row in csv.reader(io.StringIO(text, newline="")):
        wrong = [cell for cell in row if cell.lstrip().startswith(FORMULA) and not _is_number(cell)]
        require(not wrong, f"the cell {wrong[:1]} is taken for a formula: put an apostrophe before it")


CHECKS = (
    gives_bytes,
    renders_every_block,
    renders_a_report_without_sections,
    renders_the_same_again,
    terminals_obey_nothing,
    browsers_run_nothing,
    spreadsheets_compute_nothing,
)


class _Tags(HTMLParser):
    """Collects what would run: scripts, each with its text, and handlers. JSON does not run."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: set[str] = set()
        self._within = False

    @classmethod
    def of(cls, text: str) -> _Tags:
        """Read a page."""
        found = cls()
        found.feed(text)
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a script or an element with a handler."""
        self._within = tag == "script" and ("type", "application/json") not in attrs
        if self._within:
            self.scripts.append("")
        self.handlers |= {f"the handler {name}" for name, _ in attrs if name.startswith("on")}

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        self._within = False

    def handle_data(self, data: str) -> None:
        """Keep the text of a script."""
        if self._within:
            self.scripts[-1] += data


def _render_or_refuse(export: Exporter, report: Report, what: str) -> None:
    try:
        data = export(report)
    except AuditError as error:
        require(bool(error.hint), f"{what} is refused without a hint: {error.message}")
    except Exception as error:
        require(False, f"{what} cannot be rendered: {line_of(error)}")
    else:
        require(isinstance(data, bytes), f"{what} becomes {type(data).__name__}, not bytes")


def _text(data: bytes, media_type: str) -> str:
    if media_type and not media_type.startswith(("text/", "application/json", "image/svg")):
        raise NotSupported(f"{media_type} is not text")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if media_type:
            require(False, f"{media_type} is not UTF-8: {error}")
        raise NotSupported("it is not text; say so with media_type=") from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
