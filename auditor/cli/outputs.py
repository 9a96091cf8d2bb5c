"""Where a command writes: files by their suffix, and the folder of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.cache.run_folder import write_run
from auditor.cli.run_folder import check_folder
from auditor.cli.target import Target, rendered, show, targets_of, write_reports
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.plugin.registry import Registry

RUN = (("audit.json", "json"), ("report.html", "html"), ("report.md", "markdown"))
"""The files of a run's folder, and their formats."""


@dataclass(frozen=True)
class Outputs:
    """Where a document goes; all of it was looked at before the work began."""

    registry: Registry
    targets: tuple[Target, ...]
    folder: Path | None
    opened: bool

    def write(self, document: Mapping[str, Any]) -> None:
        """Write it everywhere, the folder first, and open its page if that was asked for."""
        if self.folder is not None:
            files = {
                name: rendered(document, self.registry.get("format", format_)) for name, format_ in RUN
            }
            write_run(self.folder, files, document["meta"])
        write_reports(document, self.targets)
        if self.folder is not None:
            console.say(f"wrote {', '.join(name for name, _ in RUN)} to {self.folder}")
            if self.opened and not any(target.shown_in_browser for target in self.targets):
                show(self.folder / "report.html")


def is_folder(path: Path) -> bool:
    """Return whether an output is the folder of a run: it is one, or has no suffix."""
    return str(path) != "-" and (path.is_dir() or not path.suffix)


def outputs_of(
    registry: Registry,
    format_name: str | None,
    given: Sequence[Path],
    command: str,
    *,
    force: bool,
    opened: bool,
    full: bool = False,
    later: bool = False,
    folder: Path | None = None,
) -> Outputs:
    """Return where a document goes: to every file and folder given.

    Parameters
    ----------
    command
        The command line, by which the audit of another command is known in a folder.
    later
        The report comes after hours of work: a terminal gets it even where it is written elsewhere.
    folder
        Where a run goes if nothing else is said; None if such a run is only shown.

    Raises
    ------
    UsageError
        Two folders, a file or folder that is in use, one format for several files, no page to open.
    """
    folders = [path for path in given if is_folder(path)]
    files = [path for path in given if not is_folder(path)]
    if len(folders) > 1:
        raise UsageError(
            f"two folders to write to: {folders[0]} and {folders[1]}",
            hint="a file has a suffix",
        )
    chosen = folders[0] if folders else None if files else folder
    if chosen is not None:
        check_folder(chosen, command, force)
    shown: tuple[Target, ...] = ()
    if later or (chosen is not None and not files):
        shown = (Target(registry, format_name or "terminal", None, force, later=later, full=full),)
        format_name = None
    if files or not shown:
        page = opened and chosen is None
        shown += targets_of(registry, format_name, files, force=force, opened=page, full=full)
    return Outputs(registry, shown, chosen, opened)
