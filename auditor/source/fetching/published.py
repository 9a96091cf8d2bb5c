"""A published file: its name, its address, and what is known of it before it is seen."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from auditor.cache.store import sha256_file
from auditor.cache.writing import write_atomic
from auditor.errors import DataError, PluginError
from auditor.source.fetching.soundness import defect_of

_PART = r"[^\W_][\w+@=,() .-]{0,199}"
_NAME = re.compile(f"{_PART}(/{_PART}){{0,7}}")


@dataclass(frozen=True)
class PublishedFile:
    """Where a published file came from, for the report's provenance."""

    name: str
    url: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Wanted:
    """A file that a source asks for; the fields are those of `SourceFiles.need`."""

    name: str
    url: str
    sha256: str = ""
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise PluginError(
                f"a published file cannot be called {self.name[:200]!r}",
                hint="a source must name it like 'folder/file.csv', without '..' and hidden parts",
            )

    def check(self, found: Path, origin: str, *, whole: bool = True) -> None:
        """Refuse a file that is not what it should be: raises DataError.

        Parameters
        ----------
        found
            Where it lies.
        origin
            Where it came from, for the error.
        whole
            Whether its length was known before it arrived.
        """
        defect = defect_of(found, self.name, columns=self.columns, whole=whole)
        if not defect and self.sha256 and sha256_file(found) != self.sha256:
            defect = "its checksum is not the published one"
        if defect:
            raise DataError(
                f"{self.name} from {origin} is not usable: {defect}",
                hint="try again later, or point --mirror at a good copy",
            )

    def defect_in_cache(self, path: Path) -> str:
        """Return why a cached file must not be used, empty where it may."""
        if not path.is_file():
            return "absent"
        if defect := defect_of(path, self.name, columns=self.columns):
            return defect
        sha256 = self.sha256 or remembered(path).get("sha256", "")
        return "its checksum is not the recorded one" if sha256 and sha256_file(path) != sha256 else ""


def is_name(text: str) -> bool:
    """Return whether a text names a file below whichever folder it is put in, and no hidden one."""
    return _NAME.fullmatch(text) is not None


def remember(path: Path, url: str, sha256: str) -> None:
    """Note beside a file where it came from, and what it was."""
    write_atomic(_note(path), json.dumps({"url": url, "sha256": sha256}).encode())


def remembered(path: Path) -> dict[str, str]:
    """Return what was noted of a file; nothing where there is no note, or no readable one."""
    try:
        record = json.loads(_note(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    known = record if isinstance(record, dict) else {}
    return {name: value for name, value in known.items() if isinstance(value, str)}


def _note(path: Path) -> Path:
    return path.parent / f".{path.name}.json"
