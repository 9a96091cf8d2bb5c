"""A library's noise, exits and changes of global state do not get out; its failures do."""

from __future__ import annotations

import logging
import sys
import warnings

import pytest

from auditor.errors import DataError, MissingExtra, UsageError
from auditor.source.library import quietly


def test_what_a_library_prints_and_logs_is_not_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with quietly("PyTDC", reading="a.tab", extra="tdc"):
        print("Found local copy...")
        print("Done!", file=sys.stderr)
        logging.getLogger("tdc").warning("unhelpful")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr() == ("", "")
    print("seen")
    assert capsys.readouterr().out == "seen\n"


def test_global_state_is_put_back() -> None:
    path, level = list(sys.path), logging.root.manager.disable
    filters = list(warnings.filters)
    with quietly("PyTDC", reading="a.tab", extra="tdc"):
        sys.path.append("../")
        warnings.filterwarnings("ignore")
    assert sys.path == path
    assert logging.root.manager.disable == level
    assert list(warnings.filters) == filters


def test_an_exit_becomes_an_error_with_what_was_said() -> None:
    with (
        pytest.raises(DataError, match="under maintenance") as caught,
        quietly("PyTDC", reading="a.tab", extra="tdc", hint="delete it"),
    ):
        print("reading", file=sys.stderr)
        sys.exit("TDC is under maintenance")
    assert "a.tab" in caught.value.message
    assert caught.value.hint == "delete it"


def test_an_exception_becomes_one_line() -> None:
    with (
        pytest.raises(DataError, match="KeyError: 'NR-AR'") as caught,
        quietly("DeepChem", reading="tox21.csv.gz", extra="deepchem"),
    ):
        raise KeyError("NR-AR")
    assert "\n" not in caught.value.message


def test_a_broken_installation_names_the_extra() -> None:
    with (
        pytest.raises(MissingExtra, match="pkg_resources") as caught,
        quietly("PyTDC", reading="its list", extra="tdc"),
    ):
        raise ModuleNotFoundError("No module named 'pkg_resources'")
    assert "mtl-audit[tdc]" in caught.value.hint


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(UsageError, match="mine"), quietly("x", reading="y", extra="z"):
        raise UsageError("mine")


def test_interrupts_are_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt), quietly("x", reading="y", extra="z"):
        raise KeyboardInterrupt
