"""Nothing that data, files or plugins are called moves the cursor, clears the screen or forges a line."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import console
from auditor.errors import DataError
from auditor.text import plain_lines

HOSTILE = "\x1b[2J\x1b]0;own\x07\x9b2J\r\b\u202eevil\u2028\x00\x7f"
EVERY_WAY: dict[str, Callable[[str], None]] = {
    "say": console.say,
    "warn": console.warn,
    "err": console.err,
    "out": console.out,
    "error": lambda text: console.error(DataError(text, hint=text)),
}


def shown(text: str) -> bool:
    """Return whether a terminal shows every character of a text, line ends apart."""
    return all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_whatever_is_said_is_shown_and_not_obeyed(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    EVERY_WAY[way](f"column '{HOSTILE}'")
    out, err = capsys.readouterr()
    assert "\\x1b[2J" in out + err and shown(out + err), repr(out + err)


@pytest.mark.parametrize("way", ["say", "warn"])
def test_no_name_forges_a_line(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    EVERY_WAY[way]("read a\nmtl-audit: error: the disk is full")
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("bar", [True, False])
def test_progress_shows_its_label(
    bar: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "FIRST_LINE_S", -1.0)
    monkeypatch.setattr(console.settings, "progress", bar)
    with console.progress(f"downloading {HOSTILE}", 2) as advance:
        advance(1)
    err = capsys.readouterr().err
    assert "\x1b]0;own" not in err and "\x9b" not in err and "\x1b[2Jevil" not in err
    assert bar or "\\x1b]0;own" in err


def test_a_document_on_a_terminal_is_text_and_in_a_pipe_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return kept

    for kept in (True, False):
        raw = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Terminal(raw, encoding="utf-8"))
            console.out_bytes(f'{{"task": "{HOSTILE}"}}\n'.encode())
            sys.stdout.flush()
            assert shown(raw.getvalue().decode()) is kept


@given(st.text(st.characters()))
def test_any_text_is_shown_and_its_lines_stay(text: str) -> None:
    assert shown(plain_lines(text)) and plain_lines(text).count("\n") == text.count("\n")
