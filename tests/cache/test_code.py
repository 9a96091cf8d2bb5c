"""A digest of code changes when a definition does, and with nothing else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.cache.code import digest_of_modules, digest_of_package, modules_behind, versions_of
from auditor.errors import PluginError

BODY = "def size(x: int) -> int:\n    return x + 1\n"
Write = Callable[[dict[str, str]], str]


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes the files of a package and gives the digest of some function of it."""

    def written(files: dict[str, str]) -> str:
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in {"__init__.py": "", **files}.items():
            path = home / "a_plugin" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for name in [name for name in sys.modules if name.partition(".")[0] == "a_plugin"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.syspath_prepend(home)
        importlib.import_module("a_plugin")

        def function() -> None: ...

        function.__module__ = "a_plugin.model"
        return digest_of_package(function)

    return written


@pytest.mark.parametrize(
    "text",
    [
        f'"""A module."""\n\n{BODY}',
        'def size(x: int) -> int:\n    """Return more."""\n    # why\n    return (x +\n        1)\n',
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import json\n{BODY}",
        f"import os\n{BODY}",
    ],
)
def test_words_layout_and_imports_leave_the_digest(text: str, digest: Write) -> None:
    assert digest({"model.py": text}) == digest({"model.py": BODY})


def test_moving_a_file_leaves_the_digest(digest: Write) -> None:
    here = {"model.py": BODY, "room/__init__.py": ""}
    assert digest(here) == digest({"room/__init__.py": "", "room/other.py": BODY})


@pytest.mark.parametrize(
    "text",
    [
        BODY.replace("+ 1", "+ 2"),
        BODY.replace("+ 1", "- 1"),
        BODY.replace("return x + 1", "return None"),
        BODY.replace("x: int", "x: int = 3"),
        f"{BODY}\nSIZE = 0\n",
    ],
)
def test_another_definition_is_another_digest(text: str, digest: Write) -> None:
    assert digest({"model.py": text}) != digest({"model.py": BODY})


def test_the_packages_inside_of_a_package_count(digest: Write) -> None:
    files = {"model.py": BODY, "deep/__init__.py": "", "deep/layer.py": BODY}
    assert digest(files) != digest({**files, "deep/layer.py": BODY.replace("1", "2")})


def test_a_template_that_is_no_python_counts_whole(digest: Write) -> None:
    first, second = (digest({"model.py": BODY, "starter.py": f"{{{{ {name} }}}} = 1"}) for name in "ab")
    assert first != second


def test_an_unknown_module_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"auditor\.seedling"):
        digest_of_modules(["auditor.seeding", "auditor.seedling"])
    with pytest.raises(ModuleNotFoundError, match=r"auditor\.seedling"):
        modules_behind(["auditor.seedling"], ["auditor"])


def test_a_function_without_a_source_file_is_an_error() -> None:
    function: Any = eval("lambda: 0", {"__name__": "typed_at_a_prompt"})
    with pytest.raises(PluginError, match="no source file"):
        digest_of_package(function)


def test_import_lines_are_followed_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "b_plugin"
    (home / "room").mkdir(parents=True)
    for name, text in {
        "__init__": "",
        "start": "import json\nfrom b_plugin import near, near as n\ndef f():\n    from .room.far import g\n",
        "near": "from b_plugin.start import f\nimport b_plugin.last\n",
        "room/__init__": "",
        "room/far": "from ..outside import x\nfrom b_plugin.room import far\n",
        "last": "",
        "outside": "",
    }.items():
        (home / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    found = modules_behind(["b_plugin.start"], ["b_plugin.near", "b_plugin.room", "b_plugin.last"])
    assert set(found) == {f"b_plugin.{name}" for name in ("start", "near", "last", "room", "room.far")}


def test_versions_are_those_of_the_distributions() -> None:
    assert versions_of(["pytest", "pytest"]) == {"pytest": pytest.__version__}
