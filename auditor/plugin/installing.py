"""Which distributions are installed, and how to get one that is not; nothing is imported for it."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence

DISTRIBUTION = "mtl-audit"


def installed(distribution: str) -> str | None:
    """Return the installed version of a distribution, None where there is none."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def how_to_install(missing: Sequence[str], extra: str = "") -> str:
    """Return how to get distributions that are missing, or that this Python cannot have them.

    Parameters
    ----------
    missing
        Their names.
    extra
        The optional dependency groups of ``mtl-audit`` that install them, with commas; "" for none.
    """
    never = [name for name in missing if not _for_this_python(name)]
    if never:
        return f"there is no {', '.join(never)} for Python {platform.python_version()}; use Python 3.11"
    wanted = f"'{DISTRIBUTION}[{extra}]'" if extra else " ".join(missing)
    return f"pip install {wanted}"


def _for_this_python(name: str) -> bool:
    """Return whether an extra asks for a distribution on this Python, or none asks for it at all."""
    from packaging.requirements import Requirement

    asked = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or ()]
    markers = [one.marker for one in asked if one.name.lower() == name.lower()]
    extras = ("", *(importlib.metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or ()))
    return not markers or any(
        marker is None or any(marker.evaluate({"extra": extra}) for extra in extras) for marker in markers
    )
