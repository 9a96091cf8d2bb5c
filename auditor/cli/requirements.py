"""What this installation has of what the package asks for, read from metadata; nothing is imported."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from dataclasses import dataclass

DISTRIBUTION = "mtl-audit"
NOT_FOR_USERS = frozenset({"dev", "all"})
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)(?:;(.*))?$")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")
_PYTHON = re.compile(r"""python_version\s*(<=|>=|==|!=|<|>)\s*["']([\d.]+)["']""")
_BOUND = re.compile(r"(<=|>=|==|!=|~=|<|>)\s*([\w.]+)")


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
    match = _NAME.match(line)
    if match is None:
        raise ValueError(f"{line!r} is not a requirement")
    name, wanted, marker = match[1], match[2].strip(" ()"), match[3] or ""
    extra = _EXTRA.search(marker)
    python = _PYTHON.search(marker)
    applies = python is None or within(platform.python_version(), f"{python[1]}{python[2]}")
    return Requirement(name, wanted, extra[1] if extra else "", installed(name), applies)


def installed(name: str) -> str | None:
    """Return the installed version of a distribution, None where there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def within(version: str, wanted: str) -> bool:
    """Return whether a version keeps bounds such as ">=1.2,<3", by its release numbers alone."""
    return all(_keeps(version, sign, bound) for sign, bound in _BOUND.findall(wanted))


def _keeps(version: str, sign: str, bound: str) -> bool:
    limit = _release(bound)
    have = _release(version)
    width = max(len(limit), len(have))
    padded, other = (tuple(parts + [0] * (width - len(parts))) for parts in (have, limit))
    if sign == "~=":
        return padded >= other and have[: len(limit) - 1] == limit[:-1]
    answers = {
        ">=": padded >= other,
        "<=": padded <= other,
        ">": padded > other,
        "<": padded < other,
        "==": padded == other,
        "!=": padded != other,
    }
    return answers[sign]


def _release(version: str) -> list[int]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return [int(part) for part in match[0].split(".")] if match else [0]
