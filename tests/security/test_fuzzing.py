"""Spoilt inputs of every format are taken or refused: no traceback, no warning, no crash, no line broken.

`python -m benchmarks fuzz` does the same for longer, and keeps what it finds in its corpus.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import rounds
from benchmarks.fuzz.material import SOUND, kept
from benchmarks.fuzz.spoiling import spoilt
from benchmarks.fuzz.targets import TARGETS, read

QUICK = {"http": 40, "json": 40}
"""Inputs of the formats that take long, of 100 otherwise."""


@pytest.fixture(autouse=True)
def its_own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the cache of whoever runs the tests out of it, and the settings of downloads as they are."""
    from auditor.source.fetching import download

    monkeypatch.setenv("MTL_AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("TIMEOUT_S", "PAUSE_S", "LONGEST_PAUSE_S", "ATTEMPTS"):
        monkeypatch.setattr(download, name, getattr(download, name))


@pytest.mark.parametrize("form", TARGETS)
def test_sound_inputs_are_taken(form: str) -> None:
    assert read(form, SOUND[form]()[0]) == "taken"


@pytest.mark.parametrize(("form", "data"), [(form, data) for form in TARGETS for data in kept(form)])
def test_what_found_a_fault_once_is_refused_or_taken(form: str, data: bytes) -> None:
    assert read(form, data) in ("taken", "refused")


@pytest.mark.parametrize("form", TARGETS)
def test_spoilt_inputs_are_refused_or_taken(form: str) -> None:
    outcomes = []

    @settings(max_examples=QUICK.get(form, 100), deadline=None, suppress_health_check=list(HealthCheck))
    @given(spoilt(form))
    def attempt(data: bytes) -> None:
        outcomes.append(read(form, data))

    attempt()
    assert set(outcomes) == {"taken", "refused"}, "spoilt neither too much nor too little"


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_bytes_that_are_nothing_are_no_table(data: bytes) -> None:
    assert read("csv", data) in ("taken", "refused")


def test_a_round_that_finds_a_fault_keeps_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round runs in a process of its own, in which the reader is broken on purpose."""
    (tmp_path / "sitecustomize.py").write_text(
        "import auditor.source.table.opening as opening\n"
        "def broken(*_, **__): raise ZeroDivisionError('on purpose')\n"
        "opening.columns_of = broken\n"
    )
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{root}:{root / 'plugins'}")
    monkeypatch.setattr(rounds, "CORPUS", tmp_path / "corpus")
    count, fault = rounds.one_round("csv", 1)
    assert count and "ZeroDivisionError: on purpose" in fault, fault
    assert len(list((tmp_path / "corpus" / "csv").iterdir())) == 1
