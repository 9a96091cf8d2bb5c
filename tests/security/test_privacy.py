"""No report, message or cache entry tells passwords, tokens or where the user's home folder is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import DataError
from auditor.privacy import (
    discreet,
    is_secret,
    shown_arguments,
    shown_options,
    without_home,
    without_secrets,
)

SECRET = "s3cr3t-Pa55"


@pytest.mark.parametrize(
    "text",
    [
        f"https://me:{SECRET}@example.org/a",
        f"https://{SECRET}@example.org/a?x=1",
        f"cannot reach 'https://me:{SECRET}@example.org:8080/a'",
        f"https://example.org/a?api_key={SECRET}&x=1",
        f"https://example.org/a?x=1&X-Amz-Signature={SECRET}",
        f"https://example.org/a?sig={SECRET}#part",
        f"--dataset-option token={SECRET}",
        f"hub.access-token={SECRET}, and more",
        f"dbPassword={SECRET} accessKey={SECRET}",
    ],
)
def test_a_secret_in_a_text_is_hidden(text: str) -> None:
    shown = without_secrets(text)
    assert SECRET not in shown and "***" in shown
    assert without_secrets(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "CC(=O)OC1=CC=CC=C1C(=O)O", "[C@@H](O)N", "n=3, p=0.05", "benefit.patience=10", "tokens=512",
        "token_length=8", "https://example.org/a?name=x&sort=key", "author=Doe", "r == 1", "keys=a,b",
        "a@b.org", "monkey=1", "https://doi.org/10.1021/ci100050t",
    ],
)  # fmt: skip
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_a_secret_argument_is_hidden_whatever_it_is_made_of() -> None:
    odd = "a b&c'd\"e\nf"
    typed = ["overlap", "x", "--dataset-option", f"token={odd}", f"--dataset-option=api-key={odd}", "n=5"]
    assert shown_arguments(typed) == [
        "overlap", "x", "--dataset-option", "token=***", "--dataset-option=api-key=***", "n=5",
    ]  # fmt: skip


def test_options_keep_all_but_secrets() -> None:
    options = {"url": f"https://u:{SECRET}@h/a", "token": SECRET, "n": 3, "password": "", "flag": True}
    assert shown_options(options) == {
        "url": "https://***@h/a", "token": "***", "n": 3, "password": "", "flag": True,
    }  # fmt: skip


@given(st.text(), st.sampled_from(["token", "api_key", "db-password", "X-Amz-Signature", "clientSecret"]))
def test_no_secret_argument_survives(value: str, name: str) -> None:
    assert is_secret(name)
    (shown,) = shown_arguments([f"{name}=<{value}>"])
    assert shown == f"{name}=***"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/ada/x.csv", "~/x.csv"),
        ("see '/home/ada' and /home/ada.", "see '~' and ~."),
        ("file:///home/ada/x", "file://~/x"),
        ("/home/adalbert/x", "/home/adalbert/x"),
        ("/mnt/home/ada/x", "/mnt/home/ada/x"),
        ("/home/ada.old/x", "/home/ada.old/x"),
        ("C/C=C/C", "C/C=C/C"),
    ],
)
def test_the_home_folder_is_shown_as_a_tilde(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert without_home(text) == expected
    assert discreet({"a": [text], "b": (1.5, None)}) == {"a": [expected], "b": [1.5, None]}


@pytest.mark.parametrize("home", ["/", ""])
def test_a_home_that_is_the_root_changes_no_slash(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    assert without_home("mtl-audit overlap ./x.csv C/C=C/C") == "mtl-audit overlap ./x.csv C/C=C/C"


def test_an_error_tells_no_secret_whoever_raises_it() -> None:
    error = DataError(f"https://me:{SECRET}@h/ failed", hint=f"try token={SECRET}")
    assert SECRET not in str(error) + error.message + error.hint + repr(error)


def run(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HOME": str(home), "MTL_AUDIT_CACHE_DIR": str(home / "cache"), **more}
    command = [sys.executable, "-m", "auditor", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_whole_audit_tells_neither_home_nor_password_nor_environment(tmp_path: Path) -> None:
    home = tmp_path / "home" / "ada-lovelace"
    home.mkdir(parents=True)
    rows = "\n".join(f"{'C' * (n % 30 + 1)}O,{n % 2},{n % 3 % 2}" for n in range(60))
    (home / "assays.csv").write_text(f"smiles,a,b\n{rows}\n")
    done = run(
        "overlap", str(home / "assays.csv"), "--format", "json", "--mirror", f"http://me:{SECRET}@127.0.0.1:1/",
        home=home, MTL_AUDIT_TEST_SECRET=SECRET, HTTPS_PROXY=f"http://me:{SECRET}@127.0.0.1:1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert "~/assays.csv" in document["meta"]["command"]
    for told in (done.stdout, done.stderr):
        assert SECRET not in told
        assert "ada-lovelace" not in told
    kept = [p for p in (home / "cache").rglob("*") if p.is_file()]
    assert kept and not any(SECRET.encode() in p.read_bytes() for p in kept)


@pytest.mark.extras
def test_a_mirror_that_fails_tells_no_password(tmp_path: Path) -> None:
    mirror = f"http://me:{SECRET}@127.0.0.1:1/files?sig={SECRET}"
    for arguments in (("overlap", "tdc-ames"), ("doctor",), ("doctor", "--format", "json")):
        done = run(*arguments, "--mirror", mirror, home=tmp_path, no_proxy="*")
        assert "***@127.0.0.1" in done.stdout + done.stderr, done.stderr
        assert SECRET not in done.stdout + done.stderr
