"""The folder that a command writes a run into."""

from __future__ import annotations

from pathlib import Path

from auditor.cli.documents import read_document
from auditor.cli.target import check_writable
from auditor.errors import UsageError
from auditor.privacy import discreet


def check_folder(folder: Path, command: str, force: bool) -> None:
    """Refuse a folder that holds the audit of another command.

    Raises
    ------
    UsageError
        It does, and --force was not given.
    StorageError
        It cannot be written.
    DataError
        What it holds is no document.
    """
    check_writable(folder)
    existing = folder / "audit.json"
    if force or not existing.exists():
        return
    before = read_document(existing, checked=False).get("meta", {}).get("command")
    if before != discreet(command):
        raise UsageError(
            f"{folder} holds the audit of another command: {before}",
            hint="choose another folder with --output, or --force overwrites it",
        )
