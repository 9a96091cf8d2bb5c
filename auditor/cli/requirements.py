"""What this installation has of what the package asks for, read from metadata; nothing is imported."""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass

from packaging import requirements as metadata
from packaging.specifiers import SpecifierSet

from auditor.plugin.installing import DISTRIBUTION, installed

NOT_FOR_USERS = frozenset({"dev", "all"})
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")


@dataclass(frozen=True)
class Requirement:
    """A distribution that is asked for.

    Parameters
    ----------
    name, wanted, extra
        Of the distribution; the versions wanted, "" for any; the extra that asks, "" for the core.
    found
        The installed version, None where it is not installed.
    applies
        Whether it is asked for on this version of Python.
    """

    name: str
    wanted: str
    extra: str
    found: str | None
    applies: bool

    @property
    def status(self) -> str:
        """What is to be said of it: ok, missing, another version, or not for this Python."""
        if self.found is None:
            return "missing" if self.applies else "not for this Python"
        return "ok" if not self.applies or within(self.found, self.wanted) else "another version"


def requirements() -> list[Requirement]:
    """Return what the core and each extra ask for, in the order of the package's metadata."""
    lines = importlib.metadata.requires(DISTRIBUTION) or []
    found = [requirement_of(line) for line in lines]
    return [one for one in found if one.extra not in NOT_FOR_USERS and one.name.lower() != DISTRIBUTION]


def requirement_of(line: str) -> Requirement:
    """Return what one line of metadata asks for: "pytdc>=1.1.15; extra == 'tdc'"."""
    asked = metadata.Requirement(line)
    extra = _EXTRA.search(line)
    name = extra[1] if extra else ""
    applies = asked.marker is None or asked.marker.evaluate({"extra": name})
    return Requirement(asked.name, str(asked.specifier), name, installed(asked.name), applies)


def within(version: str, wanted: str) -> bool:
    """Return whether a version, which may be a preview, keeps bounds such as ">=1.2,<3"."""
    return SpecifierSet(wanted).contains(version, prereleases=True)
