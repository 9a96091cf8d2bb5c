"""What an installation costs: distributions and megabytes of the core, of each extra, and of all.

``python -m benchmarks.installed`` follows the requirements of the distributions that are installed here,
so it is run where everything is: after ``make test``. Sizes are of the files, without compiled copies.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "mtl-audit"
EXTRAS = ("", "train", "chembl", "distributed", "tdc", "deepchem", "all")


def main() -> None:
    """Print the table."""
    print("| `pip install` | distributions | MB |\n|---|---:|---:|")
    for extra in EXTRAS:
        found = closure(ROOT, frozenset({extra} - {""}))
        size = sum(size_of(name) for name in found)
        print(f"| `mtl-audit{f'[{extra}]' if extra else ''}` | {len(found)} | {size / 1e6:,.0f} |")


def closure(name: str, extras: frozenset[str]) -> set[str]:
    """Return the distributions that one of them asks for, itself included, as far as they are installed."""
    todo, seen = [(canonicalize_name(name), extras)], set()
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += [(canonicalize_name(other.name), frozenset(other.extras)) for other in asked(*one)]
    return {name for name, _ in seen if installed(name)}


def asked(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    """Yield what a distribution with some of its extras requires on this Python."""
    if not installed(name):
        return
    for line in importlib.metadata.requires(name) or ():
        found = Requirement(line)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            yield found


def installed(name: str) -> bool:
    """Return whether a distribution is here."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def size_of(name: str) -> int:
    """Return the bytes of a distribution's files."""
    files = importlib.metadata.files(name) or ()
    return sum(file.size or 0 for file in files if not file.name.endswith(".pyc"))


if __name__ == "__main__":
    main()
