"""The shape of the code: lengths of functions and modules, and imports within functions.

``python -m benchmarks.house`` prints the table; with ``--imports`` also every import of our own modules
that stands within a function though it keeps no heavy library out of what imports it.
"""

from __future__ import annotations

import ast
import functools
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1] / "auditor"
HEAVY = frozenset(
    "numpy scipy pandas pyarrow sklearn rdkit torch torch_geometric rich jinja2 requests distributed PIL "
    "urllib3 unittest jsonschema packaging".split()
)


@dataclass(frozen=True)
class Import:
    """An import of one module by another, and the function that it stands in, if any."""

    importer: str
    imported: str
    function: str
    line: int


def main(arguments: list[str]) -> None:
    """Print the table."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules().items()}
    functions = [length(node) for tree in trees.values() for node in ast.walk(tree) if is_function(node)]
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in modules().values()]
    local = [one for name, tree in trees.items() for one in imports(name, tree) if one.function]
    own = [one for one in local if one.imported.startswith("auditor")]
    idle = [one for one in own if not keeps_out(one)]
    rows = {
        "modules": len(lines),
        "files directly in auditor/": len(list(ROOT.glob("*.py"))),
        "lines of a module: median, p90, most": spread(lines),
        "lines of a function: median, p90, most": spread(functions),
        "imports of our own modules within functions": len(own),
        "of them keep no heavy library out": len(idle),
    }
    print("| measure | value |\n|---|---:|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    if "--imports" in arguments:
        print(*(f"{one.importer}:{one.line} {one.function} <- {one.imported}" for one in idle), sep="\n")


@functools.cache
def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_function(node: ast.AST) -> bool:
    """Return whether a node defines a function."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def length(node: ast.AST) -> int:
    """Return the lines of a function's body without its docstring."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def spread(values: list[int]) -> str:
    """Return the median, the ninth decile and the largest of some counts."""
    return f"{statistics.median(values):.0f}, {statistics.quantiles(values, n=10)[-1]:.0f}, {max(values)}"


def imports(name: str, tree: ast.AST, function: str = "") -> Iterator[Import]:
    """Yield what a module imports when it runs; what only type checkers see is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (Import(name, alias.name, function, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                target = whole if whole in modules() else node.module
                yield Import(name, target, function, node.lineno)
        else:
            inner = node.name if is_function(node) else function  # type: ignore[attr-defined]
            yield from imports(name, node, inner)


@functools.cache
def reached(name: str) -> frozenset[str]:
    """Return the heavy libraries that importing one of our modules brings in."""
    found, seen, waiting = set(), {name}, [name]
    while waiting:
        module = waiting.pop()
        packages = [module.rsplit(".", n)[0] for n in range(1, module.count(".") + 1)]
        here = [
            one.imported
            for one in imports(module, ast.parse(modules()[module].read_text(encoding="utf-8")))
            if not one.function
        ]
        for target in (*packages, *here):
            found |= {target.partition(".")[0]} & HEAVY
            if target in modules() and target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(found)


def keeps_out(one: Import) -> bool:
    """Return whether an import brings in a heavy library that its importer does not have anyway."""
    return one.imported in modules() and bool(reached(one.imported) - reached(one.importer))


if __name__ == "__main__":
    main(sys.argv[1:])
