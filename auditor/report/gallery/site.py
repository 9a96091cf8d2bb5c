"""The files of a site of audits, by their place below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.report import json
from auditor.report.csv import export as csv
from auditor.report.gallery.badge import badge
from auditor.report.gallery.entry import entries_of
from auditor.report.gallery.figures import figure_files
from auditor.report.gallery.index import index_page
from auditor.report.html.page import export as html
from auditor.report.pair_columns import compares_tasks
from auditor.report.sections.report import report_of
from auditor.report.text.markdown import export as markdown


def files_of(documents: Sequence[Mapping[str, Any]], *, title: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of every file: those of each audit, and then the index."""
    entries = entries_of(documents)
    for entry, document in zip(entries, documents, strict=True):
        report = report_of(document)
        yield f"{entry.folder}/report.html", html(report)
        yield f"{entry.folder}/report.md", markdown(report)
        yield f"{entry.folder}/audit.json", json.export(report)
        yield f"{entry.folder}/badge.svg", badge(entry)
        if compares_tasks(document["data"]):
            yield f"{entry.folder}/pairs.csv", csv(report)
        for name, content in figure_files(report):
            yield f"{entry.folder}/figures/{name}", content
    yield "index.html", index_page(entries, title=title)
