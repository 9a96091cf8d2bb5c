"""The page of the architecture shows the tree that is there, floor by floor; run it to print the table."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = "`auditor/`"


def floors() -> dict[str, int]:
    """The floor of every package and module directly in auditor/, from the contract that lint holds."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in told["contracts"] if one["type"] == "layers"]
    return {
        name.strip(): len(layers) - place
        for place, layer in enumerate(layers)
        for name in layer.replace("|", ":").split(":")
    }


def purpose(package: Path) -> str:
    """The first line of a package's docstring, after its name."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0].rstrip(".")


def contents(package: Path) -> str:
    """Its modules, and its packages with theirs in brackets."""
    modules = sorted(path.stem for path in package.glob("*.py") if path.stem != "__init__")
    inner = sorted(path for path in package.iterdir() if (path / "__init__.py").exists())
    return ", ".join([*modules, *(f"{path.name}/ ({contents(path)})" for path in inner)])


def table() -> str:
    """The table of the page, highest floor first."""
    rows = ["| floor | package | its one job | modules |", "|---:|---|---|---|"]
    places = sorted(floors().items(), key=lambda place: (-place[1], place[0]))
    for name, floor in places:
        package = ROOT / "auditor" / name
        if package.is_dir():
            rows.append(f"| {floor} | `{name}/` | {purpose(package)} | {contents(package)} |")
        else:
            job = ast.get_docstring(ast.parse(package.with_suffix(".py").read_text(encoding="utf-8"))) or ""
            rows.append(f"| {floor} | `{name}.py` | {job.splitlines()[0].rstrip('.')} | |")
    return "\n".join(rows)


def test_the_page_shows_every_package_on_its_floor_with_its_modules() -> None:
    assert table() in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_there_are_at_most_seven_floors_and_few_files_beside_the_packages() -> None:
    assert max(floors().values()) <= 7
    assert len(list((ROOT / "auditor").glob("*.py"))) < 12


def test_every_package_has_a_docstring_that_says_its_one_job() -> None:
    folders = {path.parent for path in (ROOT / "auditor").rglob("*.py")}
    assert all((folder / "__init__.py").exists() and purpose(folder) for folder in folders)


if __name__ == "__main__":
    print(table())
