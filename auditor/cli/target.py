"""Writing a report where the user wants it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from auditor import console
from auditor.cache.writing import writable, write_atomic
from auditor.errors import AuditError, PluginError, UsageError
from auditor.faults import line_of
from auditor.plugin.calling import OURS, calling
from auditor.plugin.component import Component
from auditor.plugin.registry import Registry


@dataclass(frozen=True)
class Target:
    """In which format a report goes where; checked before the work begins."""

    registry: Registry
    format_name: str | None
    output: Path | None
    force: bool = False
    later: bool = False
    """The report comes after hours of work."""
    full: bool = False
    """Whether a terminal gets the whole report."""
    opened: bool = False
    """Whether a page is shown in a browser once it is written."""

    def __post_init__(self) -> None:
        console.settings.json_errors = self.format_name == "json"
        component = self.component
        to_terminal = self.to_stdout and component.name == "terminal" and console.is_terminal(sys.stdout)
        console.settings.shown = to_terminal and not self.later
        if self.to_stdout:
            if component.name == "html" and console.is_terminal(sys.stdout):
                raise UsageError("HTML is not for a terminal", hint="give --output report.html")
        elif cast(Path, self.output).is_dir():
            raise UsageError(f"{self.output} is a folder", hint="give a file, such as report.html")
        elif cast(Path, self.output).exists() and not self.force:
            raise UsageError(f"{self.output} exists", hint="--force overwrites it")
        else:
            check_writable(cast(Path, self.output).absolute().parent)

    @property
    def to_stdout(self) -> bool:
        """Whether the report goes to stdout."""
        return self.output is None or str(self.output) == "-"

    @property
    def shown_in_browser(self) -> bool:
        """Whether this is a page that is to be opened."""
        return self.opened and not self.to_stdout and self.component.name == "html"

    @property
    def component(self) -> Component:
        """The exporter: as asked for, else by the output's suffix, else the terminal's."""
        if self.format_name:
            name = "terminal" if self.format_name == "table" else self.format_name
            return self.registry.get("format", name)
        if not self.to_stdout:
            suffix = cast(Path, self.output).suffix.lower()
            for component in self.registry.all("format"):
                if component.suffix == suffix:
                    return component
            known = ", ".join(c.suffix for c in self.registry.all("format"))
            raise UsageError(
                f"{self.output}: no format has the suffix '{suffix}'", hint=f"use one of {known}"
            )
        return self.registry.get("format", "terminal")


def targets_of(
    registry: Registry,
    format_name: str | None,
    outputs: Sequence[Path],
    *,
    force: bool,
    opened: bool = False,
    full: bool = False,
) -> tuple[Target, ...]:
    """Return where a report goes: to every output, or to stdout where none is given.

    Raises
    ------
    UsageError
        One cannot be written, several are given with one format, or there is no page to be opened.
    """
    if format_name and len(outputs) > 1:
        raise UsageError("--format is for one output", hint="the suffix of each --output says its format")
    targets = tuple(
        Target(registry, format_name, output, force, full=full, opened=opened)
        for output in outputs or (None,)
    )
    if opened and not any(target.shown_in_browser for target in targets):
        raise UsageError("--open shows a page", hint="give --output report.html")
    return targets


def show(page: Path) -> None:
    """Show a page in the browser of the user."""
    webbrowser.open(page.absolute().as_uri())


def check_writable(folder: Path) -> None:
    """Refuse, before the work begins, a folder where nothing can be written in the end.

    Raises
    ------
    StorageError
        It, or the nearest folder above it that exists, is a file, read-only or another user's.
    """
    nearest = next(found for found in (folder, *folder.absolute().parents) if found.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return
    reason = errno.EACCES if nearest.is_dir() else errno.ENOTDIR
    with writable(folder):
        raise OSError(reason, os.strerror(reason))


def write_report(document: Mapping[str, Any], target: Target, *, title: str | None = None) -> None:
    """Render a document and write it to stdout or atomically to a file."""
    if target.to_stdout and target.component.name == "terminal":
        console.out_styled(terminal_text(document, title=title, full=target.full))
        return
    data = rendered(document, target.component, title=title)
    if target.to_stdout:
        console.out_bytes(data)
    else:
        write_atomic(cast(Path, target.output), data)
        console.say(f"wrote {target.output}")
    if target.shown_in_browser:
        show(cast(Path, target.output))


def write_reports(
    document: Mapping[str, Any], targets: Sequence[Target], *, title: str | None = None
) -> None:
    """Render a document to every target."""
    for target in targets:
        write_report(document, target, title=title)


def rendered(document: Mapping[str, Any], component: Component, *, title: str | None = None) -> bytes:
    """Return a document in the format of an exporter.

    Raises
    ------
    PluginError
        The exporter is a third party's, and failed.
    """
    from auditor.report.sections.report import report_of

    report = report_of(document, title=title)
    try:
        with calling(component):
            return cast(bytes, component.load()(report))
    except AuditError:
        raise
    except Exception as error:
        if component.owner.distribution == OURS:
            raise
        raise PluginError(
            f"format '{component.name}' of plugin {component.owner} failed: {line_of(error)}",
            hint="choose another --format, or report it to the plugin's author",
        ) from error


def terminal_text(document: Mapping[str, Any], *, title: str | None = None, full: bool = True) -> str:
    """Return the report for this terminal: its width, its colour, its characters."""
    from auditor.report.sections.report import report_of
    from auditor.report.text.terminal import render

    on_terminal = console.is_terminal(sys.stdout)
    color = on_terminal if console.settings.color is None else console.settings.color
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    width = shutil.get_terminal_size((100, 24)).columns
    unicode = encoding.startswith("utf")
    return render(report_of(document, title=title), width=width, color=color, unicode=unicode, full=full)
