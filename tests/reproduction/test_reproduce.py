"""mtl-audit reproduce: every verdict, what is kept, what a kill costs, and which plans are refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor import cli
from auditor.api.loading import document_at
from tests.reproduction.making import VERDICTS, install

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, with the plugin on the path."""
    plugin, folder = tmp_path / "plugin", tmp_path / "here"
    plugin.mkdir()
    folder.mkdir()
    install(plugin)
    monkeypatch.syspath_prepend(str(plugin))
    monkeypatch.delitem(sys.modules, "mtl_audit_tiny", raising=False)
    monkeypatch.setenv("MTL_AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(plugin), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("MTL_AUDIT_MIRROR", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def command(here: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs the command and gives its code, its answer and what it said."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.run(["reproduce", *arguments])
        return code, *capfd.readouterr()

    return run


def claims(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the claims of a report by their id."""
    document = document_at(folder)
    found = document["data"]["findings"]
    return {one["id"]: one for part in found for one in part["data"].get("claims", ()) if "id" in one}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of every kept audit."""
    paths = sorted(folder.glob("audits/*/audit.json"))
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def test_every_verdict_is_reached_and_shown_in_every_form(command: Command, here: Path) -> None:
    code, out, err = command("tiny-2026", "--budget", "1")
    assert code == 0 and "3 reproduced, 2 not reproduced, 3 cannot be told" in out
    folder = here / "reports" / "tiny"
    found = claims(folder)
    assert {name: found[name]["verdict"] for name in VERDICTS} == VERDICTS
    assert found["r"]["measured"] == {
        "value": 0.5, "low": 0.4, "high": 0.6, "exact": False, "seeds": 3, "pairs": 10,
    }  # fmt: skip
    assert found["tasks"]["commands"] == [
        "mtl-audit overlap synthetic --dataset-option compounds=120 --dataset-option tasks=5 "
        "--dataset-option overlap=0.5"
    ]
    page, text = ((folder / name).read_text() for name in ("report.html", "report.md"))
    for told in ("follows from labels alone", "No log was released.", "not in the mirror", "0.40 to 0.60"):
        assert told in page and told in text
    assert "about 100.0 h on one core" in err and "1 audit not run" in err


def test_what_is_there_is_not_run_again_and_no_budget_judges_it(command: Command, here: Path) -> None:
    assert command("tiny-2026", "--budget", "0.0007")[0] == 0  # 2.5 s: the first, perhaps the second
    folder = here / "reports" / "tiny"
    before = stamps(folder)
    assert "dear" not in before and "last" not in before
    code, out, _ = command("tiny-2026", "--budget", "0")
    assert code == 0 and stamps(folder) == before and "not measured yet" in out
    assert command("tiny-2026", "--budget", "1")[0] == 0
    after = stamps(folder)
    assert set(after) == {"first", "second", "last"} and before.items() <= after.items()


def test_an_audit_of_another_form_or_a_damaged_one_is_made_again(command: Command, here: Path) -> None:
    command("tiny-2026", "--budget", "1")
    folder = here / "reports" / "tiny"
    path, before = folder / "audits" / "first" / "audit.json", stamps(folder)
    path.write_bytes(path.read_bytes()[:-200])
    other = folder / "audits" / "second" / "audit.json"
    document = json.loads(other.read_text())
    document["meta"]["command"] = "mtl-audit overlap synthetic"
    (other.parent / "manifest.json").unlink()
    other.write_text(json.dumps(document))
    code, _, err = command("tiny-2026", "--budget", "1")
    assert code == 0 and "first/audit.json is not used" in err and "an earlier form" in err
    assert claims(folder)["tasks"]["verdict"] == "reproduced"
    after = stamps(folder)
    assert after["last"] == before["last"] and after["first"] != before["first"]


def test_an_audit_of_the_same_command_beside_the_folder_counts(command: Command, here: Path) -> None:
    command("tiny-2026", "--budget", "1")
    folder = here / "reports" / "tiny"
    (folder / "audits" / "first").rename(here / "reports" / "other")
    code, out, err = command("tiny-2026", "--budget", "0")
    assert code == 0 and "3 reproduced" in out and "3 are here already" in err
    assert set(stamps(folder)) == {"second", "last"}
    assert "done, in other" in (folder / "report.md").read_text()


def start(where: Path) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    arguments = [sys.executable, "-m", "auditor", "-q", "reproduce", "tiny-2026", "--budget", "1"]
    return subprocess.Popen(arguments, env={**os.environ, "TINY_WAITS": str(where)})


def until(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is there."""
    while not there():
        assert process.poll() is None
        time.sleep(0.01)


def test_a_killed_run_goes_on_from_the_audits_that_were_done(here: Path) -> None:
    folder = here / "reports" / "tiny"
    first = start(here)
    until(lambda: (folder / "audits" / "first" / "audit.json").exists(), first)
    first.send_signal(signal.SIGKILL)
    first.wait()
    kept = stamps(folder)
    second = start(here)
    until((here / "began").exists, second)
    assert document_at(folder)["kind"] == "reproduction"  # what is done so far stands in the report
    second.send_signal(signal.SIGKILL)
    second.wait()
    assert kept.items() <= stamps(folder).items() and set(stamps(folder)) == {"first", "second"}
    kept = stamps(folder)
    (here / "leave").touch()
    assert start(here).wait(timeout=300) == 0
    assert kept.items() <= stamps(folder).items()
    found = claims(folder)
    assert {name: found[name]["verdict"] for name in VERDICTS} == VERDICTS
    assert not list(folder.rglob("*.part"))


def test_ctrl_c_ends_with_its_own_code_and_one_line(here: Path) -> None:
    arguments = [sys.executable, "-m", "auditor", "reproduce", "tiny-2026", "--budget", "1"]
    env = {**os.environ, "TINY_WAITS": str(here)}
    process = subprocess.Popen(arguments, env=env, stderr=subprocess.PIPE)
    until((here / "began").exists, process)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=300)[1].decode()
    assert process.returncode == 130 and "interrupted" in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("broken-2026", 5, "claim 'x' is answered by 'nothing', which the plan does not hold"),
        ("odd-2026", 5, "its target gives a int, not a Plan"),
        ("tiny-2062", 2, "no plan named 'tiny-2062'"),
    ],
)
def test_a_bad_plan_is_refused_in_one_line(command: Command, name: str, code: int, says: str) -> None:
    found, out, err = command(name)
    assert found == code and not out
    lines = [line for line in err.splitlines() if line.startswith("mtl-audit: error")]
    assert len(lines) == 1 and says in lines[0] and "Traceback" not in err
