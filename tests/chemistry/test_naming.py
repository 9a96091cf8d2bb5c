"""What is remembered of names: read back whole or in part, stored even when the work is cut short."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from auditor.cache.code import modules_behind
from auditor.chemistry import name_memory
from auditor.chemistry import naming as module
from auditor.chemistry.name_memory import Row
from auditor.chemistry.naming import identify, name_all
from auditor.errors import MissingExtra
from auditor.plugin.component import Identity, Owner
from tests.making import ALCOHOLS, identity


def forgetful() -> object:
    """An identity level that has forgotten how to name: only what is remembered can be told."""
    level = identity()
    object.__setattr__(level, "target", "auditor.chemistry.levels:no_such_function")
    return level


@pytest.mark.parametrize("asked", [1, 5, 30, 60])
def test_a_part_of_what_is_remembered_reads_back_equal(tmp_path: Path, asked: int) -> None:
    every = identify(ALCOHOLS, identity(), cache=tmp_path)
    some = ALCOHOLS[-asked:]
    found = identify(some, forgetful(), cache=tmp_path)  # type: ignore[arg-type]
    assert found == {text: every[text] for text in some}


@pytest.mark.parametrize("scan", [0, 1_000])
def test_looking_up_and_reading_through_find_the_same(
    tmp_path: Path, scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    identify(ALCOHOLS, identity(), cache=tmp_path)
    monkeypatch.setattr(name_memory, "SCAN", scan)
    monkeypatch.setattr(name_memory, "CHUNK", 7)
    found = identify(ALCOHOLS[:40], forgetful(), cache=tmp_path)  # type: ignore[arg-type]
    assert found == name_all(ALCOHOLS[:40], identity())


def test_what_was_named_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = name_all(ALCOHOLS, identity())

    def interrupted(*_: object) -> object:
        yield {text: whole[text] for text in ALCOHOLS[:20]}
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "_name_chunks", interrupted)
        with pytest.raises(KeyboardInterrupt):
            identify(ALCOHOLS, identity(), cache=tmp_path)
    found = identify(ALCOHOLS[:20], forgetful(), cache=tmp_path)  # type: ignore[arg-type]
    assert found == {text: whole[text] for text in ALCOHOLS[:20]}


def test_names_are_stored_while_the_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[int] = []
    remember = module.remember
    monkeypatch.setattr(module, "CHUNK", 10)
    monkeypatch.setattr(module, "STORED_TOGETHER", 25)

    def counting(memory: Path, rows: Iterable[Row]) -> None:
        names = list(rows)
        stored.append(len(names))
        remember(memory, names)

    monkeypatch.setattr(module, "remember", counting)
    identify(ALCOHOLS, identity(), cache=tmp_path)
    assert stored == [30, 30]


def test_all_code_that_decides_a_name_is_in_the_key_of_what_is_remembered() -> None:
    deciding = {"levels", "named", "parent", "charges", "counter_ions", "isomers"}
    assert {f"auditor.chemistry.{name}" for name in deciding} <= set(
        modules_behind(module.RULES, ["auditor.chemistry"])
    )


def test_names_by_earlier_rules_are_not_remembered_when_the_code_of_a_level_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    level = Identity("own", "own_rules:name", "own rules", Owner("own", "own", "1"))
    found = []
    for answer in ("first", "second", "first"):
        (tmp_path / "own_rules.py").write_text(f"def name(smiles, mol):\n    return '{answer}'\n")
        module._digest_of.cache_clear()
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, "own_rules", raising=False)
        found.append(identify(["CCO"], level, cache=tmp_path / "cache")["CCO"].name)
    assert found == ["first", "second", "first"]
    assert len(list((tmp_path / "cache" / "identity").glob("*.sqlite"))) == 2


def test_a_level_whose_library_is_missing_says_what_to_install(tmp_path: Path) -> None:
    level = Identity(
        "own", "own_rules:name", "own rules", Owner("own", "own", "1"), ("no-such-library",), "own"
    )
    with pytest.raises(MissingExtra, match="needs no-such-library, which is not installed"):
        identify(["CCO"], level, cache=tmp_path)
