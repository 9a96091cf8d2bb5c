"""The index page of several audits: one row each, to be sorted and searched, and read without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from auditor.report.gallery.entry import Entry
from auditor.report.html.page import environment

TEMPLATE = "gallery.html.j2"


def index_page(entries: Sequence[Entry], *, title: str) -> bytes:
    """Return the page; the only script that its content security policy lets run is its own."""
    script = (files("auditor.report.gallery") / "sorting.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = (
        environment()
        .get_template(TEMPLATE)
        .render(title=title, entries=entries, script=script, allowed=f"sha256-{digest}")
    )
    return page.encode()
