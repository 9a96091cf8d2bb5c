"""The report of a reproduction: a page, a Markdown text and the document, written together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from auditor.cache.run_folder import write_run
from auditor.plugin.calling import calling
from auditor.report.sections.report import report_of
from auditor.reproduction.document import reproduction_document
from auditor.reproduction.plan import Plan
from auditor.reproduction.run import Collected

if TYPE_CHECKING:
    from auditor.plugin.registry import Registry

FILES = (("audit.json", "json"), ("report.html", "html"), ("report.md", "markdown"))


def write_report(folder: Path, plan: Plan, collected: Collected, registry: Registry, command: str) -> str:
    """Write the report of what is there, and return its first sentence."""
    document = reproduction_document(plan, collected, registry, command)
    report = report_of(document, title=f"{plan.title}: claimed and measured")
    files = {}
    for name, kind in FILES:
        component = registry.get("format", kind)
        with calling(component):
            files[name] = cast(bytes, component.load()(report))
    write_run(folder, files, document["meta"])
    return report.verdict
