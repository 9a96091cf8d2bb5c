"""Which code a stored result was made by: its key changes when the code does.

What counts is what the interpreter runs. A digest is of the syntax trees of the definitions, so that a
comment, a docstring, the layout, an import line and the place of a file change none, and any other word
of a definition does.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from auditor.errors import PluginError

_UNREAD = ("type_comment", "kind", "type_ignores")
"""Fields of a tree that decide nothing; empty ones are left out too, as releases of Python differ."""


def digest_of_package(function: Callable[..., object]) -> str:
    """Return a digest of the definitions in the package that a function belongs to, and below it.

    Of a function in a folder without ``__init__.py``, its own module is read.

    Raises
    ------
    PluginError
        The function has no source file.
    """
    name = getattr(function, "__module__", None) or ""
    home = _file_of(name.partition(".")[0])
    if home is not None and home.name == "__init__.py":
        return _digest(home.parent.rglob("*.py"))
    own = home or _file_of(name)
    if own is None:
        raise PluginError(
            f"the code of {getattr(function, '__qualname__', function)} has no source file",
            hint="define it in a module, so that results are kept apart when its code changes",
        )
    return _digest([own])


def digest_of_modules(names: Iterable[str]) -> str:
    """Return a digest of the definitions in some modules, importing none of them but their packages.

    Raises
    ------
    ModuleNotFoundError
        There is no such module.
    """
    return _digest(source_of(name) for name in names)


def modules_behind(roots: Iterable[str], within: Collection[str]) -> tuple[str, ...]:
    """Return some modules and all that they import, directly or not, in some packages or modules.

    Import lines are followed wherever they stand, inside of functions too.
    """
    found: set[str] = set()
    left = list(roots)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _imported(name, within)
    return tuple(sorted(found))


def source_of(name: str) -> Path:
    """Return the source file of a module.

    Raises
    ------
    ModuleNotFoundError
        There is no such module.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin or not Path(spec.origin).is_file():
        raise ModuleNotFoundError(f"no source file of a module {name}", name=name)
    return Path(spec.origin)


def versions_of(distributions: Iterable[str]) -> dict[str, str]:
    """Return the installed versions of some distributions, importing none of them.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        One is not installed.
    """
    return {name: importlib.metadata.version(name) for name in sorted(set(distributions))}


def _file_of(name: str) -> Path | None:
    path = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    return path if path.is_file() else None


def _digest(paths: Iterable[Path]) -> str:
    """Return a digest of files that does not depend on their names and their order."""
    digests = sorted(hashlib.sha256(_content(path)).hexdigest() for path in paths)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def _content(path: Path) -> bytes:
    """Return what counts of a file: its syntax tree; a template that is no Python yet, whole."""
    try:
        return repr(_tree(_parsed(path))).encode()
    except SyntaxError:
        return path.read_bytes()


def _parsed(path: Path) -> ast.Module:
    with warnings.catch_warnings():  # what Python remarks about a plugin's texts is said at its import
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes())


def _tree(value: object) -> object:
    """Return a syntax tree as nested lists, less what decides nothing."""
    if isinstance(value, list):
        return [_tree(part) for part in value if not _is_idle(part)]
    if not isinstance(value, ast.AST):
        return value
    fields = [(name, _tree(part)) for name, part in ast.iter_fields(value) if name not in _UNREAD]
    return [type(value).__name__, *(field for field in fields if field[1] is not None and field[1] != [])]


def _is_idle(statement: object) -> bool:
    """Return whether a statement is an import, a text that stands alone, or a block of nothing else."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    if isinstance(statement, ast.If):
        return not statement.orelse and all(_is_idle(part) for part in statement.body)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)


def _imported(name: str, within: Collection[str]) -> Iterator[str]:
    """Yield the modules in some rooms that a module names in its import lines."""
    path = source_of(name)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_within(alias.name, within))
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(relative, package) if node.level else relative
            if _is_within(base, within):
                yield base
            parts = [f"{base}.{alias.name}" for alias in node.names]
            yield from (part for part in parts if _is_within(part, within) and _is_module(base, part))


def _is_module(package: str, name: str) -> bool:
    """Return whether what is imported from a package is a module of it, and not a name in it."""
    spec = importlib.util.find_spec(package)
    has_modules = spec is not None and spec.submodule_search_locations is not None
    return has_modules and importlib.util.find_spec(name) is not None


def _is_within(name: str, rooms: Collection[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)
