"""Which code a stored result was made by: its key changes when the code does."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path


def digest_of_package(function: Callable[..., object]) -> str:
    """Return a digest of the Python files of the package that a function belongs to."""
    package = sys.modules.get((getattr(function, "__module__", "") or "").partition(".")[0])
    home = Path(getattr(package, "__file__", None) or "")
    if not home.is_file():
        return ""
    return _digest(sorted(home.parent.glob("*.py")) if home.name == "__init__.py" else [home])


def digest_of_modules(names: Iterable[str]) -> str:
    """Return a digest of the source files of some modules, importing none of them."""
    found = [importlib.util.find_spec(name) for name in names]
    return _digest([Path(spec.origin) for spec in found if spec is not None and spec.origin])


def _digest(paths: Iterable[Path]) -> str:
    state = hashlib.sha256()
    for path in paths:
        state.update(path.read_bytes())
    return state.hexdigest()[:16]
