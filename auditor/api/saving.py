"""A document written in a registered format, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from auditor.api.requests import registry
from auditor.cache.run_folder import write_run
from auditor.cache.writing import write_atomic
from auditor.errors import UsageError
from auditor.plugin.calling import calling

if TYPE_CHECKING:
    from auditor.plugin.component import Component
    from auditor.plugin.registry import Registry

RUN = (("audit.json", "json"), ("report.html", "html"), ("report.md", "markdown"))
"""What a folder is given."""


def save(document: Mapping[str, Any], path: Path, format_name: str | None, title: str | None) -> Path:
    """Write a document and return where; a path without suffix is the folder of a run."""
    parts = registry()
    if format_name is None and not path.suffix:
        files = {name: _rendered(document, parts.get("format", kind), title) for name, kind in RUN}
        write_run(path, files, document["meta"])
        return path
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="give a file, such as report.html")
    write_atomic(path, _rendered(document, _format_of(parts, path, format_name), title))
    return path


def _format_of(parts: Registry, path: Path, name: str | None) -> Component:
    if name is not None:
        return parts.get("format", name)
    known = parts.all("format")
    for component in known:
        if component.suffix == path.suffix.lower():
            return component
    hint = f"use one of {', '.join(component.suffix for component in known)}"
    raise UsageError(f"{path}: no format has the suffix '{path.suffix}'", hint=hint)


def _rendered(document: Mapping[str, Any], component: Component, title: str | None) -> bytes:
    from auditor.report.sections.report import report_of

    with calling(component):
        return cast(bytes, component.load()(report_of(document, title=title)))
