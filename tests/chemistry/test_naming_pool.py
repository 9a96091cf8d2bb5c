"""Naming in worker processes: one molecule's crash is that molecule's."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.chemistry.named import Named
from auditor.chemistry.naming import identify, name_all
from auditor.chemistry.naming_pool import CHUNK, name_in_workers
from auditor.errors import PluginError
from auditor.plugin.component import Component
from tests.hostile_levels import level
from tests.making import ALCOHOLS, identity

BROMIDES = ("CBr", "CCBr")


def run(texts: Sequence[str], which: Component, *, workers: int = 1, limit_s: int = 30) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for part in name_in_workers(texts, which, workers=workers, limit_s=limit_s):
        found.update(part)
    return found


def test_workers_name_as_the_process_itself_does() -> None:
    texts = [*ALCOHOLS, "nonsense", "C(C", "CC.[Na+]"]
    assert run(texts, identity(), workers=2) == name_all(texts, identity())


@pytest.mark.parametrize(("which", "reason"), [("crashing", "SIGSEGV"), ("leaving", "exit 3")])
def test_a_molecule_that_crashes_its_worker_is_rejected_and_no_other(which: str, reason: str) -> None:
    texts = [*ALCOHOLS[:20], BROMIDES[0], *ALCOHOLS[20:40], BROMIDES[1]]
    found = run(texts, level(which))
    assert list(found) == texts
    assert {text for text, named in found.items() if named.name is None} == set(BROMIDES)
    assert {found[text].reason for text in BROMIDES} == {f"crashes the parser ({reason})"}


def test_a_molecule_that_never_ends_is_rejected_and_no_other() -> None:
    found = run(["CO", "CBr", "CCO"], level("endless"), limit_s=1)
    assert found["CO"].name and found["CCO"].name
    assert found["CBr"] == Named(None, "needs more than 1 s of processor time")


def test_a_worker_ended_from_outside_is_an_error_not_a_verdict_on_the_molecule() -> None:
    with pytest.raises(PluginError, match="ended from outside") as caught:
        run(["CO"], level("killed"))
    assert "run again" in caught.value.hint


def test_what_a_library_prints_does_not_get_between_the_answers(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["CO", "CCO"], level("talking")) == {"CO": Named("CO"), "CCO": Named("CCO")}
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_cannot_start_is_one_clear_error() -> None:
    missing = level("unpicklable")
    object.__setattr__(missing, "target", "no_such_module_anywhere:level")
    with pytest.raises(PluginError, match=r"cannot start.*no_such_module_anywhere"):
        run(["CO"], missing)


def test_every_chunk_arrives_once_whatever_the_number_of_workers() -> None:
    texts = [f"{'C' * a}O{'C' * b}" for a in range(1, 36) for b in range(1, 36)]
    assert len(texts) > 2 * CHUNK
    assert run(texts, identity("as-written"), workers=3) == {text: Named(text) for text in texts}


def test_an_audit_that_stops_early_leaves_no_worker_behind() -> None:
    texts = [f"{'C' * a}O{'C' * b}" for a in range(1, 51) for b in range(1, 51)]
    before = threading.active_count()
    naming = name_in_workers(texts, level("talking"), workers=2)
    next(naming)
    started = time.monotonic()
    naming.close()
    assert threading.active_count() == before
    assert time.monotonic() - started < 5


def test_a_long_text_is_named_outside_of_this_process(tmp_path: Path) -> None:
    long = "C" * 400 + "Br"
    found = identify([long, "CO"], level("crashing"), cache=tmp_path)
    assert found["CO"] == Named("CO") and "crashes the parser" in found[long].reason
    assert identify([long, "CO"], level("crashing"), cache=tmp_path) == found
