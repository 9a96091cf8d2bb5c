"""The index page of several audits: one row each, to be sorted and searched, and read without scripts."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.gallery.entry import Entry
from auditor.report.html.live import allowed, script
from auditor.report.html.page import environment

TEMPLATE = "gallery.html.j2"


def index_page(entries: Sequence[Entry], *, title: str) -> bytes:
    """Return the page; the only script that its content security policy lets run is its own."""
    template = environment().get_template(TEMPLATE)
    return template.render(title=title, entries=entries, script=script(), allowed=allowed()).encode()
