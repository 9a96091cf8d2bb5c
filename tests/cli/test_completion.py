"""What a shell is told to complete."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import Run

HEAVY = "{'torch', 'numpy', 'pandas', 'scipy', 'rdkit', 'sklearn', 'rich', 'jinja2', 'pyarrow'}"


def completed(run: Run, *words: str, incomplete: str = "") -> list[str]:
    """Return what bash would be offered after some words."""
    outcome = run(
        _MTL_AUDIT_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(["mtl-audit", *words, incomplete]),
        COMP_CWORD=str(len(words) + 1),
    )
    return [line.partition(",")[2] for line in outcome.out.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_every_shell_is_printed(run: Run, shell: str) -> None:
    outcome = run("completion", shell)
    assert outcome.code == 0 and f"_MTL_AUDIT_COMPLETE={shell}_complete" in outcome.out


def test_bash_accepts_its_script(run: Run) -> None:
    script = run("completion", "bash").out
    done = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p mtl-audit"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "_mtl_audit_completion" in done.stdout, done.stderr


def test_names_are_completed_from_the_registry(run: Run) -> None:
    assert completed(run, "analyze", "--encoder", incomplete="g") == ["gat", "gcn"]
    assert "tox21" in completed(run, "overlap", incomplete="tox")
    assert completed(run, "analyze", "x", "--affinity", incomplete="gradient") == ["gradient-cosine"]
    assert completed(run, "overlap", "x", "--also", incomplete="measurement") == ["measurement-plan"]
    assert completed(run, "overlap", "x", "--identity", incomplete="skel") == ["skeleton"]
    assert completed(run, "analyze", "x", "--analysis-option", incomplete="agree") == ["agreement."]
    assert "doctor" in completed(run, incomplete="do")


def test_a_benchmark_that_is_no_name_is_completed_as_a_file(run: Run) -> None:
    outcome = run(
        _MTL_AUDIT_COMPLETE="bash_complete", COMP_WORDS="mtl-audit overlap ./assa", COMP_CWORD="2"
    )
    assert outcome.out.splitlines() == ["file,./assa"]


def test_completing_imports_nothing_heavy() -> None:
    code = (
        "import os, sys; os.environ.update(_MTL_AUDIT_COMPLETE='bash_complete', COMP_CWORD='3', "
        "COMP_WORDS='mtl-audit analyze --encoder g')\n"
        "from auditor.cli import run\n"
        "try:\n    run([])\nexcept SystemExit:\n    pass\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["plain,gat", "plain,gcn", "[]"], done.stderr
