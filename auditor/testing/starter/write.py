"""Write a starter package: one component, its registration, and tests that pass at once."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

from auditor import __version__
from auditor.cache.writing import writable
from auditor.errors import UsageError
from auditor.plugin.hooks import API_VERSION

_WORDS: Mapping[str, Mapping[str, str]] = {
    "dataset": {
        "plural": "datasets",
        "function": "load",
        "use": "mtl-audit overlap {name}",
        "imports": "checks_of",
        "settings": "",
    },
    "encoder": {
        "plural": "encoders",
        "function": "build",
        "use": "mtl-audit analyze synthetic --encoder {name}",
        "imports": "checks_of",
        "settings": "",
    },
    "affinity": {
        "plural": "affinities",
        "function": "estimate",
        "use": "mtl-audit analyze synthetic --affinity {name}",
        "imports": "checks_of",
        "settings": "",
    },
    "analysis": {
        "plural": "analyses",
        "function": "analyse",
        "use": "mtl-audit overlap synthetic --only {name}",
        "imports": "checks_of, small_audit",
        "settings": ", audit=small_audit(trained=False)",
    },
}
KINDS = tuple(_WORDS)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SHARED = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "test_plugin.py": "tests/test_{module}.py",
}
"""Template and where it goes, for every kind."""
_OF_KIND = {"init.py": "{module}/__init__.py", "component.py": "{module}/{kind}.py"}
_ALSO = {"dataset": {"labels.csv": "{module}/labels.csv"}}


def write_starter(name: str, kind: str, parent: Path) -> list[Path]:
    """Write the package of a new component into ``parent/mtl-audit-NAME`` and return its files.

    Raises
    ------
    UsageError
        The name is not usable, or something of that name is there already.
    StorageError
        The folder cannot be written, or the disk is full.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' is not a usable name for a package",
            hint="lower-case letters and digits, parts joined by '-', such as my-lab",
        )
    if kind not in KINDS:
        raise UsageError(f"no starter of kind '{kind}'", hint=f"one of {', '.join(KINDS)}")
    folder = parent / f"mtl-audit-{name}"
    texts = _texts(name, kind)
    with writable(folder, options="--folder"):
        if folder.exists():
            raise UsageError(
                f"{folder} exists", hint="choose another name or --folder; nothing is overwritten"
            )
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return [folder / path for path in texts]


def _texts(name: str, kind: str) -> dict[str, str]:
    """Return the text of every file by its path within the package."""
    words = {
        "name": name,
        "kind": kind,
        "module": f"mtl_audit_{name.replace('-', '_')}",
        "version": __version__,
        "api": str(API_VERSION),
        **{word: text.format(name=name) for word, text in _WORDS[kind].items()},
    }
    parts = dict(_SHARED)
    parts |= {f"{kind}/{part}": place for part, place in (_OF_KIND | _ALSO.get(kind, {})).items()}
    home = importlib.resources.files("auditor.testing.starter") / "templates"
    return {
        place.format(**words): Template((home / f"{part}.txt").read_text("utf-8")).substitute(words)
        for part, place in parts.items()
    }
